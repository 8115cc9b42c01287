"""What is measured against what: our scorer and a reference on the same stored arrays.

A side is prepared once, outside the measurement, and gives a function that runs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.bench import contestants, references

Prepare = Callable[[Path], Callable[[], object]]


@dataclass(frozen=True)
class Duel:
    """One case; the goals are those of the project, None where none is set."""

    case: str
    arrays: str  # what `tests.bench.arrays` makes
    ours: Prepare
    reference: Prepare
    rounds: int = 5
    times: float | None = None  # our wall time against the reference's
    cpu_times: float | None = None
    seconds: float | None = None
    extra_mib: float | None = None  # beside what is there before the run
    peak_mib: float | None = None
    gigabytes: float = 0.0  # read by a run, for GB/s
    gigabytes_per_second: float | None = None
    tolerance: float = 1e-9  # between the two answers
    share: float = 1.0  # of the work that the reference does; its times are divided by it
    sides: Mapping[str, Prepare] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sides", {"ours": self.ours, "reference": self.reference})


_LATITUDES = {"latitude": np.linspace(-90, 90, 361)}
_CUBE_LABELS_GB = 2 * 512**3 * 4 / 1e9
_CUBE_MASKS_GB = 2 * 512**3 / 1e9

_DUELS = (
    Duel(
        "semantic IoU, zarr zstd 64³",
        "masks-512",
        contestants.stored("masks", "iou", label=1),
        references.stored_iou("masks"),
        times=6,
        extra_mib=32,
        gigabytes=_CUBE_MASKS_GB,
    ),
    Duel(
        "semantic IoU, chunk grids 64³ and 128³",
        "masks-512",
        contestants.stored("masks", "iou", label=1, prediction="masks-128"),
        references.stored_iou("masks", prediction="masks-128"),
        times=6,
        extra_mib=32,
        gigabytes=_CUBE_MASKS_GB,
    ),
    Duel(
        "label pairs, zarr zstd 64³",
        "labels-512",
        contestants.stored("labels", "adapted_rand_error"),
        references.stored_pairs("labels"),
        times=10,
        gigabytes=_CUBE_LABELS_GB,
        gigabytes_per_second=4,
    ),
    Duel(
        "label pairs, in memory",
        "labels-512",
        contestants.loaded("labels", "adapted_rand_error"),
        references.loaded_pairs("labels"),
        gigabytes=_CUBE_LABELS_GB,
        gigabytes_per_second=6,
    ),
    Duel(
        "variation of information, 256³",
        "cells-medium",
        contestants.loaded("cells", "variation_of_information"),
        references.voi("cells"),
        rounds=3,
        times=30,
    ),
    Duel(
        "adapted Rand error, 256³",
        "cells-medium",
        contestants.loaded("cells", "adapted_rand_error"),
        references.arand("cells"),
        rounds=3,
        times=30,
    ),
    Duel(
        "Dice of 16 classes, 256³",
        "classes-256",
        contestants.loaded("classes", "dice"),
        references.dice_by_bincount("classes"),
        times=5,
    ),
    Duel(
        "AP at IoU 0.5, 256³",
        "cells-medium",
        contestants.loaded("cells", "ap"),
        references.ap_by_unique("cells"),
        times=5,
    ),
    Duel(
        "average surface distance, one large object",
        "one-giant",
        contestants.loaded("mask", "assd", label=1),
        references.assd_by_scipy("mask"),
        times=3,
    ),
    Duel(
        "surface Dice, one large object",
        "one-giant",
        contestants.loaded("mask", "nsd", label=1, tolerance=2),
        references.nsd_by_scipy("mask", 2),
        times=3,
    ),
    Duel(
        "SSIM, 128³",
        "grey-128",
        contestants.loaded("grey", "ssim"),
        references.ssim("grey"),
        times=10,
    ),
    Duel(
        "area-weighted RMSE, 40 x 361 x 720",
        "weather",
        contestants.loaded("weather", "weighted_rmse", auxiliary=_LATITUDES),
        references.weighted_rmse_by_numpy("weather"),
        times=5,
    ),
    Duel(
        "CRPS of 50 members, 361 x 720",
        "weather",
        contestants.loaded("members", "crps_ensemble", estimator="biased"),
        references.crps_by_numpy("members"),
    ),
    *(
        Duel(
            f"objects, {name}, profile 'peer-2026-06'",
            f"cells-{name}",
            contestants.loaded("cells", "cellmap_instance", profile="peer-2026-06"),
            references.objects("cells"),
            rounds=rounds,
            times=40,
            tolerance=0,
        )
        for name, rounds in (("xs", 5), ("small", 2), ("giant", 1))
    ),
    Duel(
        "objects, giant, profile 'clean'",
        "cells-giant",
        contestants.loaded("cells", "cellmap_instance"),
        references.objects("cells"),
        rounds=1,
        times=60,
        tolerance=1,
    ),
    Duel(
        "objects, medium, profile 'clean'",
        "cells-medium",
        contestants.loaded("cells", "cellmap_instance"),
        references.some_distances("cells", 16),
        rounds=2,
        times=500,
        share=16 / 300,
    ),
    Duel(
        "objects, large, profile 'clean'",
        "cells-large",
        contestants.loaded("cells", "cellmap_instance"),
        references.some_distances("cells", 2),
        rounds=1,
        seconds=3,
        cpu_times=5000,
        peak_mib=2048,
        share=2 / 2000,
    ),
)

DUELS: Mapping[str, Duel] = {duel.case: duel for duel in _DUELS}
