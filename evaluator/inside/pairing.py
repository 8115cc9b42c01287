"""Prediction and truth of one case, opened and compared as far as metadata go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evaluator.arrays.base import Array, Block, MemoryArray, Region
from evaluator.arrays.cache import ChunkRoom
from evaluator.arrays.cells import Vocabulary
from evaluator.arrays.dtypes import check_dtype
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.held import held
from evaluator.arrays.layout import Frame
from evaluator.arrays.opening import open_array
from evaluator.arrays.tables import (
    ColumnSpec,
    Rows,
    TableFile,
    read_all_rows,
    read_column,
    read_rows,
)
from evaluator.inside.alignment import Grid, World, fitted
from evaluator.inside.errors import TruthInvalid
from evaluator.inside.expected import location
from evaluator.inside.problems import Problems
from evaluator.inside.trees import Tree
from evaluator.plans import Case, DtypeKind, ExtraAxis, Source

Note = Callable[[str], None]


class TrustedArray:
    """The truth: what is wrong with it is nobody's problem but the organiser's."""

    def __init__(self, array: Array) -> None:
        self._array = array
        self.name = array.name
        self.shape = array.shape
        self.dtype: np.dtype[Any] = array.dtype
        self.layout = array.layout

    def notes(self) -> tuple[str, ...]:
        """Return nothing: there is nobody to tell."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`. Raises: TruthInvalid."""
        try:
            return self._array.read(region)
        except ArrayInvalid as error:
            raise TruthInvalid(str(error)) from error

    def release(self) -> None:
        """Let go of what the array keeps."""
        self._array.release()


@dataclass(frozen=True)
class Truth:
    """The truth of one case; `rows` when it can be compared with a table.

    `spacing` is the size of an element along each axis, 1 where nothing is known; `world` says
    where the elements lie when predictions are to be brought there.
    """

    array: TrustedArray
    rows: Rows | None
    spacing: tuple[float, ...] = ()
    auxiliary: Mapping[str, Array] = field(default_factory=dict)
    world: World | None = None


class Opener:
    """Opens what the cases name, in the submission and in the truth.

    Participants have no truth: then predictions are held to the plan alone.
    """

    def __init__(self, submission: Tree, truth: Tree | None) -> None:
        self._submission = submission
        self._truth = truth or Tree(submission.root, frozenset())
        self.has_truth = truth is not None
        self.room = ChunkRoom()  # of all arrays
        self.vocabulary = Vocabulary()

    def truth(self, case: Case) -> Truth:
        """Return the truth of `case`. Raises: TruthInvalid."""
        try:
            if case.truth.format.is_table:
                return self._truth_table(case)
            array = self._open(self._truth, case.truth, _voxel_size(case, None))
            auxiliary = self._auxiliary(case)
        except (ArrayInvalid, OSError) as error:
            raise TruthInvalid(f"case {case.id}: {error}") from error
        if 0 in array.shape:
            raise TruthInvalid(f"case {case.id}: {array.name} has no element")
        if case.shape is not None and array.shape != case.shape:
            raise TruthInvalid(f"case {case.id}: {array.name} has another shape than the plan")
        axes = 2 if case.columns and case.extra_axis is None else 1
        rows = Rows(array.shape[0]) if len(array.shape) == axes else None
        spacing = _spacing(case, array)
        world = _world(case, array.layout.frame, array.name)
        return Truth(TrustedArray(array), rows, spacing, auxiliary, world)

    def prediction(
        self, case: Case, source: Source, truth: Truth | None, problems: Problems, note: Note
    ) -> Array | None:
        """Return the prediction of `case`, None when something is wrong with it.

        Where there is truth, `truth` is needed for tables; without it the shape is the plan's.
        """
        before = len(problems)
        array = None
        try:
            if source.format.is_table:
                array = self._table(case, source, truth, problems)
            else:
                opened = self._open(self._submission, source, _voxel_size(case, truth))
                array = _fitted(opened, case, truth, problems)
            for sentence in array.notes() if array is not None and len(problems) == before else ():
                note(sentence)
        except ArrayInvalid as error:
            problems.add_array(source.path, error)
        return array if len(problems) == before else None

    def _open(
        self, tree: Tree, source: Source, voxel_size: tuple[float, ...] | None = None
    ) -> Array:
        place = location(source)
        return open_array(
            tree.path(place.container),
            source.path,
            source.format,
            member=place.inner,
            voxel_size=voxel_size,
            room=self.room,
        )

    def _auxiliary(self, case: Case) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for name, source in case.auxiliary.items():
            if isinstance(source, Source):
                array = self._open(self._truth, source, _voxel_size(case, None))
                # Threads ask for pieces of a mask in any order, of other arrays in one only.
                found[name] = TrustedArray(held(array) if name == "mask" else array)
        return found

    def _truth_table(self, case: Case) -> Truth:
        file = TableFile(self._truth.path(case.truth.path), case.truth.path, case.truth.format)
        reading = read_all_rows(file, _truth_spec(case), self.vocabulary)
        if reading.faults:  # their sentences quote cells, which the log must not
            codes = ", ".join(sorted({fault.code for fault in reading.faults}))
            raise TruthInvalid(
                f"case {case.id}: {case.truth.path} has wrong rows or cells: {codes}"
            )
        if reading.rows.count == 0:
            raise TruthInvalid(f"case {case.id}: {case.truth.path} has no row")
        auxiliary = self._auxiliary(case)
        for name, column in case.auxiliary.items():
            if isinstance(column, str):
                values = read_column(file, column)
                auxiliary[name] = TrustedArray(MemoryArray(f"{file.name}/{column}", values))
        array = TrustedArray(MemoryArray(file.name, reading.values))
        return Truth(array, reading.rows, (1.0,) * len(array.shape), auxiliary)

    def _table(self, case: Case, source: Source, truth: Truth | None, problems: Problems) -> Array:
        file = TableFile(self._submission.path(source.path), source.path, source.format)
        if not self.has_truth:
            reading = read_all_rows(file, _spec(case), self.vocabulary)
        elif truth is None or truth.rows is None:
            raise TruthInvalid(f"case {case.id}: a table cannot be compared with this truth")
        else:
            reading = read_rows(file, _spec(case), self.vocabulary, like=truth.rows)
        for fault in reading.faults:
            problems.add_array(source.path, fault)
        is_turned = case.extra_axis is ExtraAxis.MEMBER
        array = MemoryArray(file.name, reading.values.T if is_turned else reading.values)
        grid = _grid(case, truth)
        return array if grid is None else fitted(array, grid)


