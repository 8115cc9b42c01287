"""Runs the functions that organisers wrote as metrics, on the same readers as the built-in ones."""

import importlib.util
import math
import numbers
import sys
from collections.abc import Callable
from pathlib import Path

from evaluator.errors import EvaluatorError
from evaluator.metrics.catalogue.custom import DECLARED, file_of
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.tallies import Settings, Single


class CustomInvalid(EvaluatorError):
    """A metric of the organiser's that cannot be run, or that returned no finite number."""

    code = "custom-invalid"


def load(folder: Path, name: str) -> Callable[[Comparison, Settings], Single]:
    """Return the function `mine.py:score` in `folder`, as a metric.

    It is called as `score(case, **parameters)` and returns a number. Raises: CustomInvalid.
    """
    file = folder / file_of(name)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))  # for the modules beside it
    spec = importlib.util.spec_from_file_location(f"agon_custom_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise CustomInvalid(f"{name}: there is no file {file_of(name)} in scoring/")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, name.partition(":")[2], None)
    if not callable(function):
        raise CustomInvalid(f"{name}: the file has no such function")

    def run(case: Comparison, settings: Settings) -> Single:
        own = {key: value for key, value in settings.parameters.items() if key not in DECLARED}
        return Single(_checked(function(case, **own), name))

    return run


def _checked(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise CustomInvalid(f"{name} returned {type(value).__name__}; return one number")
    number = float(value)
    if not math.isfinite(number):
        raise CustomInvalid(f"{name} returned {number}; raise ScoreUndefined where there is none")
    return number
