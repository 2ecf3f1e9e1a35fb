"""`convert_samples`: the same picture in samples of another type; and how it differs from `astype`."""

import numpy as np
import pytest

import imgbuf
from guarded_memory import GuardedImage
from samples import gradient, sample

MAXIMA = {"u1": 255, "u2": 65535, "u4": 2**32 - 1, "i1": 127, "i2": 32767, "f2": 1, "f4": 1, "f8": 1}


def nearest(fraction):
    """Exact quotients rounded to nearest, none of which lies half way."""
    return np.floor(fraction + 0.5)


def test_sixteen_bits_become_eight_rounded():
    every = np.arange(65536, dtype=np.uint16).reshape(256, 128, 2)
    for kind in ("strided", "rows", "strips", "planes"):
        memory = GuardedImage(every, kind, gap=1, shift=1)
        assert np.array_equal(memory.image.convert_samples("u1").numpy(), nearest(every / 257))
    wide = imgbuf.from_buffer(np.arange(256, dtype=np.uint8)).convert_samples(">u2")
    assert wide.format == ">H" and np.array_equal(wide.numpy(), np.arange(256) * 257)


@pytest.mark.parametrize("source", MAXIMA)
@pytest.mark.parametrize("target", MAXIMA)
def test_white_stays_white(source, target):
    image = imgbuf.from_buffer(np.array([[0, MAXIMA[source]]], source)).convert_samples(target)
    assert image.tolist() == [[0, MAXIMA[target]]] and image.format == imgbuf.empty(1, target).format


def test_floating_point_is_clamped_and_rounded_half_to_even():
    values = np.array([-1, 0, 0.5 / 255, 1.5 / 255, 2.5 / 255, 0.5, 1, 7, np.inf, -np.inf, np.nan])
    image = imgbuf.from_buffer(values).convert_samples("u1")
    assert image.tolist() == [0, 0, 0, 2, 2, 128, 255, 255, 255, 0, 0]
    back = imgbuf.from_buffer(np.arange(256, dtype="u1")).convert_samples("f4")
    assert np.array_equal(back.numpy(), (np.arange(256) / 255).astype("f4"))
    assert back.convert_samples("u1").tolist() == list(range(256))


@pytest.mark.parametrize("shape", [(), (5,), (4, 5), (4, 5, 1), (4, 5, 2), (4, 5, 4), (4, 5, 7), (2, 3, 4, 5), (2, 2, 2, 2, 3), (0, 3)])
def test_every_shape_is_converted(shape):
    flat = np.random.default_rng(1).integers(0, 65536, shape, np.uint16)
    image = imgbuf.from_buffer(np.asarray(flat)).convert_samples("u1")
    assert image.shape == shape and np.array_equal(image.numpy(), nearest(flat / 257))
    if len(shape) > 1 and 0 not in shape:
        turned = imgbuf.from_rows(flat).T.convert_samples("u1", arrangement="rows")
        assert turned.indirections == 1 and turned.tolist() == image.T.tolist()


def test_it_is_not_astype():
    image = imgbuf.from_buffer(np.array([[0, 1, 255]], np.uint8))
    assert image.astype("f4").tolist() == [[0, 1, 255]]
    assert image.convert_samples("f4").tolist() == [[0, np.float32(1 / 255), 1]]
    assert imgbuf.from_buffer(np.array([300, 65535], "u2")).astype("u1").tolist() == [255, 255]


def test_a_copy_keeps_what_the_pixels_mean():
    image = imgbuf.open(sample("scene_rgb8.png"))
    wide = image.convert_samples("u2")
    assert wide.channels == image.channels and wide.axes == image.axes and wide.info.icc == image.info.icc
    assert wide.info.bit_depth == 16 and wide.info.element_type == "u16"
    same = image.convert_samples("u1")
    same[...] = 0
    assert np.asarray(image).any()


def test_all_bits_of_the_new_type_are_used():
    image = imgbuf.zeros((1, 4), "u1")
    image[...] = [0, 1, 2, 3]
    image.info = image.info.replace(bit_depth=2, transparent_color=(2, 2, 2))
    eight = image.convert_samples("u1")
    assert eight.tolist() == [[0, 85, 170, 255]]
    assert (eight.info.bit_depth, eight.info.transparent_color) == (8, (170, 170, 170))
    sixteen = image.convert_samples("u2")
    assert sixteen.tolist() == [[0, 21845, 43690, 65535]] and sixteen.info.transparent_color == (43690,) * 3
    assert sixteen.convert_samples("u1").info.transparent_color is None  # no longer one value
    assert image.convert_samples("f4").info.transparent_color is None


def test_transparent_pixels_keep_their_colour():
    image = imgbuf.from_buffer(gradient(4, 5))
    image.info = image.info.replace(transparent_color=tuple(image[0, 0].tolist()))
    assert np.array_equal(image.convert_samples("u2").numpy(), gradient(4, 5).astype("u2") * 257)


def test_indices_are_no_samples():
    image = imgbuf.open(sample("scene_palette.png"))
    assert image.channels == ("index",)
    with pytest.raises(imgbuf.Unsupported, match="expand=True"):
        image.convert_samples("u2")


def test_a_save_says_what_it_takes(tmp_path):
    flat = np.linspace(0, 1, 60, dtype=np.float32).reshape(4, 5, 3)
    image = imgbuf.from_buffer(flat)
    for name, format, dtype in [("a.png", "H", np.uint16), ("a.jpg", "B", np.uint8)]:
        with pytest.raises(imgbuf.Unsupported, match=rf"img.convert_samples\('{format}'\) scales"):
            image.save(tmp_path / name)
        image.convert_samples(format).save(tmp_path / name)
    maximum = np.iinfo(np.uint16).max
    assert np.array_equal(imgbuf.open(tmp_path / "a.png").numpy(), np.rint(flat.astype("f8") * maximum))
    with pytest.raises(imgbuf.Unsupported) as error:
        imgbuf.open(sample("sprite_rgba.png")).save(tmp_path / "a.jpg")
    assert "convert_samples" not in str(error.value)
