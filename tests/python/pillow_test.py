"""Pillow in both directions: every mode, one block and many, what is seen by whom, and how long memory lives."""

import ctypes
import gc
import random
import re
import sys
import weakref

import numpy as np
import pytest
from PIL import Image

import imgbuf
from process_memory import resident_bytes

MODES = {
    "1": (), "L": (), "P": (), "LA": (2,), "PA": (2,), "RGB": (3,), "RGBA": (4,), "RGBX": (4,), "CMYK": (4,),
    "YCbCr": (3,), "LAB": (3,), "HSV": (3,), "I": (), "F": (), "I;16": (), "I;16L": (), "I;16B": (), "RGBa": (4,),
    "La": (2,),
}
# Modes whose memory Pillow can take from others.
SHARED_MODES = [mode for mode in MODES if mode not in ("LA", "PA", "La")]


@pytest.fixture
def small_blocks():
    """Pillow cuts its images into blocks of one page."""
    with imgbuf.pillow_single_block(bytes=4096):
        yield


def value(mode, random_numbers):
    """A pixel for a mode."""
    if mode == "1":
        return random_numbers.choice([0, 255])
    if mode in ("L", "P"):
        return random_numbers.randrange(256)
    if mode == "I":
        return random_numbers.randrange(-(2**31), 2**31)
    if mode == "F":
        return random_numbers.randrange(2**24) / 256
    if mode.startswith("I;16"):
        return random_numbers.randrange(65536)
    return tuple(random_numbers.randrange(256) for _ in range(MODES[mode][0]))


def picture(mode, size, seed=1):
    """A Pillow image of pixels that all differ, written by Pillow."""
    random_numbers = random.Random(seed)
    im = Image.new(mode, size)
    for y in range(size[1]):
        for x in range(size[0]):
            im.im.putpixel((x, y), value(mode, random_numbers))
    return im


def pixels(im):
    """What Pillow says of all pixels, as nested lists."""
    im.load()
    get = im.im.getpixel
    rows = [[get((x, y)) for x in range(im.width)] for y in range(im.height)]
    return [[list(p) if isinstance(p, tuple) else p for p in row] for row in rows]


def block_size():
    return Image.core.get_block_size()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (300, 30)])
def test_every_mode_is_what_pillow_says(mode, size):
    im = picture(mode, size)
    image = imgbuf.from_pillow(im)
    assert image.shape == (size[1], size[0]) + MODES[mode]
    assert image.axes == ("height", "width", "channel")[: image.ndim]
    assert len(image.channels) == (MODES[mode] or (1,))[0]
    assert image.indirections == 0 and not image.readonly
    assert image.tolist() == pixels(im)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_in_many_blocks(mode, small_blocks):
    im = picture(mode, (700, 40))
    image = imgbuf.from_pillow(im)
    assert image.indirections == 1
    assert image.tolist() == pixels(im)
    assert len(image.strips()) > 1
    assert np.array_equal(np.concatenate(image.strips()), np.array(image.tolist()))
    if mode != "I;16B":  # memoryview has no elements of the other byte order
        assert memoryview(image.indirect).tolist() == image.tolist()


@pytest.mark.parametrize("mode", MODES)
def test_what_is_written_is_seen_by_pillow(mode, small_blocks):
    for size in ((3, 2), (700, 20)):
        im = Image.new(mode, size)
        wanted = picture(mode, size, seed=2)
        image = imgbuf.from_pillow(im)
        source = np.concatenate(imgbuf.from_pillow(wanted).strips())
        y = 0
        for strip in image.strips():
            strip[...] = source[y : y + len(strip)]
            y += len(strip)
        assert pixels(im) == pixels(wanted)
        im.im.putpixel((1, 1), wanted.im.getpixel((0, 0)))
        assert image.tolist() == pixels(im)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(0, 0), (0, 3), (4, 0)])
def test_images_without_pixels(mode, size):
    image = imgbuf.from_pillow(Image.new(mode, size))
    assert image.shape == (size[1], size[0]) + MODES[mode]
    assert np.asarray(image).shape == image.shape
    assert image.explain("pillow").kind == "shared"
    assert image.to_pillow().size == size


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16", "F"])
def test_numpy_sees_the_same_array_as_through_a_copy(mode):
    im = picture(mode, (31, 17))
    array = np.asarray(imgbuf.from_pillow(im))
    assert np.array_equal(array, np.asarray(im))
    assert not array.flags.owndata


