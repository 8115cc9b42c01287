"""Checks and scores on this machine, with the site's own code; needs the extra `local`.

This is the only module that imports `evaluator`.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agon.errors import AnswerUnknown, EvaluationFailed, UsageWrong
from agon.uploads.walking import LocalTree, find_files
from evaluator.inside.checking import check
from evaluator.inside.errors import TruthInvalid, UploadRefused
from evaluator.inside.expected import Expected, location
from evaluator.inside.pairing import Opener
from evaluator.inside.places import Places
from evaluator.inside.problems import Problems
from evaluator.inside.scorers import scorers
from evaluator.inside.scoring import Scores, score
from evaluator.inside.trees import Tree
from evaluator.inside.uploads import take_folder, take_in
from evaluator.metrics.comparison import Work
from evaluator.plans import Case, MetricsPlan, Plan, ProgramPlan, Source

_ID = "{id}"
_SAME_NAME = r"\1"
_SCRATCH_BYTES = 2**40  # the disk of one's own machine has limits of its own
_SMALLEST_MEMORY = 1024**3


@dataclass(frozen=True)
class Verdict:
    """What the site will say of one task; `problems` are the first of `problem_count`."""

    task: str
    problems: tuple[dict[str, str], ...] = ()
    problem_count: int = 0
    notes: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    cases: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def check_here(path: Path, told: Mapping[str, Any]) -> Verdict:
    """Return what is wrong with an upload, as far as that can be known without the truth.

    `told` is a task's plan, as the site tells it. Raises: UploadUnfit, AnswerUnknown.
    """
    plan, problems = _plan(told), Problems()
    with _taken(path, plan, problems) as tree:
        if tree is None:
            return _verdict(told, problems)
        return _verdict(told, problems, check(plan, tree, Opener(tree, None), problems).notes)


def score_here(path: Path, truth: Path, told: Mapping[str, Any]) -> Verdict:
    """Return the scores of predictions against truth that lies here.

    The truth lies where the challenge has it, or has other cases under names of the same form:
    `train-7.zarr/labels` beside `case-01.zarr/labels`. Raises: UploadUnfit, AnswerUnknown,
    UsageWrong when there is no such truth, EvaluationFailed when it cannot be read.
    """
    plan, problems = _plan(told), Problems()
    if not isinstance(plan, MetricsPlan):
        raise UsageWrong("Only the organisers' own program scores this task; it is not public.")
    cases = cases_with_truth(plan.cases, truth)
    plan = plan.model_copy(update={"cases": cases, "extra_files": "ignore"})
    with _taken(path, plan, problems) as tree:
        if tree is None:
            return _verdict(told, problems)
        try:
            return _scored(told, plan, Opener(tree, Tree(truth, frozenset())), tree, problems)
        except TruthInvalid as error:
            raise EvaluationFailed(f"The truth cannot be used: {error}", code=error.code) from error


def cases_with_truth(cases: Sequence[Case], truth: Path) -> tuple[Case, ...]:
    """Return the cases whose truth is here: those of the plan, else others of the same form.

    Raises: UsageWrong.
    """
    known = [case for case in cases if (truth / location(case.truth).container).exists()]
    found = known or [like for case in _forms(cases) for like in _alike(case, truth)]
    if found:
        return tuple(found)
    forms = sorted({case.truth.path.replace(case.id, "*") for case in cases})
    raise UsageWrong(
        f"'{truth}' holds no truth for this task.",
        hint=f"Files are looked for under: {', '.join(forms[:5])}.",
    )


def _scored(
    told: Mapping[str, Any], plan: MetricsPlan, opener: Opener, tree: Tree, problems: Problems
) -> Verdict:
    checked = check(plan, tree, opener, problems)
    if problems:
        return _verdict(told, problems, checked.notes)
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        scores = score(
            checked.pairs,
            scorers(plan, opener.vocabulary, Path()),
            problems,
            work=Work(threads, pool.map, _memory_bytes()),
            combinations=plan.combinations,
        )
    return _verdict(told, problems, checked.notes, scores)


def _plan(told: Mapping[str, Any]) -> Plan:
    fields = {name: told[name] for name in ("cases", "extra_files", "missing") if name in told}
    try:
        if not told["metrics"]:
            return ProgramPlan.model_validate({**fields, "command": ["none"], "keys": ["none"]})
        more = {"metrics": told["metrics"], "combinations": told["combinations"]}
        return MetricsPlan.model_validate({**fields, **more})
    except (ValidationError, KeyError) as error:
        raise AnswerUnknown(
            "The site checks and scores in a way that what is installed here does not know.",
            hint="Update with: pip install -U 'agon-client[local]'",
        ) from error


@contextmanager
def _taken(path: Path, plan: Plan, problems: Problems) -> Iterator[Tree | None]:
    """Give the tree of an upload; None, and a problem, when it is not taken as a whole."""
    expected, local = Expected(plan.cases), find_files(path)
    with tempfile.TemporaryDirectory(prefix="agon-") as scratch:
        try:
            yield _tree(path, local, expected, Path(scratch))
        except UploadRefused as error:
            problems.add(error.code, error.path, str(error))
            yield None


def _tree(path: Path, local: LocalTree, expected: Expected, scratch: Path) -> Tree:
    if path.is_dir():
        taken = take_folder(Path(local.base), [file.path for file in local.files], expected)
        top = f"{taken.top}/" if taken.top else ""
        elsewhere = {path.removeprefix(top): place for path, place in local.elsewhere.items()}
        return Tree(taken.tree.root, taken.tree.files, elsewhere)
    places = Places.below(scratch)
    places.upload.mkdir()
    places.output.mkdir()
    _link(path, places.upload / local.name)
    return take_in(places, expected, limit_bytes=_SCRATCH_BYTES).tree


def _link(path: Path, target: Path) -> None:
    """Let a file be seen elsewhere: as itself where the disk allows that, else as a copy."""
    try:
        os.link(path.resolve(), target)
    except OSError:
        shutil.copyfile(path, target)


def _forms(cases: Sequence[Case]) -> list[Case]:
    """Return one case for each form of path that has a place for the case's name."""
    forms = {case.truth.path.replace(case.id, _ID): case for case in reversed(cases)}
    return [case for form, case in forms.items() if _ID in form]


