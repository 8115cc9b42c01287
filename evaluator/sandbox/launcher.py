"""Becomes bubblewrap: joins the run's control groups, mounts, gives up all rights, executes.

Started by the worker as `python -I -S launcher.py DESCRIPTOR`; the descriptor holds the orders
that `evaluator.sandbox.launch` writes. It is a program of its own because a worker with threads
can do none of this safely between fork and exec. Every import costs each run milliseconds.
"""

import marshal
import os
import resource
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))  # noqa: PTH100, PTH120

from evaluator.sandbox import mounts

TYPE_CHECKING = False  # as in typing, which takes nine milliseconds to import
if TYPE_CHECKING:
    from evaluator.sandbox.launch import Orders, ScratchOrder, ShowOrder

# The mounts are made where every Linux has a folder that any user may pass through; bubblewrap
# finds them there, and the command finds only what bubblewrap takes from there.
STAGE = "/tmp"  # noqa: S108
_EMPTY = f"{STAGE}/empty"


def main() -> None:
    """Follow the orders; does not return."""
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        # marshal is built in and json is not; both ends are this worker and this interpreter.
        orders: Orders = marshal.loads(file.read())  # noqa: S302
    _stay_with(orders["parent"])
    if orders["show"]:
        _stage(orders["show"], orders["scratch"])
    for procs in orders["join"]:
        _write(procs, "0")
    _write("/proc/self/oom_score_adj", "1000")  # a run dies before its worker
    os.nice(orders["nice"])
    for kind, limit in orders["rlimits"]:
        resource.setrlimit(kind, (limit, limit))
    if orders["uid"] is not None:
        _become(orders["uid"])
        _stay_with(orders["parent"])  # the kernel forgets the death signal when rights change
    os.execv(orders["arguments"][0], orders["arguments"])  # noqa: S606


def _stay_with(parent: int) -> None:
    mounts.die_with_parent()
    if os.getppid() != parent:
        sys.exit("The worker ended while its run was starting.")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(text)


def _become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _stage(shown: "list[ShowOrder]", scratch: "list[ScratchOrder]") -> None:
    """Mount the items at STAGE/0, STAGE/1, …: first those shown, then the scratch places."""
    mounts.enter_private_mounts()
    # Opened before the stage is there, which covers a source that lies below the same folder.
    opened = [os.open(item["source"], os.O_PATH) for item in shown]
    mounts.mount_tmpfs(STAGE, size_bytes=1024**2, files=1024, mode=0o755)
    os.mkdir(_EMPTY)  # noqa: PTH102
    for number, (item, descriptor) in enumerate(zip(shown, opened, strict=True)):
        point = f"{STAGE}/{number}"
        os.mkdir(point)  # noqa: PTH102
        mounts.bind(f"/proc/self/fd/{descriptor}", point, flags=item["flags"])
        os.close(descriptor)
        if item["hide"]:
            _hide(point, item["flags"])
        if item["file"]:
            _write(f"{point}.file", "")
            mounts.bind(f"{point}/{item['file']}", f"{point}.file", flags=item["flags"])
    for number, place in enumerate(scratch, start=len(shown)):
        point = f"{STAGE}/{number}"
        os.mkdir(point)  # noqa: PTH102
        mounts.mount_tmpfs(point, size_bytes=place["size"], files=place["files"], mode=0o1777)


def _hide(point: str, flags: int) -> None:
    """Cover a bind mount with an overlay of itself.

    Of the one the mount table names the host's folder, of the other the layers, and they lie on
    our stage. A file system that cannot be a layer is shown as it is: no wall depends on this.
    """
    try:
        layers = f"lowerdir={point}:{_EMPTY}"
        mounts.mount("overlay", point, kind="overlay", flags=flags, data=layers)
    except OSError:
        return


if __name__ == "__main__":
    main()
