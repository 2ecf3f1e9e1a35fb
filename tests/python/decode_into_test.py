"""Pictures decoded into the caller's memory, of any layout."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import imgbuf
from samples import gradient, pillow_pixels, pixels, sample


def slot(shape, dtype):
    return np.zeros(shape, dtype)


def with_padding(shape, dtype):
    return np.zeros((shape[0], shape[1] + 9, *shape[2:]), dtype)[:, 4:-5]


def flipped(shape, dtype):
    return np.zeros(shape, dtype)[::-1, ::-1]


def channels_first(shape, dtype):
    return np.zeros((shape[2], shape[0], shape[1]), dtype).transpose(1, 2, 0)


def turned(shape, dtype):
    return np.zeros((shape[1], shape[0], shape[2]), dtype).transpose(1, 0, 2)


def every_second(shape, dtype):
    return np.zeros((shape[0] * 2, shape[1] * 2, shape[2] * 2), dtype)[::2, 1::2, ::2]


def other_byte_order(shape, dtype):
    return np.zeros(shape, np.dtype(dtype).newbyteorder())


def misaligned(shape, dtype):
    dtype = np.dtype(dtype)
    raw = np.zeros(int(np.prod(shape)) * dtype.itemsize + 1, np.uint8)
    return raw[1:].view(dtype).reshape(shape)


TARGETS = [slot, with_padding, flipped, channels_first, turned, every_second, other_byte_order, misaligned]


@pytest.mark.parametrize(
    "name", ["scene_rgb8.png", "scene_rgb16.png", "scene_q90.jpg", "interlaced_rgb8.png", "gray.jpg"]
)
@pytest.mark.parametrize("target", TARGETS)
def test_any_strides_are_decoded_into(target, name):
    expected = np.asarray(imgbuf.open(sample(name)))
    memory = target(expected.shape, expected.dtype)
    whole = memory if memory.base is None else memory.base
    info = imgbuf.decode_into(sample(name), memory)
    assert np.array_equal(memory, expected)
    assert (info.height, info.width) == expected.shape[:2] and info.file.format in ("PNG", "JPEG")
    has_packed_rows = target in (slot, with_padding, other_byte_order, misaligned)
    has_packed_rows = has_packed_rows or (target is channels_first and expected.shape[2] == 1)
    assert info.scratch_bytes == (0 if has_packed_rows else expected.nbytes)
    if target is with_padding:
        assert not whole[:, :4].any() and not whole[:, -5:].any()


def test_slots_of_a_batch_and_indirect_images_are_decoded_into():
    expected = pillow_pixels(sample("scene_rgb8.png"))
    batch = np.full((3, 330, 500, 3), 7, np.uint8)
    imgbuf.decode_into(sample("scene_rgb8.png"), batch[1, 5:325, 10:490])
    assert np.array_equal(batch[1, 5:325, 10:490], expected)
    assert (batch[[0, 2]] == 7).all() and (batch[1, :5] == 7).all() and (batch[1, :, 490:] == 7).all()

    for arrangement in ["rows", "strips:7", "planes"]:
        image = imgbuf.open(sample("flat_text.png"), arrangement=arrangement, shared=True)
        imgbuf.decode_into(sample("scene_rgb8.png"), image, crop=(3, 4, 320, 216))
        assert np.array_equal(pixels(image), expected[4:220, 3:323])

    rows = [bytearray(480 * 3) for _ in range(320)]
    imgbuf.decode_into(sample("scene_rgb8.png"), imgbuf.from_rows([memoryview(r).cast("B", (480, 3)) for r in rows]))
    assert b"".join(rows) == expected.tobytes()


def test_one_channel_goes_into_two_axes_or_three():
    expected = pillow_pixels(sample("scene_gray8.png"))[..., 0]
    for shape in [expected.shape, (*expected.shape, 1)]:
        memory = np.zeros(shape, np.uint8)
        imgbuf.decode_into(sample("scene_gray8.png"), memory)
        assert np.array_equal(memory.reshape(expected.shape), expected)
    memory = bytearray(expected.size)
    imgbuf.decode_into(sample("scene_gray8.png"), memoryview(memory).cast("B", expected.shape))
    assert memory == expected.tobytes()
    red = np.zeros((320, 480), np.uint8)
    imgbuf.decode_into(sample("scene_rgb8.png"), red, channels=["red"])
    assert np.array_equal(red, pillow_pixels(sample("scene_rgb8.png"))[..., 0])


@pytest.mark.parametrize(
    "shape", [(320, 480), (319, 480, 3), (321, 480, 3), (480, 320, 3), (320, 480, 4), (1, 320, 480, 3), ()]
)
def test_a_target_of_another_shape_is_an_error_that_names_both(shape):
    memory = np.zeros(shape, np.uint8)
    with pytest.raises(imgbuf.InvalidArgument) as caught:
        imgbuf.decode_into(sample("scene_rgb8.png"), memory)
    assert f"the target's shape is {shape}" in str(caught.value) and "(320, 480, 3)" in str(caught.value)
    assert not memory.any()


def test_a_target_that_cannot_take_the_pixels_is_an_error():
    memory = np.zeros((320, 480, 3), np.float32)
    with pytest.raises(imgbuf.FormatMismatch, match="f32.*u8"):
        imgbuf.decode_into(sample("scene_rgb8.png"), memory)
    read_only = memoryview(np.zeros((320, 480, 3), np.uint8)).toreadonly()
    with pytest.raises(imgbuf.InvalidArgument, match="read-only"):
        imgbuf.decode_into(sample("scene_rgb8.png"), read_only)
    with pytest.raises(TypeError):
        imgbuf.decode_into(sample("scene_rgb8.png"), [1, 2, 3])
    truth = np.zeros((320, 480, 3), bool)
    with pytest.raises(imgbuf.FormatMismatch, match="truth values"):
        imgbuf.decode_into(sample("scene_rgb8.png"), truth)
    assert not truth.any() and imgbuf.from_buffer(truth).readonly
    flags = np.zeros((320, 480), [("r?", "u1"), ("g", "u1"), ("b", "u1")])  # the name of a field is no format
    imgbuf.decode_into(sample("scene_rgb8.png"), flags)
    assert flags["g"].any()


def test_channels_with_names_take_those_of_the_same_names():
    rgb, gray, palette = sample("scene_rgb8.png"), sample("scene_gray8.png"), sample("scene_palette.png")
    image = imgbuf.open(rgb)
    wanted = np.asarray(image).copy()
    target = image.copy()
    target.fill(0)
    imgbuf.decode_into(rgb, target)
    assert np.array_equal(np.asarray(target), wanted)
    # In the order of the target's own.
    imgbuf.decode_into(rgb, target[:, :, ::-1], channels=["blue", "green", "red"])
    assert np.array_equal(np.asarray(target), wanted)
    imgbuf.decode_into(gray, target[:160, :240].channel("green"))
    assert np.array_equal(np.asarray(target)[:160, :240, 1], np.asarray(imgbuf.open(gray))[..., 0])
    before = target.tobytes()

    def new(mode, like):
        return imgbuf.from_pillow(Image.new(mode, imgbuf.open(like).shape[1::-1]))

    for source, into, names in [
        (rgb, target[:, :, ::-1], "blue, green, red"),
        (rgb, new("HSV", rgb), "hue, saturation, value"),
        (gray, new("1", gray), "bilevel"),
        (gray, new("P", gray), "index"),
        (palette, new("L", palette), "gray"),
    ]:
        with pytest.raises(imgbuf.FormatMismatch, match=f"the target's channels are {names}, and what is decoded has"):
            imgbuf.decode_into(source, into)
    assert target.tobytes() == before
    bits = sample("gray_1bit.png")
    shades = new("L", bits)
    with pytest.raises(imgbuf.FormatMismatch, match="the target's samples have 8 bits, and what is decoded has 1"):
        imgbuf.decode_into(bits, shades)
    imgbuf.decode_into(bits, shades, expand=True)
    assert set(np.unique(np.asarray(shades))) == {0, 255}
    imgbuf.decode_into(bits, imgbuf.open(bits).copy())


def test_decoding_into_memory_takes_no_memory_of_the_pictures_size(tmp_path):
    path = tmp_path / "large.png"
    Image.fromarray(gradient(6000, 4000, 1)[..., 0]).save(path, compress_level=1)
    code = f"""
