"""What `open` and `info` give: options, pixels and headers."""

import io
import os

import numpy as np
import pytest
from PIL import Image

import imgbuf
from process_memory import resident_bytes
from samples import FOLDER, gradient, pillow_pixels, pixels, sample


@pytest.mark.parametrize("arrangement, indirections", [("contiguous", 0), ("rows", 1), ("strips:5", 1), ("planes", 2)])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("name", ["scene_rgb8.png", "scene_q90.jpg"])
def test_arrangements_hold_the_same_pixels(name, arrangement, indirections, shared):
    image = imgbuf.open(sample(name), arrangement=arrangement, shared=shared)
    assert image.indirections == indirections
    assert np.array_equal(pixels(image), pillow_pixels(sample(name)))


def test_shared_strips_of_whole_pages_become_one_array(tmp_path):
    flat = gradient(64, 4096, 1)
    path = tmp_path / "wide.png"
    Image.fromarray(flat[..., 0]).save(path)
    image = imgbuf.open(path, arrangement="strips:4", shared=True)
    assert image.explain("numpy").kind in ("shared", "rewired")
    assert np.array_equal(image.numpy(copy=False), flat)


def test_crop_scale_expand_and_channels():
    whole = pillow_pixels(sample("scene_rgb8.png"))
    crop = imgbuf.open(sample("scene_rgb8.png"), crop=(10, 20, 30, 40))
    assert np.array_equal(np.asarray(crop), whole[20:60, 10:40])
    assert imgbuf.open(sample("scene_q90.jpg"), scale=8).shape == (40, 60, 3)
    palette = imgbuf.open(sample("palette_transparent.png"))
    assert palette.channels == ("index",) and palette.info.color == "palette"
    expanded = imgbuf.open(sample("palette_transparent.png"), expand=True)
    assert np.array_equal(np.asarray(expanded), pillow_pixels(sample("palette_transparent.png"), "RGBA"))
    for channels in [(2, 1, 0), ("blue", "green", "red")]:
        swapped = imgbuf.open(sample("scene_rgb8.png"), channels=channels)
        assert swapped.channels == ("blue", "green", "red")
        assert np.array_equal(np.asarray(swapped), whole[..., ::-1])
    green = imgbuf.open(sample("scene_rgb8.png"), channels=["green"])
    assert green.channels == ("green",) and np.array_equal(np.asarray(green), whole[..., 1:2])
    assert imgbuf.open(sample("gray.jpg"), channels=[0, 0, 0]).channels == ("red", "green", "blue")


def test_channels_of_another_order_are_saved_in_theirs():
    swapped = imgbuf.open(sample("scene_rgb8.png"), channels=(2, 1, 0))
    file = io.BytesIO()
    swapped.save(file, format="png")
    assert np.array_equal(pillow_pixels(file), pillow_pixels(sample("scene_rgb8.png")))


@pytest.mark.parametrize(
    "options, kind, match",
    [
        ({"arrangement": "heap"}, imgbuf.InvalidArgument, "heap"),
        ({"crop": (0, 0, 0, 1)}, imgbuf.InvalidArgument, "region 0 x 1"),
        ({"crop": (470, 0, 11, 1)}, imgbuf.InvalidArgument, "480 x 320"),
        ({"crop": (1, 2, 3)}, TypeError, ""),
        ({"scale": 2}, imgbuf.Unsupported, ""),
        ({"scale": 0}, imgbuf.InvalidArgument, "1/0"),
        ({"channels": []}, imgbuf.InvalidArgument, "no channels"),
        ({"channels": [3]}, imgbuf.InvalidArgument, "no channel 3"),
        ({"channels": [-1]}, imgbuf.InvalidArgument, "no channel -1"),
        ({"channels": ["alpha"]}, imgbuf.InvalidArgument, "no channel 'alpha' among red, green, blue"),
        ({"channels": "red"}, TypeError, ""),
        ({"limits": imgbuf.Limits(max_width=479)}, imgbuf.LimitExceeded, "max_width"),
        ({"limits": imgbuf.Limits(max_image_bytes=1000)}, imgbuf.LimitExceeded, "1000 bytes"),
        ({"limits": 3}, TypeError, ""),
        ({"progress": 3}, TypeError, "callable"),
    ],
)
def test_wrong_options_are_errors(options, kind, match):
    with pytest.raises(kind, match=match):
        imgbuf.open(sample("scene_rgb8.png"), **options)


def test_limits_say_what_they_are():
    limits = imgbuf.Limits(max_scans=3)
    assert limits.max_scans == 3 and limits.max_width == 1_000_000 and "max_scans=3" in repr(limits)
    with pytest.raises(AttributeError):
        limits.max_scans = 4


def test_info_reads_the_header_only():
    data = sample("scene_rgb8.png").read_bytes()
    info = imgbuf.info(data[:1000])
    assert (info.width, info.height, info.color, info.bit_depth) == (480, 320, "rgb", 8)
    read = []

    class Counting(io.BytesIO):
        def read(self, size):
            given = super().read(size)
            read.append(len(given))
            return given

    imgbuf.info(Counting(data))
    assert sum(read) <= 65536 < len(data)
    with pytest.raises(imgbuf.LimitExceeded):
        imgbuf.info(data, limits=imgbuf.Limits(max_height=319))


PHOTOS = FOLDER.parents[1] / "shared" / "photos"


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="no photos here")
@pytest.mark.parametrize("name", ["kodim03.png", "012mp-bus.jpg"])
def test_photos_are_as_pillow_decodes_them(name):
    assert np.array_equal(np.asarray(imgbuf.open(PHOTOS / name)), pillow_pixels(PHOTOS / name))


def test_nothing_leaks_in_ten_thousand_openings(tmp_path):
    path = tmp_path / "a.png"
    imgbuf.zeros((5, 7, 3)).save(path)
    data = path.read_bytes()
    target = np.zeros((5, 7, 3), np.uint8)

    def cycle():
        image = imgbuf.open(data, arrangement="rows")
        assert np.asarray(imgbuf.from_buffer(image.indirect).strips()[0]).shape[1:] == (7, 3)
        imgbuf.decode_into(data, target)
        with pytest.raises(imgbuf.TruncatedData):
            imgbuf.open(data[:-20])
        imgbuf.open(path).save(io.BytesIO(), format="png")

    for _ in range(1000):
        cycle()
    before = resident_bytes(), len(os.listdir("/proc/self/fd"))
    for _ in range(9000):
        cycle()
    assert resident_bytes() - before[0] < 4 << 20
    assert len(os.listdir("/proc/self/fd")) == before[1]
