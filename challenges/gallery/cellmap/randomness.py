"""Numbers that are the same on every machine and with every version of numpy, for ever.

`numpy.random` keeps its streams only within one version, and the last digits of sines depend on the
processor; the ground truth of this challenge must depend on neither.
"""

from dataclasses import dataclass, field

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15
WORD = 2**64 - 1


def words(seed: int, count: int) -> np.ndarray:
    """Return `count` random uint64, the stream that SplitMix64 gives for `seed`.

    Source: Steele, Lea, Flood 2014, OOPSLA, "Fast splittable pseudorandom number generators".
    """
    word = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN) + np.uint64(seed & WORD)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def grain(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return bell-shaped whole numbers of mean 0, within 510 on either side, int16."""
    sums = words(seed, int(np.prod(shape))).view(np.uint8).reshape(-1, 8)[:, :4].sum(axis=1)
    return (sums.astype(np.int16) - 510).reshape(shape)


def wave(position: np.ndarray) -> np.ndarray:
    """Return a curve of period 1 between -1 and 1, two parabolas in place of a sine."""
    half = 2 * position
    place = half - np.floor(half)
    arch = 4 * place * (1 - place)
    return np.where(np.floor(half) % 2 == 0, arch, -arch)


@dataclass
class Dice:
    """A stream of single numbers, and of points."""

    seed: int
    _drawn: int = field(default=0, init=False)

    def between(self, low: float, high: float) -> float:
        """Return the next number in [low, high)."""
        return float(self.many(1, low, high)[0])

    def many(self, count: int, low: float, high: float) -> np.ndarray:
        """Return the next `count` numbers in [low, high)."""
        self._drawn += 1
        drawn = words(self.seed + self._drawn * 0x2545F4914F6CDD1D, count)
        return low + (high - low) * ((drawn >> np.uint64(11)).astype(np.float64) * 2.0**-53)

    def direction(self) -> np.ndarray:
        """Return a vector of length one, any direction as likely as any other."""
        while True:
            vector = self.many(3, -1, 1)
            square = vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2
            if 0.01 < square < 1:
                return vector / np.sqrt(square)
