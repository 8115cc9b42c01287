"""The policy as a classic BPF program, assembled here: no libseccomp is needed at run time."""

import errno
import struct
from dataclasses import dataclass
from functools import cache

from evaluator.sandbox.seccomp.policy import ALLOWED, CONDITIONAL, UNIMPLEMENTED, ArgumentIs
from evaluator.sandbox.seccomp.tables import AUDIT_ARCH, syscall_numbers

# Operations (linux/bpf_common.h) and return values (linux/seccomp.h).
_LOAD, _AND, _RETURN, _JUMP = 0x20, 0x54, 0x06, 0x05
_JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST = 0x15, 0x35
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF_0000, 0x8000_0000, 0x0005_0000
# Offsets in struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6].
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16
_X32_BIT = 0x4000_0000  # numbers of the x32 machine, which shares its AUDIT_ARCH with x86-64
_HALF = 0xFFFF_FFFF


@dataclass(frozen=True)
class Instruction:
    """One step: jumps are relative to the next instruction, `value` is the operand."""

    operation: int
    value: int
    if_true: int = 0
    if_false: int = 0

    def packed(self) -> bytes:
        """The bytes of struct sock_filter."""
        return struct.pack("=HBBI", self.operation, self.if_true, self.if_false, self.value)


Code = tuple[Instruction, ...]


@cache
def bpf_program(machine: str, without: frozenset[str] = frozenset()) -> bytes:
    """Return the filter for `machine`, as `bwrap --seccomp` reads it; it refuses `without` too.

    Raises: KeyError for a machine that we have no table of.
    """
    head: Code = (
        Instruction(_LOAD, _ARCH),
        Instruction(_JUMP_IF_EQUAL, AUDIT_ARCH[machine], if_true=1),
        Instruction(_RETURN, _KILL_PROCESS),
        Instruction(_LOAD, _NUMBER),
    )
    return b"".join(step.packed() for step in head + _decide(_intervals(machine, without)))


def _answer(value: int) -> Code:
    return (Instruction(_RETURN, value),)


def _intervals(machine: str, without: frozenset[str]) -> list[tuple[int, Code]]:
    """The number line cut where the answer changes: (first number, what to do), ascending."""
    actions = {
        number: _answer(_ERRNO | errno.EPERM) if name in without else _action(name)
        for name, number in syscall_numbers(machine).items()
    }
    newest = max(number for name, number in syscall_numbers(machine).items() if name in ALLOWED)
    intervals = [(0, actions.get(0, _answer(_ERRNO | errno.EPERM)))]
    for number in range(1, newest + 1):
        action = actions.get(number, _answer(_ERRNO | errno.EPERM))
        if action != intervals[-1][1]:
            intervals.append((number, action))
    # A libc takes ENOSYS of a call that it does not know to be there for «use the older one».
    intervals.append((newest + 1, _answer(_ERRNO | errno.ENOSYS)))
    intervals.append((_X32_BIT, _answer(_KILL_PROCESS)))
    return intervals


def _action(name: str) -> Code:
    if name in ALLOWED:
        return _answer(_ALLOW)
    if name in CONDITIONAL:
        checks = tuple(step for condition in CONDITIONAL[name] for step in _allow_when(condition))
        return checks + _answer(_ERRNO | errno.EPERM)
    return _answer(_ERRNO | (errno.ENOSYS if name in UNIMPLEMENTED else errno.EPERM))


def _allow_when(condition: ArgumentIs) -> Code:
    """Return from the filter with ALLOW when the condition holds, else fall through."""
    low = _ARGUMENTS + 8 * condition.index
    lower = _masked(low, condition.mask & _HALF)
    upper = _masked(low + 4, condition.mask >> 32)
    # Both machines are little endian: the lower half of an argument comes first.
    return (
        *lower,
        Instruction(_JUMP_IF_EQUAL, condition.value & _HALF, if_false=len(upper) + 2),
        *upper,
        Instruction(_JUMP_IF_EQUAL, condition.value >> 32, if_false=1),
        *_answer(_ALLOW),
    )


def _masked(offset: int, mask: int) -> Code:
    return (Instruction(_LOAD, offset), Instruction(_AND, mask))


def _decide(intervals: list[tuple[int, Code]]) -> Code:
    """A balanced tree of comparisons; every leaf returns, so that nothing falls out of it."""
    if len(intervals) == 1:
        return intervals[0][1]
    middle = len(intervals) // 2
    below = _decide(intervals[:middle])
    above = _decide(intervals[middle:])
    # The long jump carries 32 bits; the two of a comparison only 8, too few for a branch.
    fork = (
        Instruction(_JUMP_IF_AT_LEAST, intervals[middle][0], if_false=1),
        Instruction(_JUMP, len(below)),
    )
    return fork + below + above