def test_block_and_rows_of_new_block():
    core = Image.core.fill("RGB", (5, 4), (1, 2, 3)).new_block("L", (6, 3))
    im = Image.new("L", (1, 1))._new(core)
    assert im.im.isblock()
    assert imgbuf.from_pillow(im).tolist() == pixels(im)


def test_aligned_rows_keep_their_padding():
    before = Image.core.get_alignment()
    Image.core.set_alignment(32)
    try:
        im = picture("RGB", (5, 6))
    finally:
        Image.core.set_alignment(before)
    image = imgbuf.from_pillow(im)
    assert image.strides == (32, 4, 1) and image.tolist() == pixels(im)
    assert len(image.strips()) == 1


def test_files_are_decoded_first(tmp_path):
    path = tmp_path / "a.png"
    picture("RGB", (9, 7)).save(path)
    im = Image.open(path)
    image = imgbuf.from_pillow(im)
    assert image.tolist() == pixels(im) and not image.readonly


def test_mapped_files_are_read_only_and_pillow_copies_before_it_edits(tmp_path):
    path = tmp_path / "a.bmp"
    picture("L", (8, 7)).save(path)
    im = Image.open(path)
    image = imgbuf.from_pillow(im)
    assert im.readonly and image.readonly
    before = image.tolist()
    assert before == pixels(im)
    assert not np.asarray(image).flags.writeable
    im.putpixel((0, 0), 255 - im.getpixel((0, 0)))
    assert image.tolist() == before != pixels(im)


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("stride", [8, 11])
def test_foreign_buffers(step, stride):
    memory = bytearray(range(stride * 5))
    im = Image.frombuffer("L", (8, 5), memory, "raw", "L", stride, step)
    image = imgbuf.from_pillow(im)
    assert image.readonly and image.tolist() == pixels(im)
    assert image.strides == (step * stride, 1) and len(image.strips()) == 1
    array = np.asarray(image)
    assert array.base is not None and array.tolist() == pixels(im) and not array.flags.writeable
    memory[0] = 200
    assert array.tolist() == pixels(im)
    assert image.explain("pillow").kind == "shared" and pixels(image.to_pillow()) == pixels(im)


def test_a_palette_and_metadata_go_along_and_come_back():
    im = picture("P", (6, 4))
    palette = bytes((7 * i) % 256 for i in range(768))
    im.putpalette(palette)
    im.info.update(icc_profile=b"profile", exif=b"Exif\0\0II*\0rest", transparency=b"\x00\x80\xff")
    back = imgbuf.from_pillow(im).to_pillow()
    assert back.mode == "P" and pixels(back) == pixels(im)
    assert back.getpalette() == im.getpalette()
    assert back.info["icc_profile"] == b"profile" and back.info["exif"] == b"Exif\0\0II*\0rest"
    assert back.info["transparency"][:3] == b"\x00\x80\xff" and set(back.info["transparency"][3:]) == {255}
    assert back.convert("RGBA").tobytes() == im.convert("RGBA").tobytes()
    im = picture("P", (6, 4))
    im.info["transparency"] = 3
    assert imgbuf.from_pillow(im).to_pillow().info["transparency"][3] == 0
    im = picture("RGB", (6, 4))
    im.info["transparency"] = (1, 2, 3)
    assert imgbuf.from_pillow(im).to_pillow().info["transparency"] == (1, 2, 3)
    im = picture("L", (6, 4))
    im.info["transparency"] = 9
    assert imgbuf.from_pillow(im).to_pillow().info["transparency"] == 9


# A Pillow that is not known.


class Core:
    """Says something else than Pillow does."""

    def __init__(self, core, missing=(), **changes):
        self.core, self.missing, self.changes = core, missing, changes

    def __getattr__(self, name):
        if name in self.changes:
            return self.changes[name]
        if name in self.missing:
            raise AttributeError(name)
        return getattr(self.core, name)


