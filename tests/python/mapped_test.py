"""Files whose pixels lie in them as they are open as views of the mapped file."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from PIL import Image

import imgbuf

SIZE = (61, 47)


@pytest.fixture
def pixels():
    return np.random.default_rng(1).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)


@pytest.fixture(params=["ppm", "bmp", "tif", "npy"])
def path(request, tmp_path, pixels):
    name = tmp_path / f"picture.{request.param}"
    if request.param == "npy":
        np.save(name, pixels)
    else:
        Image.fromarray(pixels).save(name)
    return name


def test_is_a_shared_read_only_view(path, pixels):
    image = imgbuf.open(path)
    assert image.readonly
    assert str(image.explain("numpy")).startswith("shared")
    array = np.asarray(image)
    assert not array.flags.writeable and not array.flags.owndata
    assert np.array_equal(array, pixels)
    assert np.shares_memory(array, np.asarray(image))


def test_shows_what_others_write(path, pixels):
    array = np.asarray(imgbuf.open(path))
    data = path.read_bytes()
    with open(path, "r+b") as file:
        file.seek(len(data) - 2000)
        file.write(bytes(255 - byte for byte in data[len(data) - 2000:]))
    assert not np.array_equal(array, pixels)


def test_outlives_its_image_and_its_file(path, pixels):
    array = np.asarray(imgbuf.open(path))
    os.remove(path)
    assert np.array_equal(array, pixels)


def test_saving_over_it_leaves_it_as_it_was(tmp_path, pixels):
    path = tmp_path / "picture.ppm"
    Image.fromarray(pixels).save(path)
    image = imgbuf.open(path)
    image[::-1].save(path)
    assert np.array_equal(np.asarray(image), pixels)
    assert np.array_equal(np.asarray(imgbuf.open(path)), pixels[::-1])


def test_crops_and_channels_are_views_too(path, pixels):
    image = imgbuf.open(path, crop=(5, 7, 20, 11), channels=(2, 1, 0), mapped=True)
    assert image.readonly
    assert np.array_equal(np.asarray(image), pixels[7:18, 5:25, ::-1])


@pytest.mark.parametrize("options", [{"mapped": False}, {"arrangement": "contiguous"}, {"arrangement": "rows"},
                                     {"shared": True}])
def test_new_memory_when_it_is_asked_for(path, pixels, options):
    image = imgbuf.open(path, **options)
    assert not image.readonly
    os.truncate(path, 0)
    assert np.array_equal(np.frombuffer(image.tobytes(), np.uint8).reshape(pixels.shape), pixels)


def test_only_paths_are_mapped(path, pixels):
    for source in (path.read_bytes(), open(path, "rb")):
        image = imgbuf.open(source)
        assert not image.readonly
        assert np.array_equal(np.asarray(image), pixels)
    with pytest.raises(imgbuf.InvalidArgument, match="only a file named by its path can be mapped"):
        imgbuf.open(path.read_bytes(), mapped=True)


def test_the_file_s_byte_order_stays(tmp_path):
    values = np.arange(12, dtype=">u2").reshape(3, 4)
    np.save(tmp_path / "big.npy", values)
    image = imgbuf.open(tmp_path / "big.npy")
    assert np.asarray(image).dtype == np.dtype(">u2")
    assert np.array_equal(np.asarray(image)[..., 0], values)
    assert np.asarray(imgbuf.open(tmp_path / "big.npy", mapped=False)).dtype == np.dtype("=u2")


def test_what_must_be_decoded_says_why(tmp_path, pixels):
    path = tmp_path / "picture.png"
    Image.fromarray(pixels).save(path)
    assert np.array_equal(np.asarray(imgbuf.open(path)), pixels)
    with pytest.raises(imgbuf.CopyRequired, match="picture.png: it cannot be viewed: PNG is compressed"):
        imgbuf.open(path, mapped=True)
    Image.fromarray(pixels[..., 0] > 127).save(tmp_path / "bits.pbm")
    assert not imgbuf.open(tmp_path / "bits.pbm").readonly
    with pytest.raises(imgbuf.CopyRequired):
        imgbuf.open(tmp_path / "bits.pbm", mapped=True)
    for options in ({"arrangement": "rows"}, {"shared": True}):
        with pytest.raises(imgbuf.InvalidArgument, match="arrangement and shared ask for new memory"):
            imgbuf.open(path, mapped=True, **options)


def test_a_view_is_of_one_file_alone(path, pixels):
    class Changing:
        """What it names is another, broken file from the second look on."""
        names = [str(path)]

        def __fspath__(self):
            return self.names.pop() if self.names else str(path) + ".broken"

    with open(str(path) + ".broken", "wb") as file:
        file.write(path.read_bytes()[:20])
    assert np.array_equal(np.asarray(imgbuf.open(Changing())), pixels)


def test_a_file_that_is_too_short_is_an_error(path):
    os.truncate(path, path.stat().st_size - 8000)
    with pytest.raises(imgbuf.TruncatedData):
        imgbuf.open(path)


def test_a_file_of_gigabytes_takes_no_memory(tmp_path):
    path = tmp_path / "huge.npy"
    np.lib.format.open_memmap(path, "w+", np.uint8, (40_000, 40_000, 3)).flush()
    program = """
import resource, sys, numpy, imgbuf
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
array = numpy.asarray(imgbuf.open(sys.argv[1], limits=imgbuf.Limits(max_pixels=1 << 40, max_image_bytes=1 << 20)))
assert array.shape == (40_000, 40_000, 3) and not array[-1, -1].any()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    run = subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True, timeout=60)
    assert int(run.stdout) < 16 * 1024


@pytest.mark.parametrize("mapped", [None, True, False])
def test_what_is_odd_about_a_file_is_said_mapped_or_not(tmp_path, mapped):
    picture = b"P5 2 2 255\n\1\2\3\4"
    wrong = tmp_path / "wrong.png"
    wrong.write_bytes(picture)
    with pytest.warns(imgbuf.LossWarning, match="wrong.png: .*PGM, not PNG"):
        assert imgbuf.open(wrong, mapped=mapped).shape == (2, 2, 1)
    more = tmp_path / "more.pgm"
    more.write_bytes(picture + picture)
    with pytest.warns(imgbuf.LossWarning, match="more follows the picture"):
        imgbuf.open(more, mapped=mapped)
    if mapped is None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            imgbuf.open(more, crop=(0, 0, 2, 1))
