"""Pictures from files, buffers and file objects, into new memory and the caller's, and back."""

import errno
import io
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image

import imgbuf
from samples import FOLDER, gradient, pillow_pixels, sample

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def pixels(image):
    return np.frombuffer(image.tobytes(), image.format).reshape(image.shape)


# Sources.


class Trickle:
    """A file object that gives a few bytes at a time."""

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def read(self, size):
        return self.file.read(min(size, 7))


class OnlyReadinto:
    def __init__(self, data):
        self.file = io.BytesIO(data)

    def readinto(self, room):
        return self.file.readinto(room)


SOURCES = {
    "str": lambda path: str(path),
    "PathLike": lambda path: path,
    "bytes": lambda path: path.read_bytes(),
    "bytearray": lambda path: bytearray(path.read_bytes()),
    "memoryview": lambda path: memoryview(path.read_bytes()),
    "NumPy": lambda path: np.fromfile(path, np.uint8),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "file": lambda path: open(path, "rb"),
    "raw file": lambda path: open(path, "rb", buffering=0),
    "few bytes": lambda path: Trickle(path.read_bytes()),
    "readinto": lambda path: OnlyReadinto(path.read_bytes()),
}


@pytest.mark.parametrize("name", ["scene_rgb8.png", "scene_q90.jpg", "progressive.jpg", "interlaced_rgb8.png"])
@pytest.mark.parametrize("source", SOURCES)
def test_every_source_gives_pillows_pixels(source, name):
    made = SOURCES[source](sample(name))
    image = imgbuf.open(made)
    if hasattr(made, "close"):
        made.close()
    assert image.axes == ("height", "width", "channel") and image.channels == ("red", "green", "blue")
    assert np.array_equal(np.asarray(image), pillow_pixels(sample(name)))


