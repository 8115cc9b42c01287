"""Makes the public data of this challenge from the image inside scikit-image.

Run it in this folder, in an environment with numpy, scikit-image and pillow: `python make.py`.
Its output is committed, so that loading the challenge needs neither; `make_truth.py` draws the
ground truth, `make_baselines.py` the baselines.
"""

import io
import runpy
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.data import coins

HERE = Path(__file__).parent
# Run, not imported: an import would leave a __pycache__ among the files offered for download.
STARTER = runpy.run_path(str(HERE / "public/starter_kit.py"))
SHADES = 32
COLOURS = np.array([[230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [204, 121, 167]])


def main() -> None:
    """Write `public/`, but for the starter kit."""
    image = coins()
    np.savez_compressed(HERE / "public/coins.npz", image=image)
    write_sample(HERE / "public/sample_submission.zip", np.zeros(image.shape, np.uint8))
    draw_preview(HERE / "public/preview.png", image)


def write_sample(path: Path, labels: np.ndarray) -> None:
    """Write a zip archive with `labels.npy`; the same bytes each time."""
    buffer = io.BytesIO()
    np.save(buffer, labels)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("labels.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED)


def draw_preview(path: Path, image: np.ndarray) -> None:
    """Draw the image, its right half coloured as the starter kit sees it, 384 x 303 pixels.

    The colours come from the starter kit, never from the truth: the picture is public.
    """
    labels = STARTER["segment"](image)
    labels[:, : image.shape[1] // 2] = 0
    # Few shades of six colours keep the file small: grey outside, five for the objects.
    shades = np.arange(SHADES)[:, None] * 255 / (SHADES - 1)
    grey = np.repeat(shades, 3, axis=1)
    palette = np.vstack([grey, *(grey / 2 + colour / 2 for colour in COLOURS)])
    shade = image // (256 // SHADES)
    colour = np.where(labels > 0, 1 + labels % len(COLOURS), 0)
    picture = Image.fromarray((colour * SHADES + shade).astype(np.uint8), mode="P")
    picture.putpalette(palette.astype(np.uint8).tobytes())
    picture.save(path, optimize=True)


if __name__ == "__main__":
    main()
