"""A Pillow image as a NumPy array and back, without a copy.

Usage: pillow_without_copies.py IN OUT
"""

import sys

import numpy as np
from PIL import Image

import imgbuf

with imgbuf.pillow_single_block():  # Pillow keeps large images in blocks of 16 MiB; NumPy wants one
    picture = Image.open(sys.argv[1]).convert("RGB")
    picture.load()

image = imgbuf.from_pillow(picture)
print(image, "to NumPy:", image.explain("numpy"))

pixels = np.asarray(image)  # Pillow's own memory
np.subtract(255, pixels, out=pixels)
picture.save(sys.argv[2])  # Pillow sees what NumPy wrote

# Many blocks are no obstacle either: each strip is an array over Pillow's rows.
for strip in image[::-1].strips():
    assert np.shares_memory(strip, pixels)