@pytest.mark.parametrize("changes", [
    dict(mode="L"), dict(size=(5, 5)), dict(size=(4, 4)), dict(bands=4), dict(isblock=lambda: True),
    dict(getpixel=lambda at: (9, 9, 9)), dict(getpixel=lambda at: (0, 0)), dict(mode="RGBA"),
])
def test_whatever_disagrees_is_an_error(changes):
    im = Image.new("RGB", (5, 4))
    said = dict(palette=None, transparent=None, icc=None, exif=None, format="")
    assert imgbuf._imgbuf._image_of_core(Core(im.im), im.im.ptr, False, False, said).shape == (4, 5, 3)
    with pytest.raises(imgbuf.Unsupported, match="version of Pillow"):
        imgbuf._imgbuf._image_of_core(Core(im.im, **changes), im.im.ptr, False, False, said)


def test_pixels_are_compared_until_one_of_the_mode_tells():
    class Unseen(Core):
        pass

    def compared(color, mode="RGB"):
        im = Image.new(mode, (5, 4), color)
        calls = []
        core = Unseen(im.im, getpixel=lambda at: calls.append(at) or im.im.getpixel(at))
        imgbuf._imgbuf._image_of_core(core, im.im.ptr, False, False, {})
        return len(calls)

    for color in ((0, 0, 0), (9, 9, 9), (1, 2, 2), (0, 1, 2)):  # channels at other places would look the same
        assert compared(color) == 5
    assert [compared((1, 2, 3)), compared((1, 2, 3)), compared((0, 0, 0))] == [5, 0, 0]
    assert [compared(0, "L"), compared(7, "L"), compared(7, "L")] == [5, 5, 0]


def test_row_pointers_are_compared_until_an_image_has_told():
    class Unseen(Core):
        pass

    def opened(color, **changes):
        im = Image.new("RGB", (5, 4), color)
        return imgbuf._imgbuf._image_of_core(Unseen(im.im, **changes), im.im.ptr, True, False, {}).tolist() == pixels(im)

    elsewhere = dict(unsafe_ptrs=[("image", 64)])
    for color in ((0, 0, 0), (1, 2, 3)):
        with pytest.raises(imgbuf.Unsupported, match="row pointers"):
            opened(color, **elsewhere)
    assert opened((0, 0, 0))
    with pytest.raises(imgbuf.Unsupported, match="row pointers"):
        opened((1, 2, 3), **elsewhere)
    assert opened((1, 2, 3)) and opened((4, 5, 6), **elsewhere)


def test_closed_images_are_errors():
    for make in (lambda: Image.new("RGB", (5, 4)), lambda: Image.new("P", (5, 4))):
        im = make()
        im.close()
        with pytest.raises(ValueError, match="closed"):
            imgbuf.from_pillow(im)


# The structure as far as it is read, with the mode as a number: Pillow 12 and later.
class NumberedImaging(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("mode", "type", "depth", "bands", "xsize", "ysize")] + [
        (name, ctypes.c_void_p) for name in ("palette", "image8", "image32", "image", "block", "blocks")
    ] + [("pixelsize", ctypes.c_int), ("linesize", ctypes.c_int), ("more", ctypes.c_void_p * 8)]


class Block(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("size", ctypes.c_int)]


class NumberedPillow:
    """An image of two blocks as a Pillow of the kind above has it."""

    bands, mode, size = 1, "L", (6, 4)

    def __init__(self, name=b"Pillow Imaging"):
        self.memory = [(ctypes.c_uint8 * 12)(*range(12 * b, 12 * b + 12)) for b in range(2)]
        at = [ctypes.addressof(m) for m in self.memory]
        self.rows = (ctypes.c_void_p * 4)(at[0], at[0] + 6, at[1], at[1] + 6)
        self.blocks = (Block * 3)(Block(at[0], 12), Block(at[1], 12), Block(None, 0))
        rows = ctypes.addressof(self.rows)
        blocks = ctypes.addressof(self.blocks)
        self.imaging = NumberedImaging(3, 0, 0, 1, 6, 4, None, rows, None, rows, None, blocks, 1, 6)
        self.name = name
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        self.ptr = new(ctypes.addressof(self.imaging), self.name, None)

    def isblock(self):
        return False

    def getpixel(self, at):
        return 6 * at[1] + at[0]

    def image(self):
        said = dict(palette=None, transparent=None, icc=None, exif=None, format="")
        return imgbuf._imgbuf._image_of_core(self, self.ptr, False, False, said)