def test_a_path_of_any_bytes_works_and_is_named_in_errors(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.png")
    imgbuf.open(sample("pixel_1x1.png")).save(path)
    assert imgbuf.open(path).shape == (1, 1, 3)
    with open(path, "wb"):
        pass
    with pytest.raises(imgbuf.TruncatedData) as caught:
        imgbuf.open(path)
    assert caught.value.place == path


def test_a_fifo_is_a_source(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=lambda: fifo.write_bytes(sample("scene_rgb8.png").read_bytes()))
    writer.start()
    image = imgbuf.open(fifo)
    writer.join()
    assert np.array_equal(np.asarray(image), pillow_pixels(sample("scene_rgb8.png")))


def test_a_file_object_is_read_from_where_it_stands():
    file = io.BytesIO(b"before" + sample("pixel_1x1.png").read_bytes())
    file.seek(6)
    assert imgbuf.open(file).shape == (1, 1, 3)


def test_no_descriptor_is_left_open():
    before = len(os.listdir("/proc/self/fd"))
    for name in ["scene_rgb8.png", "truncated.png", "not_an_image.png", "huge_header.png"]:
        try:
            imgbuf.open(sample(name))
            imgbuf.info(sample(name))
        except imgbuf.Error:
            pass
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_buffer_is_held_while_it_is_read_and_not_longer():
    data = bytearray(sample("scene_rgb8.png").read_bytes())
    held = []

    def progress(done, total):
        try:
            data.append(0)
        except BufferError:
            held.append(done)

    imgbuf.open(data, progress=progress)
    assert held
    data.append(0)


# Options.


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


# What is no picture.


@pytest.mark.parametrize(
    "name, kind, builtin",
    [
        ("truncated.png", imgbuf.TruncatedData, EOFError),
        ("truncated.jpg", imgbuf.TruncatedData, EOFError),
        ("empty.png", imgbuf.TruncatedData, EOFError),
        ("corrupt_crc.png", imgbuf.CorruptData, ValueError),
        ("corrupt_idat.png", imgbuf.CorruptData, ValueError),
        ("corrupt_huffman.jpg", imgbuf.CorruptData, ValueError),
        ("huge_header.png", imgbuf.LimitExceeded, ValueError),
        ("not_an_image.png", imgbuf.Unsupported, ValueError),
    ],
)
def test_bad_files_are_errors_that_name_them(name, kind, builtin):
    with pytest.raises(kind) as caught:
        imgbuf.open(sample(name))
    assert isinstance(caught.value, builtin) and isinstance(caught.value, imgbuf.Error)
    assert caught.value.place.startswith(str(sample(name)))


def test_paths_that_cannot_be_opened_are_the_systems_errors(tmp_path):
    missing = str(tmp_path / "missing.png")
    for read in [imgbuf.open, imgbuf.info]:
        with pytest.raises(FileNotFoundError) as caught:
            read(missing)
        assert caught.value.errno == errno.ENOENT and caught.value.filename == missing
    with pytest.raises(IsADirectoryError):
        imgbuf.open(tmp_path)
    with pytest.raises(ValueError):
        imgbuf.open("a\0b")


@pytest.mark.skipif(ROOT, reason="the administrator may read everything")
def test_a_file_without_permission_is_a_permission_error(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(sample("pixel_1x1.png").read_bytes())
    secret.chmod(0)
    with pytest.raises(PermissionError):
        imgbuf.open(secret)


class Wrong:
    """A file object whose read() gives or raises what it is told."""

    def __init__(self, given):
        self.given = given

    def read(self, size):
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given(size) if callable(self.given) else self.given


class OwnError(Exception):
    pass


@pytest.mark.parametrize(
    "given, kind",
    [
        (lambda size: b"x" * (size + 1), imgbuf.InvalidArgument),
        ("text", TypeError),
        (3, TypeError),
        (None, BlockingIOError),
        (b"", imgbuf.TruncatedData),
        (np.zeros((4, 4))[:, ::2], (BufferError, ValueError)),
    ],
)
def test_file_objects_that_give_something_else_are_errors(given, kind):
    with pytest.raises(kind):
        imgbuf.open(Wrong(given))


def test_what_a_file_object_raises_passes_through():
    error = OwnError("mine")
    with pytest.raises(OwnError) as caught:
        imgbuf.open(Wrong(error))
    assert caught.value is error


@pytest.mark.parametrize("name", ["scene_rgb8.png", "scene_q90.jpg", "progressive.jpg"])
def test_what_a_file_object_raises_amid_the_pixels_passes_through(name):
    data = sample(name).read_bytes()

    class Breaks(Trickle):
        def read(self, size):
            if self.file.tell() > len(data) // 2:
                raise OwnError
            return super().read(size)

    with pytest.raises(OwnError):
        imgbuf.open(Breaks(data))


@pytest.mark.parametrize("count, kind", [(-1, ValueError), (1 << 40, imgbuf.InvalidArgument), ("3", TypeError)])
def test_a_readinto_that_lies_is_an_error(count, kind):
    class Lies:
        def readinto(self, room):
            return count

    with pytest.raises(kind):
        imgbuf.open(Lies())


def test_a_readinto_that_shrinks_its_room_is_an_error():
    class Shrinks:
        def readinto(self, room):
            size = len(room)
            del room[10:]
            return size

    with pytest.raises(imgbuf.InvalidArgument):
        imgbuf.open(Shrinks())


def test_what_is_no_source_is_a_type_error():
    for source in [3, None, [], object()]:
        with pytest.raises(TypeError, match="path, a buffer"):
            imgbuf.open(source)
    with pytest.raises(TypeError, match="binary mode"):
        imgbuf.open(io.StringIO("text"))


# Into the caller's memory.


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


def test_decoding_into_memory_takes_no_memory_of_the_pictures_size(tmp_path):
    path = tmp_path / "large.png"
    Image.fromarray(gradient(6000, 4000, 1)[..., 0]).save(path, compress_level=1)
    code = f"""
import resource, sys
import numpy as np
import imgbuf
memory = np.ones((4000, 6000), np.uint8).T
imgbuf.decode_into({str(sample("scene_gray8.png"))!r}, memory[:160, :240])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
info = imgbuf.decode_into({str(path)!r}, memory)
print(info.scratch_bytes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    scratch_bytes, grown_kib = map(int, run.stdout.split())
    assert scratch_bytes == 6000 * 4000 and grown_kib < 4096


# Headers.


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


# Saving.


def views_of(image):
    yield "itself", image, np.asarray(image)
    array = np.array(image)
    yield "foreign", imgbuf.from_buffer(array), array
    yield "flipped", imgbuf.from_buffer(array[::-1, ::-1]), array[::-1, ::-1]
    yield "cropped", imgbuf.from_buffer(array[3:50, 7:90]), array[3:50, 7:90]
    yield "turned", imgbuf.from_buffer(array.transpose(1, 0, 2)), array.transpose(1, 0, 2)
    yield "channels backwards", imgbuf.from_buffer(array[..., ::-1]), array[..., ::-1]
    yield "one channel", imgbuf.from_buffer(array[..., 1]), array[..., 1:2]
    yield "one channel of three axes", imgbuf.from_buffer(array[..., 2:]), array[..., 2:]
    yield "read-only", imgbuf.from_buffer(memoryview(array).toreadonly()), array
    yield "rows", imgbuf.from_rows([row.copy() for row in array]), array


@pytest.mark.parametrize("name", ["scene_rgb8.png", "scene_rgb16.png"])
def test_every_view_is_saved_as_it_looks(name):
    for what, view, expected in views_of(imgbuf.open(sample(name))):
        file = io.BytesIO()
        view.save(file, format="PNG")
        assert np.array_equal(np.asarray(imgbuf.open(file.getvalue())), expected), what
        if expected.dtype == np.uint8:
            assert np.array_equal(pillow_pixels(file), expected), what


def test_big_endian_samples_are_saved_as_their_values():
    values = (gradient(5, 6) * 257).astype(np.uint16)
    file = io.BytesIO()
    imgbuf.from_buffer(values.astype(">u2")).save(file, format="png")
    assert np.array_equal(np.asarray(imgbuf.open(file.getvalue())), values)


@pytest.mark.parametrize("arrangement", ["rows", "strips:3", "planes"])
def test_indirect_images_are_saved(arrangement):
    file = io.BytesIO()
    imgbuf.open(sample("sprite_rgba.png"), arrangement=arrangement).save(file, format="png")
    assert np.array_equal(pillow_pixels(file), pillow_pixels(sample("sprite_rgba.png")))


def test_options_reach_the_encoder(tmp_path):
    image = imgbuf.open(sample("scene_rgb8.png"))
    sizes = {}
    for quality in (20, 95):
        image.save(tmp_path / "q.jpg", quality=quality)
        sizes[quality] = os.path.getsize(tmp_path / "q.jpg")
    assert sizes[20] < sizes[95] / 2
    image.save(tmp_path / "p.jpg", progressive=True, subsampling="4:4:4")
    file = imgbuf.info(tmp_path / "p.jpg").file
    assert file.progressive and file.subsampling == "4:4:4" and file.color_type == "YCbCr"
    image.save(tmp_path / "a.jpg", arithmetic_coding=True)
    assert imgbuf.info(tmp_path / "a.jpg").file.arithmetic_coding
    image.save(tmp_path / "i.png", interlaced=True, compression=0)
    assert imgbuf.info(tmp_path / "i.png").file.interlaced
    assert os.path.getsize(tmp_path / "i.png") > 480 * 320 * 3
    image.save(tmp_path / "h.jpg")
    image.save(tmp_path / "o.jpg", optimize_huffman=True)
    assert os.path.getsize(tmp_path / "o.jpg") < os.path.getsize(tmp_path / "h.jpg")
    for options in [{"quality": 0}, {"quality": 101}, {"subsampling": "4:9:9"}]:
        with pytest.raises(imgbuf.InvalidArgument):
            image.save(tmp_path / "x.jpg", **options)
    with pytest.raises(imgbuf.InvalidArgument):
        image.save(tmp_path / "x.png", compression=10)
    assert not (tmp_path / "x.jpg").exists() and not (tmp_path / "x.png").exists()


def test_the_format_is_said_by_the_name_or_by_format(tmp_path):
    image = imgbuf.open(sample("pixel_1x1.png"))
    image.save(tmp_path / "a.JPG")
    assert imgbuf.info(tmp_path / "a.JPG").file.format == "JPEG"
    image.save(str(tmp_path / "a.jpg"), format="png")
    assert imgbuf.info(tmp_path / "a.jpg").file.format == "PNG"
    for target, format, match in [("x.webp", None, "'webp'"), ("x", None, "no extension"), ("x", "webp", "'webp'")]:
        with pytest.raises(imgbuf.Unsupported, match=match):
            image.save(tmp_path / target, format=format)
    with pytest.raises(imgbuf.InvalidArgument, match="format="):
        image.save(io.BytesIO())
    for target in [3, None, b"x.png"]:
        with pytest.raises((TypeError, imgbuf.InvalidArgument)):
            image.save(target)
        with pytest.raises(TypeError):
            image.save(target, format="png")


@pytest.mark.parametrize(
    "name, target, match",
    [
        ("scene_rgb16.png", "x.jpg", "rgb u16; convert the pixels to rgb u8"),
        ("sprite_rgba.png", "x.jpg", "rgba u8; convert the pixels to rgb u8"),
        ("scene_palette.png", "x.jpg", "palette u8; convert the pixels to rgb u8"),
        ("cmyk.jpg", "x.png", "cmyk u8; convert the pixels to rgb u8"),
    ],
)
def test_pixels_that_do_not_fit_are_an_error_that_says_what_would(tmp_path, name, target, match):
    with pytest.raises(imgbuf.Unsupported, match=match):
        imgbuf.open(sample(name)).save(tmp_path / target)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("shape", [(5,), (2, 2, 5), (2, 2, 2, 2)])
def test_what_is_no_picture_is_not_saved(tmp_path, shape):
    with pytest.raises(imgbuf.InvalidArgument, match="no picture"):
        imgbuf.from_buffer(np.zeros(shape, np.uint8)).save(tmp_path / "x.png")
    assert os.listdir(tmp_path) == []


def test_floats_and_empty_pictures_are_refused(tmp_path):
    with pytest.raises(imgbuf.Unsupported, match="f32.*u16"):
        imgbuf.from_buffer(np.zeros((2, 2, 3), np.float32)).save(tmp_path / "x.png")
    with pytest.raises(imgbuf.Unsupported, match="no pixels"):
        imgbuf.from_buffer(np.zeros((0, 2, 3), np.uint8)).save(tmp_path / "x.png")
    assert os.listdir(tmp_path) == []


def test_a_save_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "old.png"
    path.write_bytes(b"old")

    def stop(done, total):
        raise OwnError

    with pytest.raises(OwnError):
        imgbuf.open(sample("scene_rgb8.png")).save(path, progress=stop)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["old.png"]
    imgbuf.open(sample("scene_rgb8.png")).save(path)
    assert imgbuf.info(path).width == 480


def test_a_path_that_cannot_be_written_is_the_systems_error(tmp_path):
    image = imgbuf.open(sample("pixel_1x1.png"))
    missing = str(tmp_path / "no" / "x.png")
    with pytest.raises(FileNotFoundError) as caught:
        image.save(missing)
    assert isinstance(caught.value, imgbuf.IOFailure)
    assert caught.value.errno == errno.ENOENT and caught.value.filename == missing
    assert "cannot create a file in its directory" in str(caught.value)
    (tmp_path / "d.png").mkdir()
    with pytest.raises(IsADirectoryError):
        image.save(tmp_path / "d.png")
    with pytest.raises(OSError) as caught:
        image.save("/dev/full", format="png")
    assert caught.value.errno == errno.ENOSPC


def test_a_fifo_is_a_target(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    got = []
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    reader.start()
    imgbuf.open(sample("scene_rgb8.png")).save(fifo, format="png")
    reader.join()
    assert np.array_equal(pillow_pixels(io.BytesIO(got[0])), pillow_pixels(sample("scene_rgb8.png")))


class Writer:
    """A file object whose write() takes what it is told to."""

    def __init__(self, take):
        self.take = take
        self.data = b""

    def write(self, data):
        taken = self.take(len(data))
        self.data += data[:taken] if isinstance(taken, int) else data
        return taken


@pytest.mark.parametrize("take", [lambda size: size, lambda size: min(size, 1000), lambda size: None])
def test_file_objects_that_take_all_or_a_part(take):
    writer = Writer(take)
    imgbuf.open(sample("scene_rgb8.png")).save(writer, format="png")
    assert np.array_equal(pillow_pixels(io.BytesIO(writer.data)), pillow_pixels(sample("scene_rgb8.png")))


@pytest.mark.parametrize(
    "take, kind",
    [
        (lambda size: 0, imgbuf.IOFailure),
        (lambda size: size + 1, imgbuf.IOFailure),
        (lambda size: -1, ValueError),
    ],
)
def test_file_objects_that_cannot_be_believed(take, kind):
    with pytest.raises(kind):
        imgbuf.open(sample("scene_rgb8.png")).save(Writer(take), format="png")


def test_what_a_file_objects_write_raises_passes_through():
    def take(size):
        raise OwnError

    for format in ["png", "jpeg"]:
        with pytest.raises(OwnError):
            imgbuf.open(sample("scene_rgb8.png")).save(Writer(take), format=format)
    with pytest.raises(TypeError):
        imgbuf.open(sample("scene_rgb8.png")).save(io.StringIO(), format="png")


def test_a_raw_file_object_that_would_block_says_so():
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    try:
        with open(write_end, "wb", buffering=0, closefd=False) as file, pytest.raises(BlockingIOError):
            imgbuf.open(sample("scene_rgb8.png")).save(file, format="png")
    finally:
        os.close(read_end)
        os.close(write_end)


# Notebooks.


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


# Photos that may be there.

PHOTOS = FOLDER.parents[1] / "shared" / "photos"


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="no photos here")
@pytest.mark.parametrize("name", ["kodim03.png", "012mp-bus.jpg"])
def test_photos_are_as_pillow_decodes_them(name):
    assert np.array_equal(np.asarray(imgbuf.open(PHOTOS / name)), pillow_pixels(PHOTOS / name))


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


def test_save_takes_a_format_with_its_dot_and_only_what_can_be_written(tmp_path):
    image = imgbuf.zeros((2, 3, 3))
    image.save(tmp_path / "a", format=".png")
    assert imgbuf.info(tmp_path / "a").file.format == "PNG"
    for target in (None, 3, b"a.png"):
        with pytest.raises(TypeError, match="neither a path nor a binary file"):
            image.save(target)


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

    def resident_bytes():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    for _ in range(1000):
        cycle()
    before = resident_bytes(), len(os.listdir("/proc/self/fd"))
    for _ in range(9000):
        cycle()
    assert resident_bytes() - before[0] < 4 << 20
    assert len(os.listdir("/proc/self/fd")) == before[1]
