"""New images: their formats and arrangements, copies and conversions."""

import numpy as np
import pytest

import imgbuf


@pytest.mark.parametrize(
    "format, pep3118",
    [
        ("B", "B"),
        (">H", ">H"),
        ("=h", "h"),
        ("<l", "i"),
        ("?", "B"),
        ("u1", "B"),
        ("|i1", "b"),
        ("u2", "H"),
        (">i4", ">i"),
        ("<f4", "f"),
        ("f2", "e"),
        ("f8", "d"),
        ("uint8", "B"),
        ("int16", "h"),
        ("float16", "e"),
        ("float32", "f"),
        ("float", "d"),
        ("double", "d"),
        ("single", "f"),
        ("half", "e"),
        ("bool", "B"),
        ("?", "B"),
        ("|b1", "B"),
        (bool, "B"),
        (np.bool_, "B"),
        ("byte", "b"),
        ("ushort", "H"),
        ("intc", "i"),
        (np.half, "e"),
        (np.zeros(1, ">f4").dtype, ">f"),
        (np.uint8, "B"),
        (np.float64, "d"),
        (float, "d"),
        (np.dtype(">u4"), ">I"),
        (np.dtype("int8"), "b"),
    ],
)
def test_formats_are_codes_names_and_dtypes(format, pep3118):
    image = imgbuf.empty((2, 3), format)
    assert image.format == pep3118
    assert imgbuf.empty(3, image.format).format == pep3118


@pytest.mark.parametrize("format", ["u8", "<i8", "f16", "int64", int, np.uint64, "l", "q", "x", "", "3B", "bogus", "int", "uint", "<", ">float", complex])
def test_formats_that_are_not_held_are_refused_by_name(format):
    with pytest.raises(imgbuf.Unsupported):
        imgbuf.empty((2, 3), format)


@pytest.mark.parametrize("format", [None, 3, object()])
def test_what_is_no_format_is_a_type_error(format):
    with pytest.raises(TypeError, match="format"):
        imgbuf.empty((2, 3), format)


def test_shapes():
    assert imgbuf.empty(5).shape == (5,) and imgbuf.empty(()).shape == () and imgbuf.zeros(()).tolist() == 0
    assert imgbuf.empty([2, np.int64(3)]).axes == ("height", "width")
    assert imgbuf.empty((2, 3, 4)).axes == ("height", "width", "channel")
    assert imgbuf.empty((0, 3)).tolist() == [] and imgbuf.zeros((3, 0), arrangement="rows").tolist() == [[], [], []]
    for shape in [(2, -1), (2**62, 8)]:
        with pytest.raises(ValueError):
            imgbuf.empty(shape)
    for shape in [(2.0,), "ab", None]:
        with pytest.raises(TypeError):
            imgbuf.empty(shape)


@pytest.mark.parametrize(
    "arrangement, indirections", [("contiguous", 0), ("rows", 1), ("strips", 1), ("strips:2", 1), ("planes", 2)]
)
def test_arrangements(arrangement, indirections):
    image = imgbuf.zeros((5, 4, 3), ">u2", arrangement)
    assert image.indirections == indirections and image.tolist() == np.zeros((5, 4, 3)).tolist()
    image[...] = np.arange(60).reshape(5, 4, 3)
    assert image.tolist() == np.arange(60).reshape(5, 4, 3).tolist()
    again = image.T.copy(arrangement) if arrangement != "planes" else image.copy("planes")
    assert again.indirections == indirections and not again.readonly


def test_wrong_arrangements_are_refused():
    tiles, no_rows = {"arrangement": "tiles"}, {"arrangement": "strips:0"}
    for arguments in (tiles, no_rows, {"row_alignment": 3}, {"row_alignment": 0}):
        with pytest.raises(ValueError):
            imgbuf.empty((4, 4), "B", **arguments)
    with pytest.raises(ValueError, match="planes"):
        imgbuf.empty((4,), "B", "planes")


def test_rows_are_aligned():
    image = imgbuf.zeros((3, 5), "B", row_alignment=64)
    assert image.strides == (64, 1)
    assert image.__array_interface__["data"][0] % 64 == 0


def test_shared_strips_can_be_rewired():
    for image in (
        imgbuf.zeros((8, 4096), "B", "strips:1", shared=True),
        imgbuf.zeros((8, 4096), "B", "strips:1:shared"),
        imgbuf.zeros((8, 4096)).copy("strips:1:shared"),
    ):
        image[...] = np.arange(8, dtype=np.uint8)[:, None]
        assert image.explain("numpy").kind == "shared"  # the strips lie side by side already
        shuffled = imgbuf.vstack([image[5:], image[:2], image[2:5]])
        assert shuffled.explain("numpy").kind == "rewired"
        assert np.asarray(shuffled)[:, 0].tolist() == [5, 6, 7, 0, 1, 2, 3, 4]


def test_a_copy_has_memory_of_its_own():
    flat = np.arange(24, dtype=">u2").reshape(4, 6)
    flat.flags.writeable = False
    image = imgbuf.from_buffer(flat)[::-1, ::2].T
    for arrangement in (None, "contiguous", "rows", "strips:3"):
        copy = image.copy(arrangement)
        assert copy.tolist() == image.tolist() and copy.format == ">H" and copy.axes == ("width", "height")
        assert not copy.readonly
        copy[...] = 0
    assert image.tolist() == flat[::-1, ::2].T.tolist()


@pytest.mark.parametrize("source", ["u1", "i1", "u2", ">i2", "u4", ">i4", "f2", ">f4", "f8"])
@pytest.mark.parametrize("target", ["u1", ">i1", ">u2", "i2", ">u4", "i4", ">f2", "f4", ">f8"])
def test_conversion_clamps_and_rounds_half_to_even(source, target):
    numbers = np.array([0, 1, 2.5, 3.5, -1.5, 127, 128, 255, 256, 65535, 65536, 2.0**31, 2.0**33, -(2.0**33)])
    dtype, to = np.dtype(source), np.dtype(target)
    with np.errstate(over="ignore"):
        if dtype.kind == "f":
            values = np.append(numbers, [np.nan, np.inf, -np.inf]).astype(dtype)
        else:
            limits = np.iinfo(dtype)
            values = np.clip(np.rint(numbers), limits.min, limits.max).astype(dtype)
        if to.kind == "f":
            expected = values.astype(to)
        else:
            limits = np.iinfo(to)
            wide = np.rint(values.astype("f8"))
            expected = np.where(np.isnan(wide), 0, np.clip(wide, limits.min, limits.max)).astype(to)
    image = imgbuf.from_rows([values, values])
    converted = image.astype(target)
    assert converted.format == imgbuf.empty(1, target).format and converted.shape == image.shape
    for row in converted:
        assert np.array_equal(np.frombuffer(row.tobytes(), to), expected, equal_nan=to.kind == "f")


def test_conversion_is_a_copy_also_to_the_same_type():
    image = imgbuf.zeros((2, 3, 1), "u1", "rows")
    same = image.astype("u1", arrangement="planes")
    same[...] = 1
    assert image.tolist() == [[[0]] * 3] * 2 and same.indirections == 2 and same.axes == image.axes