def test_modes_as_numbers():
    assert NumberedPillow().image().tolist() == [list(range(6 * y, 6 * y + 6)) for y in range(4)]


@pytest.mark.parametrize("field, wrong", [
    ("bands", 3), ("xsize", 7), ("ysize", 3), ("image8", None), ("image8", 64), ("image32", 64), ("image", 64),
    ("block", 64), ("pixelsize", 4), ("linesize", 8),
])
def test_each_field_is_checked(field, wrong):
    pillow = NumberedPillow()
    setattr(pillow.imaging, field, wrong)
    with pytest.raises(imgbuf.Unsupported, match="version of Pillow"):
        pillow.image()


def test_rows_lie_in_the_blocks():
    for change in ("row", "size", "null", "blocks"):
        pillow = NumberedPillow()
        if change == "row":
            pillow.rows[3] += 1
        elif change == "size":
            pillow.blocks[1].size = 11
        elif change == "null":
            pillow.rows[2] = None
        else:
            pillow.blocks[0].size = 5
        with pytest.raises(imgbuf.Unsupported, match="version of Pillow"):
            pillow.image()
    with pytest.raises(imgbuf.Unsupported, match="capsule is called 'Some Imaging'"):
        NumberedPillow(b"Some Imaging").image()


def test_a_pillow_that_says_too_little_is_an_error():
    im = Image.new("RGB", (5, 4))
    core = im.im
    im.im = Core(core)
    assert imgbuf.from_pillow(im).shape == (4, 5, 3)
    im.im = Core(core, missing=["isblock"])
    with pytest.raises(imgbuf.Unsupported, match="version of Pillow.*isblock"):
        imgbuf.from_pillow(im)


def test_other_objects_and_modes_are_refused():
    with pytest.raises(TypeError, match="ndarray"):
        imgbuf.from_pillow(np.zeros((2, 2)))
    im = Image.new("L", (2, 2))
    said = dict(palette=None, transparent=None, icc=None, exif=None, format="")
    with pytest.raises(imgbuf.Unsupported, match="BGR;24"):
        imgbuf._imgbuf._image_of_core(Core(im.im, mode="BGR;24"), im.im.ptr, False, False, said)


# To Pillow.


@pytest.mark.parametrize("mode", SHARED_MODES)
def test_images_from_pillow_go_back_shared(mode):
    im = picture(mode, (9, 5))
    image = imgbuf.from_pillow(im)
    assert image.explain("pillow").kind == "shared"
    back = image.to_pillow()
    same = {"I;16L": "I;16"}.get(mode, mode)
    assert back.mode == same and back.size == im.size and back.readonly
    assert pixels(back) == pixels(im)
    im.im.putpixel((1, 1), im.im.getpixel((2, 2)))
    assert pixels(back) == pixels(im)
    before = pixels(im)
    back.putpixel((3, 3), back.getpixel((4, 4)))
    assert pixels(im) == before
    assert imgbuf.from_pillow(image.to_pillow()).readonly


@pytest.mark.parametrize("mode", MODES)
def test_copies_have_the_same_pixels(mode, small_blocks):
    for size in ((5, 4), (700, 20)):
        im = picture(mode, size)
        copied = imgbuf.from_pillow(im).to_pillow(copy=True)
        assert pixels(copied) == pixels(im) and not copied.readonly
        im.im.putpixel((0, 0), copied.im.getpixel((1, 1)))
        assert copied.im.getpixel((0, 0)) != im.im.getpixel((0, 0)) or mode == "1"


@pytest.mark.parametrize("mode", ["RGB", "LA", "PA", "La", "YCbCr"])
def test_copies_have_the_bytes_beside_the_channels_that_pillow_puts_there(mode):
    im = picture(mode, (2, 1))
    im.im.putpixel((1, 0), im.im.getpixel((0, 0)))
    copied = imgbuf.from_pillow(im).to_pillow(copy=True)
    copied.im.putpixel((1, 0), im.im.getpixel((0, 0)))
    assert len(copied.getcolors()) == 1  # whole pixels are compared


