"""Pictures saved to paths and file objects, whatever their layout; a save that fails leaves the old file."""

import errno
import io
import os
import threading

import numpy as np
import pytest

import imgbuf
from samples import gradient, pillow_pixels, pixels, sample


class OwnError(Exception):
    pass


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
        ("scene_rgb16.png", "x.jpg", r"x.jpg: JPEG cannot store rgb u16; img.convert_samples\('B'\) scales"),
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
    with pytest.raises(imgbuf.Unsupported, match="f32.*u16.*astype"):
        imgbuf.from_buffer(np.zeros((2, 2, 3), np.float32)).save(tmp_path / "x.png")
    with pytest.raises(imgbuf.Unsupported, match="no pixels"):
        imgbuf.from_buffer(np.zeros((0, 2, 3), np.uint8)).save(tmp_path / "x.png")
    with pytest.raises(imgbuf.Unsupported, match="no pixels"):
        imgbuf.open(sample("scene_rgb8.png"))[:, 0:0].save(tmp_path / "x.png")
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


def test_save_takes_a_format_with_its_dot_and_only_what_can_be_written(tmp_path):
    image = imgbuf.zeros((2, 3, 3))
    image.save(tmp_path / "a", format=".png")
    assert imgbuf.info(tmp_path / "a").file.format == "PNG"
    for target in (None, 3, b"a.png"):
        with pytest.raises(TypeError, match="neither a path nor a binary file"):
            image.save(target)
