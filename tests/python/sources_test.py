"""Pictures come from paths, buffers and file objects; what is no picture, and what lies, is an error."""

import errno
import io
import os
import threading

import numpy as np
import pytest

import imgbuf
from samples import pillow_pixels, sample

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


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
        assert isinstance(caught.value, imgbuf.IOFailure) and caught.value.place == missing
    with pytest.raises(IsADirectoryError) as caught:
        imgbuf.open(tmp_path)
    assert isinstance(caught.value, imgbuf.Error)
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