def _alike(case: Case, truth: Path) -> list[Case]:
    """Return cases like one for every name whose truth is here, in the order of the names."""
    container = location(case.truth).container
    head, *rest = map(re.escape, container.split(case.id))
    # The name may stand in several places: it is the same in all of them.
    pattern = re.compile(f"{head}([^/]+){_SAME_NAME.join(rest)}")
    found = truth.glob(container.replace(case.id, "*"))
    matches = (pattern.fullmatch(path.relative_to(truth).as_posix()) for path in found)
    return [_renamed(case, name) for name in sorted({match[1] for match in matches if match})]


def _renamed(case: Case, name: str) -> Case:
    def source(old: Source) -> Source:
        return old.model_copy(update={"path": old.path.replace(case.id, name)})

    auxiliary = {
        key: source(value) if isinstance(value, Source) else value
        for key, value in case.auxiliary.items()
    }
    return case.model_copy(
        update={
            "id": name,
            "sources": tuple(source(each) for each in case.sources),
            "truth": source(case.truth),
            "auxiliary": auxiliary,
            "shape": None,  # of the case that served as example
        }
    )


def _verdict(
    told: Mapping[str, Any],
    problems: Problems,
    notes: tuple[str, ...] = (),
    scores: Scores | None = None,
) -> Verdict:
    shown = tuple(problem.model_dump(mode="json") for problem in problems.shown)
    verdict = Verdict(str(told["task"]), shown, len(problems), notes)
    if scores is None or problems:
        return verdict
    return Verdict(verdict.task, notes=notes, scores=scores.scores, cases=scores.cases)


def _memory_bytes() -> int:
    """Return half of this machine's memory."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not everywhere
        return _SMALLEST_MEMORY
    return max(_SMALLEST_MEMORY, whole // 2)
