import errno
import json
import struct

import pytest

from evaluator.sandbox.seccomp.bpf import bpf_program
from evaluator.sandbox.seccomp.docker_profile import docker_profile
from evaluator.sandbox.seccomp.policy import ALLOWED, CONDITIONAL
from evaluator.sandbox.seccomp.tables import AUDIT_ARCH, syscall_numbers

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
AUDIT_ARCH_I386 = 0x40000003
MACHINES = sorted(AUDIT_ARCH)
_DANGEROUS = """
ptrace process_vm_readv process_vm_writev io_uring_setup io_uring_enter io_uring_register splice
tee vmsplice sendfile userfaultfd bpf keyctl add_key request_key perf_event_open mount umount2
pivot_root unshare setns move_mount fsopen fsmount open_tree open_by_handle_at init_module
finit_module kexec_load reboot swapon settimeofday clock_settime adjtimex quotactl pidfd_getfd
memfd_secret iopl ioperm syslog acct chroot
"""
DANGEROUS = sorted(_DANGEROUS.split())


def answer(machine: str, number: int, *arguments: int, arch: int | None = None) -> int:
    """Run the program as the kernel's interpreter would and return its verdict."""
    arch = AUDIT_ARCH[machine] if arch is None else arch
    data = struct.pack("<IIQ6Q", number, arch, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    steps = list(struct.iter_unpack("=HBBI", bpf_program(machine)))
    accumulator = at = 0
    while True:
        operation, if_true, if_false, value = steps[at]
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x15:
            at += if_true if accumulator == value else if_false
        elif operation == 0x35:
            at += if_true if accumulator >= value else if_false
        elif operation == 0x05:
            at += value
        else:
            assert operation == 0x06
            return int(value)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_of_the_list_is_allowed_and_every_other_refused(machine: str) -> None:
    numbers = syscall_numbers(machine)

    answers = {name: answer(machine, numbers[name]) for name in numbers.keys() - CONDITIONAL}

    assert {name for name, said in answers.items() if said == ALLOW} == ALLOWED & numbers.keys()
    assert {answers[name] for name in answers.keys() - ALLOWED} == {EPERM, ENOSYS}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", DANGEROUS)
def test_a_dangerous_call_is_refused(machine: str, name: str) -> None:
    number = syscall_numbers(machine).get(name)

    said = EPERM if number is None else answer(machine, number)

    assert said == EPERM


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("family", "said"), [(1, ALLOW), (0, EPERM), (2, EPERM), (10, EPERM), (38, EPERM), (40, EPERM)]
)
def test_only_unix_sockets_open(machine: str, family: int, said: int) -> None:
    number = syscall_numbers(machine)["socket"]

    assert answer(machine, number, family) == said
    assert answer(machine, number, family | 1 << 32) == said  # the kernel sees the lower half only


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (0x003D0F00, ALLOW),  # what a thread is made with
        (17, ALLOW),  # what a fork is made with
        (0x10000000 | 17, EPERM),  # CLONE_NEWUSER
        (0x00020000, EPERM),  # CLONE_NEWNS
        (0x40000000, EPERM),  # CLONE_NEWNET
    ],
)
def test_clone_makes_threads_and_no_namespaces(machine: str, flags: int, said: int) -> None:
    assert answer(machine, syscall_numbers(machine)["clone"], flags) == said


@pytest.mark.parametrize("machine", MACHINES)
def test_clone3_is_not_there_so_that_a_libc_falls_back(machine: str) -> None:
    assert answer(machine, syscall_numbers(machine)["clone3"]) == ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_from_the_future_is_not_there(machine: str) -> None:
    assert answer(machine, 470) == ENOSYS
    assert answer(machine, 0x3FFFFFFF) == ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_another_machines_call_kills(machine: str) -> None:
    assert answer(machine, 0, arch=AUDIT_ARCH_I386) == KILL
    assert answer(machine, 0x40000000) == KILL
    assert answer(machine, 0xFFFFFFFF) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_the_docker_profile_says_the_same(machine: str) -> None:
    profile = json.loads(docker_profile(machine))
    plain, *others = profile["syscalls"]
    conditional = [rule for rule in others if rule["action"] == "SCMP_ACT_ALLOW"]

    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert profile["architectures"] == [f"SCMP_ARCH_{machine.upper()}"]
    assert set(plain["names"]) == ALLOWED & syscall_numbers(machine).keys()
    assert {rule["names"][0] for rule in conditional} == CONDITIONAL.keys()
    assert all(len(rule["args"]) == 1 for rule in conditional)
    assert {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38} in others


def test_an_unknown_machine_has_no_filter() -> None:
    with pytest.raises(KeyError):
        bpf_program("riscv64")
