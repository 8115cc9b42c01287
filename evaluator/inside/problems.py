"""Everything wrong with one submission, collected."""

from evaluator.arrays.errors import ArrayInvalid
from evaluator.codes import Code
from evaluator.outcomes import Problem

MAX_SHOWN = 50
_MAX_TEXT = 2000


class Problems:
    """Keeps the first problems and counts them all; the same one twice is one."""

    def __init__(self) -> None:
        self._seen: set[tuple[Code, str, str]] = set()
        self._shown: list[Problem] = []

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, code: Code, path: str, message: str) -> None:
        """Note one problem of the file or case at `path`."""
        path, message = path[:_MAX_TEXT], message[:_MAX_TEXT]
        if (code, path, message) in self._seen:
            return
        self._seen.add((code, path, message))
        if len(self._shown) < MAX_SHOWN:
            self._shown.append(Problem(code=code, path=path, message=message))

    def add_array(self, path: str, error: ArrayInvalid) -> None:
        """Note what a reader says of the array at `path`."""
        self.add(error.code, path, str(error))

    @property
    def shown(self) -> tuple[Problem, ...]:
        """The first problems."""
        return tuple(self._shown)
