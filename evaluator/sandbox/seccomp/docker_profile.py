"""The policy as the JSON that a Docker engine takes."""

import errno
import json

from evaluator.sandbox.seccomp.policy import ALLOWED, CONDITIONAL, UNIMPLEMENTED, ArgumentIs
from evaluator.sandbox.seccomp.tables import syscall_numbers

# One architecture only: a call by another one's number (ia32, x32) kills the process.
_ARCHITECTURES = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}


def docker_profile(machine: str) -> str:
    """Return the seccomp profile of `machine`, as it goes behind `seccomp=`.

    Raises: KeyError for a machine that we have no table of.
    Source: docs.docker.com/engine/security/seccomp, opencontainers/runtime-spec config-linux.
    """
    known = syscall_numbers(machine)
    rules: list[dict[str, object]] = [
        {"names": sorted(ALLOWED & known.keys()), "action": "SCMP_ACT_ALLOW"}
    ]
    rules += [
        _allow_when(name, condition) for name in CONDITIONAL for condition in CONDITIONAL[name]
    ]
    rules += [_unimplemented(name) for name in sorted(UNIMPLEMENTED & known.keys())]
    profile = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "architectures": [_ARCHITECTURES[machine]],
        "syscalls": rules,
    }
    return json.dumps(profile, separators=(",", ":"))


def _allow_when(name: str, condition: ArgumentIs) -> dict[str, object]:
    compare = {
        "index": condition.index,
        "value": condition.mask,
        "valueTwo": condition.value,
        "op": "SCMP_CMP_MASKED_EQ",
    }
    return {"names": [name], "action": "SCMP_ACT_ALLOW", "args": [compare]}


def _unimplemented(name: str) -> dict[str, object]:
    return {"names": [name], "action": "SCMP_ACT_ERRNO", "errnoRet": errno.ENOSYS}
