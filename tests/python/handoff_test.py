"""How an image gets to NumPy and to consumers of buffers: what `explain` says is what happens."""

import warnings

import numpy as np
import pytest

import imgbuf
from samples import sample


def scattered_rows(height, width, dtype=np.uint8):
    """Rows of one image in separate arrays, and the flat array of the same elements."""
    flat = np.arange(height * width, dtype=dtype).reshape(height, width)
    rows = [flat[y].copy() for y in range(height)]
    return imgbuf.from_rows(rows), flat, rows


def test_a_strided_buffer_is_shared():
    flat = np.arange(24, dtype=np.uint16).reshape(2, 4, 3)
    image = imgbuf.from_buffer(flat[:, ::-1])
    assert image.explain("numpy").kind == "shared"
    array = np.asarray(image)
    assert np.shares_memory(array, flat)
    array[0, 0, 0] = 99
    assert flat[0, -1, 0] == 99


def test_rows_in_separate_places_are_copied_only_when_allowed():
    image, flat, _ = scattered_rows(4, 5)
    handoff = image.explain("numpy")
    assert handoff.kind == "copied" and handoff.copied_bytes == 20 and handoff.reason
    with pytest.raises(imgbuf.CopyRequired, match="20 bytes"):
        image.numpy()
    with pytest.raises(imgbuf.CopyWarning, match="20 bytes"):
        np.asarray(image)
    with pytest.warns(imgbuf.CopyWarning):
        array = np.asarray(image)
    assert np.array_equal(array, flat)


def test_the_indirect_buffer_of_rows_has_suboffsets_and_shares_them():
    image, flat, rows = scattered_rows(3, 4)
    with pytest.raises(BufferError):
        memoryview(image)
    view = memoryview(image.indirect)
    assert view.suboffsets == (0, -1) and view.tolist() == flat.tolist()
    rows[1][2] = 77
    assert view[1, 2] == 77


def test_strips_share_the_rows():
    image, flat, rows = scattered_rows(3, 4)
    strips = image.strips()
    assert np.array_equal(np.concatenate(strips), flat)
    for strip in strips:
        strip += 1
    assert all(np.array_equal(row, flat[y] + 1) for y, row in enumerate(rows))


def test_an_empty_strided_image_is_one_strip():
    assert [strip.shape for strip in imgbuf.zeros((0, 5)).strips()] == [(0, 5)]


def test_the_array_interface_of_packed_elements_has_no_strides_so_that_pillow_shares():
    pillow = pytest.importorskip("PIL.Image")
    image = imgbuf.zeros((4, 6))
    shared = pillow.fromarray(image)
    image[...] = 7
    assert shared.getpixel((5, 3)) == 7
    assert image.__array_interface__["strides"] is None
    assert image[:, ::2].__array_interface__["strides"] == (6, 2)


def test_more_axes_than_numpy_has_are_refused_by_name():
    image = imgbuf.zeros((1,) * 33)
    for ask in (lambda: image.explain("numpy"), image.numpy, lambda: image.numpy(copy=True), image.strips):
        with pytest.raises(imgbuf.Unsupported, match="NumPy has at most 32 axes"):
            ask()


def test_what_is_no_dtype_is_refused_before_anything_is_copied():
    image, _, _ = scattered_rows(4, 5)
    with pytest.raises(TypeError):  # and no CopyWarning, which would be the error here
        image.__array__("nonsense")


@pytest.mark.parametrize("rewired", [False, True])
def test_stacks_take_any_iterable_of_images_and_buffers(rewired):
    parts = [imgbuf.zeros((16, 256), shared=rewired) for _ in range(3)]
    for number, part in enumerate(parts):
        part[...] = number
    stacked = imgbuf.vstack(part for part in parts)
    assert stacked.shape == (48, 256) and [stacked[16 * i, 0] for i in range(3)] == [0, 1, 2]
    assert imgbuf.vstack([parts[1], np.full((2, 256), 9, np.uint8)])[17, 255] == 9
    assert stacked.explain("numpy").kind == ("rewired" if rewired else "copied")


def test_stacks_refuse_what_is_no_image():
    with pytest.raises(TypeError):
        imgbuf.vstack([None])
    with pytest.raises(TypeError):
        imgbuf.vstack([imgbuf.zeros((2, 2)), 5])
    with pytest.raises(imgbuf.InvalidArgument, match="no arrays"):
        imgbuf.vstack([])


