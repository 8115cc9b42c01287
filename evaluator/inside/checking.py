"""Everything that can be said about a submission before any chunk of it is decoded."""

from dataclasses import dataclass

from evaluator.inside.found import Found, find_extras, find_predictions
from evaluator.inside.pairing import Opener
from evaluator.inside.pairs import Pair
from evaluator.inside.problems import Problems
from evaluator.inside.trees import Tree
from evaluator.plans import MetricsPlan, Missing, Plan


@dataclass(frozen=True)
class Checked:
    """What can be scored, and what the participant should know besides."""

    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def check(plan: Plan, tree: Tree, opener: Opener, problems: Problems) -> Checked:
    """Return the cases of `plan` with their predictions opened, none of them decoded.

    Tables are read whole: there is no other way to count their rows. Without truth no case can be
    scored, and shapes and rows are checked as far as the plan tells them. Raises: TruthInvalid.
    """
    found = find_predictions(plan, tree, problems)
    find_extras(plan, tree, problems)
    pairs: list[Pair] = []
    notes: list[str] = []
    for item in found:
        is_compared = opener.has_truth and _needs_truth(item, plan)
        truth = opener.truth(item.case) if is_compared else None
        prediction = None
        if item.source is None and plan.missing is Missing.WORST:
            notes.append(f"{item.case.id} is not in the upload and counts with the worst score.")
        if item.source is not None:
            prediction = opener.prediction(item.case, item.source, truth, problems, notes.append)
        if truth is not None:
            pairs.append(Pair(item.case, truth, prediction))
    return Checked(tuple(pairs), tuple(notes))


def _needs_truth(item: Found, plan: Plan) -> bool:
    case = item.case
    is_table = item.source is not None and item.source.format.is_table
    is_told = case.shape is not None and (case.align is None or case.align.is_whole)
    return isinstance(plan, MetricsPlan) or is_table or not is_told