def test_channels_in_another_order_are_put_right():
    im = picture("RGBA", (6, 4))
    image = imgbuf.from_pillow(im)[:, :, ::-1]
    assert image.channels == ("alpha", "blue", "green", "red")
    handoff = image.explain("pillow")
    assert handoff.kind == "copied" and "another order" in handoff.reason
    copied = image.to_pillow(copy=True)
    assert copied.mode == "RGBA" and pixels(copied) == pixels(im)
    alpha = imgbuf.from_pillow(im)[:, :, 3]
    assert pixels(alpha.to_pillow(copy=True)) == pixels(im.getchannel("A"))


def test_strips_of_shared_memory_are_rewired():
    images = [imgbuf.empty((16, 4096), arrangement="strips", shared=True) for _ in range(3)]
    for number, image in enumerate(images):
        np.asarray(image)[...] = number
    stacked = imgbuf.vstack(images[::-1])
    assert [stacked.explain(target).kind for target in ("numpy", "dlpack", "pillow")] == ["rewired"] * 3
    im, array = stacked.to_pillow(), np.from_dlpack(stacked)
    assert [im.getpixel((7, 16 * y)) for y in range(3)] == [2, 1, 0] == array[::16, 7].tolist()
    np.asarray(images[0])[0, 0] = 99
    assert im.getpixel((0, 32)) == 99 == array[32, 0]


def test_gray_of_few_bits_is_brought_to_eight(tmp_path):
    path = tmp_path / "a.png"
    picture("1", (9, 5)).save(path)
    image = imgbuf.open(path)
    assert {v for row in np.asarray(image).reshape(5, 9).tolist() for v in row} == {0, 1}
    handoff = image.explain("pillow")
    assert handoff.kind == "copied" and "fewer than 8 bits" in handoff.reason
    assert pixels(image.to_pillow(copy=True)) == pixels(Image.open(path))


def bilevel(fill):
    """An image of mode "1" in which Pillow keeps the white that it is given."""
    im = Image.new("1", (9, 5))
    im.paste(fill, (2, 1, 7, 4))
    return imgbuf.from_pillow(im)


def test_white_of_mode_1_is_no_nearly_black_gray(tmp_path):
    path = tmp_path / "a.png"
    white, one = bilevel(255), bilevel(1)
    assert {v for row in one.tolist() for v in row} == {0, 1} and one.channels == ("bilevel",)
    assert one.info.color == "gray"
    white.save(path)
    assert Image.open(path).tobytes() == white.to_pillow().convert("L").tobytes()
    assert imgbuf.compare(white, white[::-1]).equal and white._repr_png_() is not None
    wide = white.convert_samples("H")
    assert wide.channels == ("gray",) and wide[2, 3] == 65535
    wide.save(path)
    assert one.astype("B").channels == ("bilevel",) and white.astype("f").channels == ("gray",)
    for refused in (lambda: one.save(path), lambda: one[::-1, 1:].save(path), lambda: one.convert_samples("H"),
                    lambda: imgbuf.compare(one, white), lambda: imgbuf.compare(white, one),
                    lambda: one.astype("H")):
        with pytest.raises(imgbuf.Unsupported, match="a byte of 1 is white"):
            refused()
    with pytest.raises(imgbuf.Unsupported, match=f"^{re.escape(str(path))}: a byte of 1"):
        one.save(path)
    assert one._repr_png_() is None and Image.open(path).getextrema() == (0, 65535)
    # For Pillow they are the same picture.
    assert one.to_pillow().convert("L").tobytes() == white.to_pillow().convert("L").tobytes()
    one[:1].save(path)
    assert Image.open(path).getextrema() == (0, 0)


def test_files_are_decoded_into_the_rows_of_a_pillow_image(tmp_path, small_blocks):
    path = tmp_path / "a.png"
    wanted = picture("RGB", (700, 30))
    wanted.save(path)
    im = Image.new("RGB", (700, 30))
    imgbuf.decode_into(path, imgbuf.from_pillow(im))
    assert pixels(im) == pixels(wanted)