import numpy as np
import imgbuf

def peak_kib():
    # Not ru_maxrss, which may still be the parent's.
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))

memory = np.ones((4000, 6000), np.uint8).T
imgbuf.decode_into({str(sample("scene_gray8.png"))!r}, memory[:160, :240])
before = peak_kib()
info = imgbuf.decode_into({str(path)!r}, memory)
print(info.scratch_bytes, peak_kib() - before)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    scratch_bytes, grown_kib = map(int, run.stdout.split())
    assert scratch_bytes == 6000 * 4000 and grown_kib < 4096


@pytest.mark.parametrize("make", [
    lambda: np.lib.stride_tricks.as_strided(np.zeros((1, 64, 3), np.uint8), (48, 64, 3), (0, 3, 1)),
    lambda: np.lib.stride_tricks.as_strided(np.zeros(10000, np.uint8), (48, 64, 3), (100, 3, 1)),
    lambda: imgbuf.from_rows([np.zeros((64, 3), np.uint8)] * 48),
], ids=["one row", "rows that overlap", "one row of pointers"])
def test_a_target_that_repeats_elements_is_refused(make):
    data = io.BytesIO()
    Image.new("RGB", (64, 48), (1, 2, 3)).save(data, "PNG")
    with pytest.raises(imgbuf.InvalidArgument):
        imgbuf.decode_into(data.getvalue(), make())
