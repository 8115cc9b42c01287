"""Which of the expected predictions a submission holds, and what it holds besides."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from evaluator.arrays.members import holds_member, member_names
from evaluator.codes import Code
from evaluator.inside.expected import Expected, is_folder, location
from evaluator.inside.problems import Problems
from evaluator.inside.trees import Tree
from evaluator.plans import Case, Format, Missing, Plan, Source

_SHOWN_NAMES = 10


@dataclass(frozen=True)
class Found:
    """One case, and where its prediction lies; None when the submission has none."""

    case: Case
    source: Source | None


def find_predictions(plan: Plan, tree: Tree, problems: Problems) -> tuple[Found, ...]:
    """Return what there is for each case; what should be there and is not is a problem.

    A case may be missing where the plan says so, but not all of them.
    """
    found = tuple(Found(case, _first_source(case, tree)) for case in plan.cases)
    missing = [item.case for item in found if item.source is None]
    if plan.missing is Missing.REJECT or len(missing) == len(found):
        for case in missing:
            problems.add(Code.CASE_MISSING, case.sources[0].path, _about_missing(case, tree))
    return found


def find_extras(plan: Plan, tree: Tree, problems: Problems) -> None:
    """Note files that no case asks for, where the plan refuses them."""
    if plan.extra_files == "ignore" or not plan.cases:
        return
    expected = Expected(plan.cases)
    extras = {expected.group(path) for path in tree.files if not expected.holds(path)}
    absent = [path for path in expected.containers if not _is_there(path, tree)]
    for name in sorted(extras):
        near = difflib.get_close_matches(name.rstrip("/"), absent, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}?" if near else f"expected {_list(expected.containers)}."
        problems.add(
            Code.CASE_UNEXPECTED, name, f"{name} is not among the files of this task; {hint}"
        )


def _first_source(case: Case, tree: Tree) -> Source | None:
    return next((source for source in case.sources if _holds(source, tree)), None)


def _holds(source: Source, tree: Tree) -> bool:
    if is_folder(source):
        return source.path in tree.folders
    place = location(source)
    is_file = place.container in tree.files
    return is_file and holds_member(tree.path(place.container), source.format, place.inner)


def _is_there(path: str, tree: Tree) -> bool:
    return path in tree.files or path in tree.folders


def _about_missing(case: Case, tree: Tree) -> str:
    wanted = " or ".join(source.path for source in case.sources)
    for source in case.sources:
        place = location(source)
        if place.inner and _is_there(place.container, tree):
            inside = _list(_names_inside(place.container, source.format, tree))
            return f"{place.container} lacks {place.inner}; it holds {inside}; add the array."
    tops = {path.partition("/")[0] for path in tree.files}
    is_stack = any(source.format is Format.PNG and is_folder(source) for source in case.sources)
    what = "a folder of that name with its slices" if is_stack else "the file under that name"
    return f"{wanted} is missing; the upload holds {_list(tops)}; add {what}."


def _names_inside(container: str, how: Format, tree: Tree) -> Iterable[str]:
    if container in tree.files:
        return member_names(tree.path(container), how)
    start = len(container) + 1
    below = (path[start:] for path in tree.files if path.startswith(f"{container}/"))
    return {path.partition("/")[0] for path in below}


def _list(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _SHOWN_NAMES} more" if len(ordered) > _SHOWN_NAMES else ""
    return (", ".join(name[:80] for name in ordered[:_SHOWN_NAMES]) or "nothing") + more