@pytest.mark.parametrize("shape, dtype, mode", [
    ((4, 6), "u1", "L"), ((4, 6), "<u2", "I;16"), ((4, 6), ">u2", "I;16B"), ((4, 6), "i4", "I"), ((4, 6), "f4", "F"),
    ((4, 6, 4), "u1", "RGBA"), ((4, 6, 1), "u1", "L"),
])
def test_numpy_arrays_are_shared_where_pixels_are_pillow_s(shape, dtype, mode):
    flat = (np.arange(np.prod(shape)) % 251).astype(dtype).reshape(shape)
    for view in (flat, flat[::-1], flat[1:3], flat[::2][:1]):
        image = imgbuf.from_buffer(view)
        assert image.explain("pillow").kind == "shared", image.explain("pillow")
        im = image.to_pillow()
        assert im.mode == mode and np.array_equal(np.squeeze(pixels(im)), np.squeeze(image.tolist()))
        view[0, 0] = 77
        assert im.getpixel((0, 0)) == (77 if im.im.bands == 1 else (77,) * 4)


def test_padded_rows_are_shared_while_their_padding_is_memory():
    flat = np.arange(60, dtype="u1").reshape(6, 10)
    im = imgbuf.from_buffer(flat[:, :10][:5]).to_pillow()
    assert pixels(im) == flat[:5].tolist()
    whole = imgbuf.from_pillow(picture("RGB", (8, 5)))
    assert whole.explain("pillow").kind == "shared"
    # The buffer of this view ends with its last element, and nothing behind it is known.
    handoff = imgbuf.from_buffer(flat[:, 3:8]).explain("pillow")
    assert handoff.kind == "copied" and "behind row" in handoff.reason


@pytest.mark.parametrize("array, reason", [
    (np.zeros((4, 6, 3), "u1"), "in 4 bytes, these are 3 apart"),
    (np.zeros((4, 12), "u1")[:, ::2], "in 1 bytes, these are 2 apart"),
    (np.zeros((4, 6, 8), "u1")[:, :, ::2], "in 4 bytes"),
    (np.zeros((4, 6, 4), "u1")[:, :, ::-1], "side by side"),
    (np.zeros((4, 6, 2), "u1"), "copies of the first channel"),
    (np.zeros((4, 6), ">i4"), "byte order"),
    (np.zeros(97, "u1")[1:].view("f4").reshape(4, 6), "multiples"),
    (np.broadcast_to(np.zeros((1, 6), "u1"), (4, 6)), "0 bytes apart"),
])
def test_what_pillow_cannot_share_is_copied_only_when_allowed(array, reason):
    image = imgbuf.from_buffer(array)
    handoff = image.explain("pillow")
    assert handoff.kind == "copied" and reason in handoff.reason and handoff.copied_bytes == array.size * array.itemsize
    with pytest.raises(imgbuf.CopyRequired, match=f"{handoff.copied_bytes} bytes"):
        image.to_pillow()
    with pytest.warns(imgbuf.CopyWarning, match=f"{handoff.copied_bytes} bytes"):
        im = image.to_pillow(copy=None)
    assert pixels(im) == image.tolist()


def test_many_blocks_are_copied(small_blocks):
    im = picture("RGB", (700, 20))
    image = imgbuf.from_pillow(im)
    assert image.explain("pillow").kind == "copied"
    with pytest.raises(imgbuf.CopyRequired):
        image.to_pillow()
    assert pixels(image.to_pillow(copy=True)) == pixels(im)


@pytest.mark.parametrize("array, reason", [
    (np.zeros((4, 6), "f8"), "gray of f64 elements"),
    (np.zeros((4, 6), "i2"), "gray of i16 elements"),
    (np.zeros((4, 6, 3), "u2"), "red, green, blue of u16 elements.*u8"),
    (np.zeros((4, 6, 5), "u1"), "5 channels"),
])
def test_elements_that_pillow_has_no_mode_for_are_refused_by_name(array, reason):
    image = imgbuf.from_buffer(array)
    for call in (lambda: image.explain("pillow"), lambda: image.to_pillow(copy=True)):
        with pytest.raises(imgbuf.Unsupported, match=reason):
            call()
    with pytest.raises(imgbuf.InvalidArgument, match="picture"):
        imgbuf.from_buffer(np.zeros((2, 2, 2, 2), "u1")).to_pillow()


# Memory.


