"""What an electron microscope would make of the tissue: membranes dark, water bright, and noise."""

import numpy as np
from classes import CODES
from filters import box_mean
from randomness import grain

GREYS = {
    "ecs": 214,
    "pm": 62,
    "cyto": 172,
    "mito_mem": 74,
    "mito_lum": 128,
    "mito_ribo": 88,
    "golgi_mem": 66,
    "golgi_lum": 192,
    "ves_mem": 58,
    "ves_lum": 206,
    "endo_mem": 70,
    "endo_lum": 222,
    "lyso_mem": 54,
    "lyso_lum": 98,
    "ld_mem": 96,
    "ld_lum": 242,
    "perox_mem": 78,
    "perox_lum": 112,
    "er_mem": 82,
    "er_lum": 184,
    "eres_mem": 86,
    "eres_lum": 150,
    "ne_mem": 64,
    "ne_lum": 198,
    "np_out": 104,
    "np_in": 142,
    "hchrom": 84,
    "echrom": 134,
    "nucpl": 160,
    "mt_out": 108,
    "mt_in": 156,
}
NOISE = 9  # grey values, roughly: the standard deviation
# `grain` has a standard deviation of 147.8.
GRAIN_SCALE = 148


def expose(leaf: np.ndarray, seed: int) -> np.ndarray:
    """Return the image, uint8, of voxels of the given classes."""
    greys = np.zeros(256, np.int32)
    greys[list(CODES.values())] = [GREYS[name] for name in CODES]
    # A little blur, in which the voxel itself still weighs most.
    sharp = greys[leaf] * 16
    blurred = (sharp + 2 * box_mean(sharp, 3)) // 3
    noisy = blurred + grain(seed, leaf.shape).astype(np.int32) * (16 * NOISE) // GRAIN_SCALE
    return np.clip(noisy // 16, 0, 255).astype(np.uint8)
