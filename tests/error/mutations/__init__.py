"""Files that a valid file becomes when somebody who knows the format changes its fields.

A module for each format has `mutated(data, dice)`: the changed bytes, and in words what was changed. All is decided by
`dice`, a random.Random, so that a number names a file.
"""

import random
from pathlib import Path

from . import bmp, jpeg, npy, png, pnm, tiff

ROOT = Path(__file__).resolve().parents[3]
STORED = ROOT / "tests" / "fuzz" / "stored_seeds"
SAMPLES = ROOT / "sample_images"

# Of 20 files so many are of a format: most where the program reads the fields itself.
SHARES = [(tiff, 7), (pnm, 4), (bmp, 3), (npy, 3), (png, 2), (jpeg, 1)]
SEEDS = {
    tiff: sorted(STORED.glob("tiff/*")),
    pnm: sorted(STORED.glob("pnm/*")),
    bmp: sorted(STORED.glob("bmp/*")),
    npy: sorted(STORED.glob("npy/*")),
    png: [SAMPLES / f"{name}.png" for name in ("pixel_1x1", "transparent_color", "palette_transparent", "flat_text",
                                               "gray_1bit", "interlaced_rgb8", "oriented_exif")],
    jpeg: [SAMPLES / f"{name}.jpg" for name in ("pixel_1x1", "gray", "progressive", "oriented_exif_icc", "cmyk")],
}


class Mutation:
    """The file of a number."""

    def __init__(self, number):
        dice = random.Random(f"mutation {number}")
        turns = [module for module, share in SHARES for _ in range(share)]
        module = turns[number % len(turns)]
        seeds = SEEDS[module]
        self.seed = seeds[number // len(turns) % len(seeds)]
        valid = self.seed.read_bytes()
        self.data, what = valid, ""
        while self.data == valid:  # a field may get the value that it has
            self.data, what = module.mutated(valid, dice)
        self.name = f"{number:04d}{self.seed.suffix}"
        self.what = f"number {number}: {self.seed.name}, {what}"
