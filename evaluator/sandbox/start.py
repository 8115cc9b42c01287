"""Starting bubblewrap through the launcher."""

import marshal
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox import launcher
from evaluator.sandbox.launch import Orders, bubblewrap_words, stage
from evaluator.sandbox.layout import Layout
from evaluator.sandbox.seccomp.bpf import bpf_program


@dataclass(frozen=True)
class Launch:
    """One command and its walls. `uid`: whom root becomes; None when the worker is not root."""

    program: Path
    command: tuple[str, ...]
    layout: Layout
    environment: Mapping[str, str]
    workdir: str
    join: tuple[Path, ...]
    rlimits: tuple[tuple[int, int], ...]
    nice: int
    refused_calls: frozenset[str]  # by name, on top of what is refused to all
    uid: int | None


@dataclass(frozen=True)
class Started:
    """The process, its stdout and stderr in one pipe, and the pipe in which bubblewrap reports."""

    process: "subprocess.Popen[bytes]"
    status: int


def start(launch: Launch) -> Started:
    """Start the command. Call it in the thread that waits: the run dies with this thread.

    Raises: SandboxUnavailable when the host can start nothing.
    """
    status, report = os.pipe()
    try:
        return Started(_start(launch, report), status)
    except OSError as error:
        os.close(status)
        raise SandboxUnavailable(f"No process can be started on this host: {error}.") from error
    finally:
        os.close(report)


def _start(launch: Launch, report: int) -> "subprocess.Popen[bytes]":
    with ExitStack() as opened:
        program = bpf_program(platform.machine(), launch.refused_calls)
        seccomp = _sealed("filter", program, opened)
        orders, layout = _orders(launch)
        words = bubblewrap_words(
            layout,
            environment=launch.environment,
            workdir=launch.workdir,
            seccomp=seccomp,
            status=report,
        )
        # Out of the command line, which everybody on the host and in the sandbox can read.
        hidden = _sealed("words", "\0".join(words).encode() + b"\0", opened)
        orders["arguments"] = [str(launch.program), "--args", str(hidden), "--", *launch.command]
        order = _sealed("orders", marshal.dumps(dict(orders)), opened)
        return subprocess.Popen(  # noqa: S603  # the untrusted words come after the walls
            [sys.executable, "-I", "-S", launcher.__file__, str(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={},
            cwd="/",
            pass_fds=(seccomp, hidden, report, order),
            start_new_session=True,  # a Ctrl-C at the worker's terminal is for the worker
        )


def _orders(launch: Launch) -> tuple[Orders, Layout]:
    """The launcher's orders but for the arguments, and the layout as bubblewrap then finds it."""
    orders: Orders = {
        "parent": os.getpid(),
        "show": [],
        "scratch": [],
        "join": [str(file) for file in launch.join],
        "rlimits": list(launch.rlimits),
        "nice": launch.nice,
        "uid": launch.uid,
        "arguments": [],
    }
    if launch.uid is None:
        return orders, launch.layout
    orders["show"], orders["scratch"], staged = stage(launch.layout)
    return orders, staged


def _sealed(name: str, data: bytes, opened: ExitStack) -> int:
    """Return a descriptor from which a child reads `data`; `opened` closes it."""
    descriptor = os.memfd_create(name)
    opened.callback(os.close, descriptor)
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
