"""One run inside the sandbox, from the orders to the report."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from evaluator.inside.checking import check
from evaluator.inside.errors import UploadRefused
from evaluator.inside.expected import Expected
from evaluator.inside.memory import keep_freed_memory
from evaluator.inside.orders import Orders, Report
from evaluator.inside.pairing import Opener
from evaluator.inside.pairs import Pair
from evaluator.inside.places import Places
from evaluator.inside.problems import Problems
from evaluator.inside.scorers import Scorer, scorers
from evaluator.inside.scoring import Scores, score
from evaluator.inside.tallying import spare_bytes
from evaluator.inside.trees import Tree
from evaluator.inside.uploads import Submission, take_in
from evaluator.metrics.comparison import Mapper, Work
from evaluator.pictures import PictureFacts
from evaluator.plans import MetricsPlan, Plan
from evaluator.results import MAX_BYTES


def run(places: Places) -> Report:
    """Do what the orders say, write the report, and the result when there is nothing wrong.

    Raises: TruthInvalid when the organiser's side cannot be read.
    """
    orders = Orders.model_validate_json(places.orders.read_bytes())
    problems = Problems()
    report = Report()
    try:
        submission = take_in(places, Expected(orders.plan.cases), limit_bytes=orders.scratch_bytes)
    except UploadRefused as error:
        problems.add(error.code, error.path, str(error))
    else:
        event("upload.taken", files=len(submission.tree.files))
        done = _work(orders, places, submission, problems)
        report = Report(
            notes=done.notes,
            root=submission.top,
            names=dict(submission.tree.names),
            pictures=done.pictures,
        )
    report = report.model_copy(update={"problems": problems.shown, "problem_count": len(problems)})
    places.report.write_text(report.model_dump_json(), encoding="utf-8")
    event("report.written", problems=len(problems), notes=len(report.notes))
    return report


def event(name: str, **fields: object) -> None:
    """Write one line to the log, which the organiser can read; never a value of the truth."""
    line = " ".join(f"{key}={value}" for key, value in fields.items())
    sys.stderr.write(f"{name} {line}\n")


@dataclass(frozen=True)
class _Done:
    """Notes for the participant, and what the pictures show."""

    notes: tuple[str, ...]
    pictures: tuple[PictureFacts, ...] = ()


def _work(orders: Orders, places: Places, submission: Submission, problems: Problems) -> _Done:
    """Check, then score and draw when asked to."""
    began = time.monotonic()
    truth = Tree(places.truth, frozenset())
    if _holds_arrays(orders.plan):
        keep_freed_memory()
    with _mapper(orders) as mapper:
        opener = Opener(submission.tree, truth)
        started = time.monotonic()
        checked = check(orders.plan, submission.tree, opener, problems)
        event("check.done", problems=len(problems), seconds=_since(started))
        notes = checked.notes
        if isinstance(orders.plan, MetricsPlan) and orders.task == "score" and not problems:
            started = time.monotonic()
            ready = scorers(orders.plan, opener.vocabulary, places.program)
            scores = score(
                checked.pairs,
                ready,
                problems,
                work=_work_of(orders, mapper, opener, checked.pairs, ready),
                combinations=orders.plan.combinations,
            )
            event("score.done", problems=len(problems), seconds=_since(started))
            if not problems:
                notes += _write_result(scores, places)
                return _Done(
                    notes, _draw(orders, places, pairs=checked.pairs, ready=ready, began=began)
                )
    return _Done(notes)


def _work_of(
    orders: Orders, mapper: Mapper, opener: Opener, pairs: Sequence[Pair], ready: Sequence[Scorer]
) -> Work:
    """Return what metrics may use; what they will not ask for is left to decoded chunks."""
    work = Work(max(1, int(orders.cpus)), mapper, orders.memory_bytes)
    spare = spare_bytes(pairs, ready, work)
    opener.room.limit_bytes += spare
    return replace(work, memory_bytes=work.memory_bytes - spare)


def _draw(
    orders: Orders,
    places: Places,
    *,
    pairs: Sequence[Pair],
    ready: Sequence[Scorer],
    began: float,
) -> tuple[PictureFacts, ...]:
    """Draw what the orders ask for, in a part of the time that is left."""
    if not orders.pictures:
        return ()
    from evaluator.inside.drawing.deadline import Deadline  # noqa: PLC0415 (90 ms that most save)
    from evaluator.inside.pictures import MOST_SECONDS, draw_pictures  # noqa: PLC0415

    started = time.monotonic()
    # Half of the limit is never touched: one read more may take as long as it did for the scores.
    seconds = min(MOST_SECONDS, orders.wall_seconds / 2 - (started - began))
    facts = draw_pictures(
        pairs,
        ready,
        cases=orders.pictures,
        folder=places.pictures,
        deadline=Deadline(seconds),
        tell=event,
    )
    event("pictures.done", count=len(facts), seconds=_since(started))
    return facts


@contextmanager
def _mapper(orders: Orders) -> Iterator[Mapper]:
    """Give what runs the pieces of a case, or whole cases: threads where there are several CPUs."""
    threads = int(orders.cpus)
    if threads < 2 or not _holds_arrays(orders.plan):
        yield map
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (7 ms that a table saves)

    with ThreadPoolExecutor(threads) as pool:
        yield pool.map


def _holds_arrays(plan: Plan) -> bool:
    return any(not source.format.is_table for case in plan.cases for source in case.sources)


def _write_result(scores: Scores, places: Places) -> tuple[str, ...]:
    """Write the result file; return a note when the scores of the cases do not fit into it."""
    text = json.dumps({"scores": scores.scores, "cases": scores.cases}, allow_nan=False)
    notes: tuple[str, ...] = ()
    if len(text.encode()) > MAX_BYTES:
        text = json.dumps({"scores": scores.scores}, allow_nan=False)
        notes = ("There are too many cases to show the score of each.",)
    places.result.write_text(text, encoding="utf-8")
    return notes


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.3f}"
