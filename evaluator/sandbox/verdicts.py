"""From what was seen of a run to how it ended; the same rules for every runtime."""

from dataclasses import dataclass

from evaluator.errors import SandboxUnavailable
from evaluator.outcomes import Usage
from evaluator.sandbox.base import End, Run, SandboxTask
from evaluator.sandbox.capture import CappedLog
from evaluator.sandbox.gate import Refused
from evaluator.sandbox.outputs import Output

KILLED = 128 + 9  # exit code of a command that SIGKILL ended


@dataclass(frozen=True)
class Seen:
    """What a runtime saw of a command that has ended with all its processes."""

    stopped: End | None  # why we killed it; None when it ended by itself
    exit_code: int
    killed_for_memory: bool  # it, or only a child of it
    forks_refused: bool
    usage: Usage


def settle(task: SandboxTask, seen: Seen, output: Output, log: CappedLog) -> Run:
    """Return the run; `task.output` then holds what is collected, or nothing unless EXITED.

    Raises: SandboxUnavailable when the host cannot keep the output.
    """
    end = _end_of_command(seen) or output.overrun() or End.EXITED
    if end is End.EXITED:
        try:
            output.release(task)
        except OSError as error:
            raise SandboxUnavailable(f"The output cannot be kept: {error}.") from error
        except Refused as refused:
            end = refused.end
            log.feed(f"\n[{end}: {refused}]\n".encode())
    if end is not End.EXITED:
        output.discard()
    return Run(end, seen.exit_code, log.value(), seen.usage)


def _end_of_command(seen: Seen) -> End | None:
    """Why the run is void, apart from its output; None when it is not."""
    if seen.killed_for_memory and seen.stopped in {None, End.TIME_LIMIT}:
        return End.MEMORY_LIMIT  # the cause, even where what is left ended well, or waited
    if seen.stopped is None and seen.forks_refused and seen.exit_code != 0:
        return End.PROCESS_LIMIT
    return seen.stopped
