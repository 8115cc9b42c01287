"""A first run in a new sandbox, which shows that its walls stand before anything untrusted runs."""

import json
import os
import secrets
import tempfile
from pathlib import Path
from threading import Event
from typing import Any

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.base import Limits, Mount, Run, Sandbox, SandboxTask

_MIB = 1024**2
_LIMITS = Limits(
    cpus=1,
    memory_bytes=256 * _MIB,
    wall_seconds=60,  # an engine's first start of an image may be slow
    processes=16,
    output_bytes=_MIB,
    log_bytes=16 * 1024,
)
_REPORT = "report.json"
# Runs inside, with the standard library only, and says what it could do.
_PROGRAM = """
import json, os, socket
def can(action):
    try:
        action()
    except OSError:
        return False
    return True
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
sysctls = (f"{folder}/{name}" for folder, _, names in os.walk("/proc/sys") for name in names)
report = {
    "uid": os.getuid(),
    "capabilities": int(status["CapEff"], 16),
    "filter": status.get("Seccomp", "0").strip(),
    "sysctls": sum(os.access(path, os.W_OK) for path in sysctls),
    "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line],
    "internet": can(lambda: socket.socket(socket.AF_INET).close()),
    "root": can(lambda: open("/probe", "w").close()),
    "input": can(lambda: open("/agon/probe/token", "a").close()),
    "token": open("/agon/probe/token").read(),
}
json.dump(report, open("/agon/output/report.json", "w"))
"""


def prove(sandbox: Sandbox, scratch: Path, *, filters: bool = True) -> Run:
    """Run once in `sandbox` and return the run; `scratch` is a folder that runs may be shown.

    `filters`: whether the runtime applies our system call filter; gVisor has a kernel of its own.
    Raises: SandboxUnavailable naming the wall that does not stand.
    """
    with tempfile.TemporaryDirectory(dir=scratch, prefix="probe-") as folder:
        place = Path(folder)
        given, output = place / "given", place / "output"
        given.mkdir()
        output.mkdir()
        token = secrets.token_hex(16)
        (given / "token").write_text(token, encoding="ascii")
        given.chmod(0o755)  # whatever the umask: the run has another user id
        (given / "token").chmod(0o644)
        run = sandbox.run(_task(given, output), cancelled=Event())
        report = _report(run, output)
        complaints = _complaints(report, token, filters=filters)
    if complaints:
        raise SandboxUnavailable(f"{sandbox.description} does not hold: {'; '.join(complaints)}.")
    return run


def _task(given: Path, output: Path) -> SandboxTask:
    return SandboxTask(
        name=f"probe-{os.getpid()}-{secrets.token_hex(4)}",
        command=("python", "-I", "-S", "-c", _PROGRAM),
        mounts=(Mount(given, "/agon/probe"),),
        output=output,
        collect=(_REPORT,),
        limits=_LIMITS,
    )


def _report(run: Run, output: Path) -> dict[str, Any]:
    """The program's report, written by code of ours. Raises: SandboxUnavailable without one."""
    file = output / _REPORT
    if not run.is_clean or not file.is_file():
        said = run.log[-500:].decode("utf-8", "replace").strip()
        raise SandboxUnavailable(
            f"The first run did not work ({run.end}, exit code {run.exit_code}): "
            f"{said or 'it said nothing'}."
        )
    report: dict[str, Any] = json.loads(file.read_bytes())
    return report


def _complaints(report: dict[str, Any], token: str, *, filters: bool) -> list[str]:
    walls = {
        "it runs as root": report["uid"] == 0,
        "it has capabilities": report["capabilities"] != 0,
        "kernel settings are writable": report["sysctls"] != 0,
        "it has network interfaces": report["interfaces"] not in ([], ["lo"]),
        "its root folder is writable": report["root"],
        "its input is writable": report["input"],
        "its input is not what was given": report["token"] != token,
        "no system call filter is on": filters and report["filter"] != "2",
        "it opens internet sockets": filters and report["internet"],
    }
    return [text for text, broken in walls.items() if broken]
