"""The sample images, and pictures as Pillow has them."""

import pathlib

import numpy as np
from PIL import Image

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "sample_images"


def sample(name):
    """The path of a sample image."""
    return FOLDER / name


def pixels(image):
    """The elements of an image in C order."""
    return np.frombuffer(image.tobytes(), image.format).reshape(image.shape)


def pillow_pixels(source, mode=None):
    """The pixels that Pillow decodes: (height, width, channels)."""
    with Image.open(source) as picture:
        pixels = np.asarray(picture.convert(mode) if mode else picture)
    return pixels if pixels.ndim == 3 else pixels[..., None]


def gradient(height, width, channels=3, dtype=np.uint8):
    """Pixels of which no two neighbours are equal."""
    y, x, c = np.ogrid[:height, :width, :channels]
    return (y * 7 + x * 3 + c * 50).astype(dtype)
