from typing import Any

import pytest

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.docker_engine import check_engine

GOOD: dict[str, Any] = {
    "ServerVersion": "28.2",
    "OSType": "linux",
    "Architecture": "x86_64",
    "CgroupDriver": "cgroupfs",
    "CgroupVersion": "2",
    "SecurityOptions": ["name=seccomp,profile=default", "name=cgroupns"],
    "MemoryLimit": True,
    "PidsLimit": True,
    "CpuCfsQuota": True,
    "Runtimes": {"runc": {"path": "runc"}},
}


class DescribedEngine:
    """Stands for an engine that we cannot install here, by the description it would give."""

    def __init__(self, **changes: object) -> None:
        self._info = GOOD | changes

    def info(self) -> dict[str, Any]:
        return self._info


def check(**changes: object) -> str:
    engine = DescribedEngine(**changes)
    return check_engine(engine, oci_runtime="runc").version  # type: ignore[arg-type]  # as above


def test_a_good_engine_passes() -> None:
    assert check() == "28.2"


def test_rootless_is_good_with_version_2_of_control_groups() -> None:
    assert check(SecurityOptions=["name=seccomp,profile=builtin", "name=rootless"]) == "28.2"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"SecurityOptions": ["name=apparmor"]}, "no seccomp"),
        ({"SecurityOptions": None}, "no seccomp"),
        (
            {"SecurityOptions": ["name=seccomp", "name=rootless"], "CgroupVersion": "1"},
            "ignores every limit",
        ),
        ({"MemoryLimit": False}, "cannot limit"),
        ({"PidsLimit": False}, "cannot limit"),
        ({"CpuCfsQuota": False}, "cannot limit"),
        ({"Runtimes": {"crun": {}}}, "no runtime 'runc'"),
        ({"OSType": "windows"}, "not Linux"),
        ({"Architecture": "riscv64"}, "not Linux on 64 bits"),
    ],
)
def test_an_engine_with_a_hole_is_refused(changes: dict[str, object], text: str) -> None:
    with pytest.raises(SandboxUnavailable, match=text):
        check(**changes)
