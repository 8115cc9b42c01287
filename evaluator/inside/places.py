"""The folders of the sandbox."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from evaluator.pictures import FOLDER


@dataclass(frozen=True)
class Places:
    """Where things lie; only `output` is writable."""

    job: Path
    upload: Path
    truth: Path
    program: Path
    output: Path

    @classmethod
    def below(cls, root: Path) -> Self:
        """Return the places of a sandbox whose tree begins at `root`."""
        return cls(
            job=root / "job",
            upload=root / "upload",
            truth=root / "truth",
            program=root / "program",
            output=root / "output",
        )

    @property
    def orders(self) -> Path:
        """What the host asks for."""
        return self.job / "orders.json"

    @property
    def submission(self) -> Path:
        """Where an archive is unpacked."""
        return self.output / "submission"

    @property
    def pictures(self) -> Path:
        """Pictures of cases."""
        return self.output / FOLDER

    @property
    def report(self) -> Path:
        """What was found."""
        return self.output / "report.json"

    @property
    def result(self) -> Path:
        """The scores."""
        return self.output / "result.json"