def _spacing(case: Case, array: Array) -> tuple[float, ...]:
    """Return the size of an element along each axis. Raises: TruthInvalid."""
    frame = array.layout.frame
    ones = (1.0,) * len(array.shape)
    spacing = case.voxel_size or _voxel_size(case, None) or frame.voxel_size or ones
    if len(spacing) != len(ones):
        raise _wrong_axes(case)
    if frame.fault and spacing is ones:
        raise TruthInvalid(f"case {case.id}: {frame.fault} Or give the case a voxel_size.")
    return spacing


def _voxel_size(case: Case, truth: Truth | None) -> tuple[float, ...] | None:
    """Return the size of the truth's elements, None where nobody tells it."""
    if case.align is not None and case.align.voxel_size is not None:
        return case.align.voxel_size
    told = None if truth is None else truth.array.layout.frame.voxel_size
    return case.voxel_size or told


def _world(case: Case, frame: Frame, name: str) -> World | None:
    """Return where the elements of the truth `name` lie, None when nobody asks.

    Raises: TruthInvalid when neither the plan nor `frame`, the truth's metadata, tells it.
    """
    if case.align is None or case.align.by == "metric":
        return None
    size = _voxel_size(case, None) or frame.voxel_size
    origin = frame.origin if case.align.origin is None else case.align.origin
    if size is None or origin is None:
        raise TruthInvalid(
            f"case {case.id}: {frame.fault or f'{name} does not tell where it lies.'} Write the "
            "attributes voxel_size and translation into its metadata, or voxel_size and origin "
            "into align."
        )
    if len(size) != len(origin):
        raise _wrong_axes(case)
    return World(size, origin, case.align.fill, case.align.max_scale)


def _wrong_axes(case: Case) -> TruthInvalid:
    return TruthInvalid(f"case {case.id}: voxel_size and origin need one number for each axis")


def _truth_spec(case: Case) -> ColumnSpec:
    """Return which columns of a table of truth hold values."""
    columns = case.columns if case.extra_axis is None else ()
    kind = DtypeKind.INTEGER if case.extra_axis is ExtraAxis.CLASS else case.dtype
    return ColumnSpec(case.column, case.index, kind, columns, _others(case))


def _spec(case: Case) -> ColumnSpec:
    """Return which columns of a predicted table hold values. Raises: TruthInvalid."""
    if case.extra_axis is None or case.columns:
        return ColumnSpec(case.column, case.index, case.dtype, case.columns, _others(case))
    if case.extra_axis is ExtraAxis.CLASS:
        # Their order in the file would decide which class each is.
        raise TruthInvalid(f"case {case.id}: name the column of each class in 'columns'")
    return ColumnSpec(None, case.index, case.dtype, None, _others(case))


def _others(case: Case) -> frozenset[str]:
    return frozenset(value for value in case.auxiliary.values() if isinstance(value, str))


def _grid(case: Case, truth: Truth | None) -> Grid | None:
    """Return what a prediction has to fit; None where neither plan nor truth tell a shape."""
    shape = case.shape if case.shape is not None or truth is None else truth.array.shape
    if shape is None:
        return None
    if case.align is not None and case.align.by == "metric":
        return Grid(shape, free_scale=case.align.max_scale)
    if truth is None and case.align is not None and not case.align.is_whole:
        return None
    if truth is None:
        frame, world = Frame(), _world(case, Frame(), case.truth.path)
    else:
        frame, world = truth.array.layout.frame, truth.world
    if world is not None and len(world.voxel_size) != len(shape):
        raise _wrong_axes(case)
    if case.extra_axis is None:
        return Grid(shape, frame, world)
    if case.extra_axis is ExtraAxis.MEMBER:
        return Grid((case.extra, *shape), frame, world, extra=0)
    return Grid((*shape, case.extra), frame, world, extra=len(shape))


def _fitted(array: Array, case: Case, truth: Truth | None, problems: Problems) -> Array | None:
    """Return a prediction in the shape of the truth, None when that is impossible."""
    grid, result = _grid(case, truth), None
    try:
        result = array if grid is None else fitted(array, grid)
    except ArrayInvalid as error:
        problems.add_array(array.name, error)
    try:
        check_dtype(array.dtype, case.dtype, array.name)
    except ArrayInvalid as error:
        problems.add_array(array.name, error)
    return result