def test_the_rows_live_as_long_as_they_are_seen(small_blocks):
    im = picture("RGB", (700, 20))
    wanted = pixels(im)
    image = imgbuf.from_pillow(im)
    strips = image.strips()
    view = memoryview(image.indirect)
    del im
    gc.collect()
    trash = [Image.new("RGB", (700, 20), (255, 255, 255)) for _ in range(20)]
    assert image.tolist() == wanted
    del image
    gc.collect()
    trash += [Image.new("RGB", (700, 20), (255, 255, 255)) for _ in range(20)]
    assert np.concatenate(strips).tolist() == wanted and view.tolist() == wanted
    assert len(trash) == 40


def test_pillow_keeps_the_memory_that_it_was_given():
    gone = []
    owner = np.frombuffer(bytearray(range(24)), "u1")
    weakref.finalize(owner, gone.append, True)
    im = imgbuf.from_buffer(owner.reshape(4, 6)).to_pillow()
    del owner
    gc.collect()
    assert not gone and pixels(im) == np.arange(24).reshape(4, 6).tolist()
    del im
    gc.collect()
    assert gone == [True]


def test_ten_thousand_handoffs_leave_nothing():
    im = picture("RGBA", (64, 64))
    core_references = sys.getrefcount(im.im)

    def handoff():
        image = imgbuf.from_pillow(im)
        np.asarray(image)
        image.to_pillow()
        image.to_pillow(copy=True)

    for _ in range(300):
        handoff()
    gc.collect()
    resident = resident_bytes()
    for _ in range(10_000):
        handoff()
    gc.collect()
    core_references -= sys.getrefcount(im.im)
    assert core_references == 0
    # 16 KiB an image: a leak would be 160 MB.
    assert resident_bytes() - resident < 20_000_000


# Blocks.


def test_a_single_block_is_asked_for_and_the_old_size_comes_back():
    before = block_size()
    with imgbuf.pillow_single_block():
        large = Image.new("L", (4096, 8192), 7)
        with imgbuf.pillow_single_block(bytes=5000):
            assert block_size() == 8192
        assert block_size() > 2**30
    assert block_size() == before
    assert imgbuf.from_pillow(large).indirections == 0
    assert np.asarray(imgbuf.from_pillow(large)).shape == (8192, 4096)
    with pytest.raises(ZeroDivisionError), imgbuf.pillow_single_block():
        1 / 0
    assert block_size() == before
    for wrong in (0, -1, 2**31):
        with pytest.raises(ValueError), imgbuf.pillow_single_block(bytes=wrong):
            pass


def test_a_large_image_is_edited_in_place_and_pillow_sees_it():
    im = Image.new("RGB", (3000, 2000), (10, 20, 30))  # 24 MB: two of Pillow's blocks
    image = imgbuf.from_pillow(im)
    assert image.indirections == 1
    strips = image.strips()
    assert len(strips) > 1
    y = 0
    for strip in strips:
        strip[:, ::2, 1] = 200
        strip[0] = (1, 2, 3)
        assert im.getpixel((0, y)) == (1, 2, 3) and im.getpixel((2, y + 1)) == (10, 200, 30)
        assert im.getpixel((3, y + len(strip) - 1)) == (10, 20, 30)
        y += len(strip)
    border = len(strips[0])  # what is written here lies in two blocks
    image[border - 3:border + 3, 500:600, ::-1] = np.arange(6, dtype=np.uint8)[:, None, None] + (70, 80, 90)
    assert [im.getpixel((599, border - 3 + i)) for i in range(6)] == [(90 + i, 80 + i, 70 + i) for i in range(6)]
    image[border - 3:border + 3, 500:600] = image[border - 3:border + 3, 500:600][::-1]
    assert [im.getpixel((500, border - 3 + i)) for i in range(6)] == [(95 - i, 85 - i, 75 - i) for i in range(6)]
    memoryview(image.indirect)[1999, 2999, 2] = 99
    assert im.getpixel((2999, 1999)) == (10, 20, 99)
    im.paste((7, 8, 9), (100, 1000, 200, 1900))
    assert memoryview(image.indirect)[1899, 199, 0] == 7
    assert np.array_equal(np.concatenate(strips), np.asarray(im))
