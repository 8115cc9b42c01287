"""Numbers of system calls on the machines that we run on."""

import json
from functools import cache
from pathlib import Path

# AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64: ELF machine, 64 bits, little endian (linux/audit.h).
AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}


@cache
def syscall_numbers(machine: str) -> dict[str, int]:
    """Return name → number; `machine` is as `platform.machine()` says it.

    Raises: KeyError for a machine that we have no table of.
    """
    if machine not in AUDIT_ARCH:
        raise KeyError(machine)
    text = Path(__file__).with_name(f"{machine}.json").read_text(encoding="ascii")
    return {name: int(number) for name, number in json.loads(text).items()}
