"""What notebooks show of an image."""

import io

import numpy as np

import imgbuf
from samples import gradient, pillow_pixels, sample


def shown(image):
    return pillow_pixels(io.BytesIO(image._repr_png_()))


def test_notebooks_show_pictures_as_png():
    assert np.array_equal(shown(imgbuf.open(sample("scene_rgb8.png"))), pillow_pixels(sample("scene_rgb8.png")))
    assert np.array_equal(shown(imgbuf.open(sample("scene_palette.png")))[..., 0],
                          pillow_pixels(sample("scene_palette.png"))[..., 0])
    assert shown(imgbuf.open(sample("cmyk.jpg"))).shape == (160, 240, 3)
    large = gradient(2500, 1200)
    assert np.array_equal(shown(imgbuf.from_buffer(large)), large[::3, ::3])
    floats = imgbuf.from_buffer(np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4))
    assert np.array_equal(np.asarray(imgbuf.open(floats._repr_png_()))[..., 0],
                          np.rint(np.linspace(0, 1, 12, dtype=np.float32) * 65535).reshape(3, 4))


def test_notebooks_show_nothing_for_what_is_no_picture():
    for shape in [(5,), (2, 2, 5), (0, 3), ()]:
        assert imgbuf.from_buffer(np.zeros(shape, np.uint8))._repr_png_() is None