def test_stacks_of_other_colours_are_refused_and_those_of_channels_keep_their_names():
    pillow = pytest.importorskip("PIL.Image")
    rgba, cmyk = (imgbuf.from_pillow(pillow.new(mode, (4, 2))) for mode in ("RGBA", "CMYK"))
    with pytest.raises(imgbuf.InvalidArgument, match="part 1: its channels are others"):
        imgbuf.vstack([rgba, cmyk])
    assert imgbuf.vstack([rgba, rgba]).channels == ("red", "green", "blue", "alpha")
    palettes = []
    for colour in ((1, 2, 3), (4, 5, 6)):
        indices = pillow.new("P", (4, 2))
        indices.putpalette(colour)
        palettes.append(imgbuf.from_pillow(indices))
    with pytest.raises(imgbuf.InvalidArgument, match="part 1: its palette is another"):
        imgbuf.vstack(palettes)

    planes = rgba.transpose("channel", "height", "width").copy()
    stacked = imgbuf.vstack([planes, planes])
    assert stacked.shape == (8, 2, 4) and stacked.channels == 2 * ("red", "green", "blue", "alpha")
    assert stacked[7].channels == ("alpha",)
    with pytest.raises(imgbuf.InvalidArgument, match="axes mean something else"):
        imgbuf.vstack([planes, rgba.transpose("width", "height", "channel")])


def test_rows_with_gaps_between_their_mappings_are_copied_for_pillow():
    pytest.importorskip("PIL.Image")
    rows = imgbuf.zeros((4, 4096), "B", "strips:1", shared=True)
    image = imgbuf.vstack([rows[1::2], rows[::2]])
    assert image.explain("numpy").kind == "rewired"
    assert image.explain("pillow").kind == "copied"
    with pytest.raises(imgbuf.CopyRequired):
        image.to_pillow()
    rows[...] = 3
    with pytest.warns(imgbuf.CopyWarning):
        assert image.to_pillow(copy=None).getextrema() == (3, 3)


@pytest.mark.parametrize("dtype", ["f4", ">u2", "i8", "c16", "?", object, "u1"])
@pytest.mark.parametrize("kind", ["rows", "planes", "strips:2", "turned"])
def test_another_dtype_is_one_copy_with_one_warning_of_all_its_bytes(dtype, kind):
    flat = np.random.default_rng(1).integers(0, 256, (9, 4, 3), np.uint8)
    if kind in ("rows", "turned"):
        image = imgbuf.from_rows([row.copy() for row in flat])
    else:
        image = imgbuf.from_buffer(flat).copy(kind)
    if kind == "turned":
        image, flat = image.transpose(2, 1, 0)[:, ::-1], flat.transpose(2, 1, 0)[:, ::-1]
    assert image.explain("numpy").kind == "copied"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        array = np.asarray(image, dtype)
    assert array.dtype == np.dtype(dtype) and np.array_equal(array, flat.astype(dtype))
    (warning,) = said
    assert warning.category is imgbuf.CopyWarning
    assert f"copied {flat.size * np.dtype(dtype).itemsize} bytes" in str(warning.message)
    assert np.array_equal(image.__array__(np.dtype(dtype), copy=True), flat.astype(dtype))  # asked for: no warning
    with pytest.raises(imgbuf.CopyRequired):
        image.__array__(np.dtype(dtype), copy=False)


def test_a_dtype_whose_size_the_elements_say():
    image = imgbuf.from_rows([np.array([1, 22], "u1"), np.array([3, 255], "u1")])
    with pytest.warns(imgbuf.CopyWarning):
        assert np.asarray(image, "U").tolist() == [["1", "22"], ["3", "255"]]


def test_another_dtype_of_shared_memory_is_numpys_own_copy():
    flat = np.arange(12, dtype=np.uint8).reshape(3, 4)
    image = imgbuf.from_buffer(flat).copy("rows")[::-1]  # row pointers that are evenly spaced
    assert image.indirections == 1 and image.explain("numpy").kind == "shared"
    for array in (np.asarray(image, "f4"), image.__array__("f4", copy=True)):
        assert array.dtype == np.float32 and np.array_equal(array, flat[::-1])
        assert not np.shares_memory(array, image.numpy())
    with pytest.raises(imgbuf.CopyRequired, match="48 bytes"):
        image.__array__("f4", copy=False)
    with pytest.raises(TypeError):
        image.__array__("no dtype")


def test_a_buffer_that_is_an_image_keeps_its_meaning():
    image = imgbuf.open(sample("scene_rgb8.png"), arrangement="rows")
    same = imgbuf.from_buffer(image)
    assert same.channels == ("red", "green", "blue") and same.info == image.info and same.indirections == 1
    same[0, 0, 0] = 7
    assert image[0, 0, 0] == 7
