"""How far the boundaries of each label are apart: what all metrics of surfaces start from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evaluator.metrics.boundaries import (
    BOX_BYTES,
    ELEMENT_BYTES,
    Boundary,
    Box,
    Kind,
    boundaries,
    distances,
)
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.directed import Directed, OfSurfels, OfVoxels
from evaluator.metrics.label_volumes import BACKGROUND, LabelVolumes, label_volumes
from evaluator.metrics.surfel_areas import surfel_areas

_VOLUME_BYTES = 4  # of one element, in both volumes of labels


@dataclass(frozen=True)
class BothWays:
    """The distances of one label: from prediction to truth, and back."""

    there: Directed
    back: Directed


Measured = Mapping[int, BothWays | None]  # by label; None where only one side has it


def label_distances(case: Comparison, kind: Kind, label: int | None) -> Measured:
    """Return the distances of one label or, without one, of the labels of the truth.

    Where the truth has none, they are those of the prediction. Empty where there is no label.
    Made once per case. Raises: ValuesUnfit, TruthUnfit, ArrayInvalid.
    """
    background = None if label == BACKGROUND else BACKGROUND
    volumes = case.once(f"surfaces.{background}", lambda: label_volumes(case, background))
    shared = case.once(
        f"surfaces.{background}.{kind}", lambda: _Distances.of(volumes, kind, case.work)
    )
    return shared.measured(shared.asked(label))


@dataclass(frozen=True)
class _Distances:
    """The boundaries of all labels, and the distances of those that have been asked for."""

    volumes: LabelVolumes
    predicted: Boundary
    true: Boundary
    work: Work
    room_bytes: int
    made: dict[int, BothWays | None] = field(default_factory=dict)

    @classmethod
    def of(cls, volumes: LabelVolumes, kind: Kind, work: Work) -> "_Distances":
        room = work.room_bytes - _VOLUME_BYTES * volumes.truth.size
        predicted, true = boundaries(volumes, kind, room)
        room -= ELEMENT_BYTES * (predicted.places.size + true.places.size)
        return cls(volumes, predicted, true, work, room)

    def asked(self, label: int | None) -> list[int]:
        numbers = self.volumes.numbers
        true = [name for name, number in numbers.items() if self.true.has(number)]
        predicted = [name for name, number in numbers.items() if self.predicted.has(number)]
        if label is not None:
            return [label] if label in true or label in predicted else []
        return true or predicted

    def measured(self, labels: Sequence[int]) -> Measured:
        fresh = [label for label in labels if label not in self.made]
        numbers = {label: self.volumes.numbers[label] for label in fresh}
        met = [n for n in numbers.values() if self.true.has(n) and self.predicted.has(n)]
        directed = self._directed(met)
        for label, number in numbers.items():
            self.made[label] = None
            if number in met:
                self.made[label] = BothWays(directed[number, True], directed[number, False])
        return {label: self.made[label] for label in labels}

    def _directed(self, numbers: Sequence[int]) -> dict[tuple[int, bool], Directed]:
        """Return the distances of each label in both directions: True from the prediction."""
        sizes = {number: Box.around(number, self.predicted, self.true).size for number in numbers}
        # The largest first: no thread is left with one at the end.
        jobs = [(n, way) for n in sorted(numbers, key=lambda n: -sizes[n]) for way in (True, False)]
        is_tight = max(sizes.values(), default=0) * BOX_BYTES * self.work.threads > self.room_bytes
        run = map if is_tight else self.work.map

        def take(job: tuple[int, bool]) -> Directed:
            return self._one_way(job[0], is_there=job[1])

        return dict(zip(jobs, run(take, jobs), strict=True))

    def _one_way(self, number: int, *, is_there: bool) -> Directed:
        query, target = self.predicted, self.true
        if not is_there:
            query, target = target, query
        found = distances(number, query, target, self.volumes.spacing, self.room_bytes)
        if query.codes.size == 0:
            return OfVoxels.of(found)
        z, y, x = self.volumes.spacing.tolist()
        return OfSurfels.of(found, surfel_areas((z, y, x))[query.codes_of(number)])
