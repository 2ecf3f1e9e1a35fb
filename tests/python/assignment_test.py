"""What `img[...] = value` takes, what it refuses, and that a refused value writes nothing."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import imgbuf
from guarded_memory import GuardedImage

INTEGERS = {"u1": (0, 255), "i1": (-128, 127), "u2": (0, 65535), ">i2": (-(2**15), 2**15 - 1)}
INTEGERS |= {">u4": (0, 2**32 - 1), "i4": (-(2**31), 2**31 - 1)}


def refuses(image, value, error, message=""):
    before = image.tobytes()
    with pytest.raises(error, match=message):
        image[...] = value
    assert image.tobytes() == before


@pytest.mark.parametrize("format", INTEGERS)
@pytest.mark.parametrize(
    "kind", [int, np.int64, lambda v: [v], lambda v: np.array([v]), lambda v: np.array([0, v], ">i8")]
)
def test_integers_that_do_not_fit_are_named(format, kind):
    least, most = INTEGERS[format]
    image = imgbuf.zeros((3, 2), format, "rows")
    for value in (least, most):
        image[...] = kind(value)
        assert image[2, 1] == value and type(image[2, 1]) is int
    for value in (least - 1, most + 1):
        refuses(image, kind(value), OverflowError, f"{value} does not fit .* \\({least} to {most}\\)")


def test_integer_arrays_fit_by_their_values():
    image = imgbuf.zeros((2, 3), "u1", "rows")
    for dtype in ("i1", "u2", ">i2", "u4", ">i4", "i8", ">u8"):
        image[...] = np.array([1, 2, 127], dtype)
        assert image.tolist() == [[1, 2, 127]] * 2
    outside = [("u2", 256), (">u2", 65535), ("i1", -1), ("i4", -(2**31)), ("u4", 2**32 - 1), ("u8", 2**64 - 1)]
    for dtype, value in outside:
        source = np.array([1, value, 3], dtype)
        refuses(image, source, OverflowError, f"{value} does not fit")
        if source.itemsize < 8:
            refuses(image, imgbuf.from_buffer(source), OverflowError, f"{value} does not fit")
    signed = imgbuf.zeros(2, "i4")
    refuses(signed, np.array([2**31, 0], "u4"), OverflowError, "2147483648")
    refuses(signed, np.array([2**63, 0], "u8"), OverflowError, str(2**63))
    refuses(image, 10**100, OverflowError, "more than 64 bits")


@pytest.mark.parametrize("value", [1.5, 2.0, np.float64(3), np.nan, [1, 2.0, 3]])
def test_floats_do_not_go_into_integers(value):
    refuses(imgbuf.zeros((2, 3), "u1", "rows"), value, TypeError, "float does not go into u8")


@pytest.mark.parametrize("dtype", ["f2", ">f4", "f8"])
def test_arrays_of_floats_do_not_go_into_integers(dtype):
    image = imgbuf.zeros((2, 3), ">i2", "rows")
    refuses(image, np.ones(3, dtype), imgbuf.FormatMismatch, "astype")
    refuses(image, imgbuf.from_buffer(np.ones(3, dtype)), TypeError, "astype")
    image[...] = imgbuf.from_buffer(np.array([1.5, 60000, np.nan], dtype)).astype(">i2")
    assert image[0].tolist() == [2, 32767, 0]


def test_floating_point_takes_the_nearest_value():
    numbers = np.array([0.1, 1e-9, 70000, -1e300, np.inf, np.nan, 2**24 + 1])
    for dtype in ("f2", ">f4", "f8"):
        image = imgbuf.zeros((2, 7), dtype, "rows")
        with np.errstate(over="ignore"):
            expected = numbers.astype(dtype)
        image[...] = numbers
        assert np.array_equal(np.frombuffer(image[1].tobytes(), dtype), expected, equal_nan=True)
        for number, value in zip(numbers, expected):
            image[0, 0] = float(number)
            assert image[0, 0] == float(value) or np.isnan(value) and np.isnan(image[0, 0])
    refuses(imgbuf.zeros(2, "f4"), 10**400, OverflowError)


def test_wide_integers_are_rounded_once():
    wide = np.array([2**54 + 2**30 + 1, 2**63 - 1, -(2**62) - 1], np.int64)
    image = imgbuf.zeros((2, 3), "f4", "rows")
    image[...] = wide
    assert image[1].tolist() == wide.astype("f4").tolist()
    image[...] = wide.astype("u8")
    assert image[1].tolist() == wide.astype("u8").astype("f4").tolist()
    exact = imgbuf.zeros(3, ">f8")
    exact[...] = wide
    assert exact.tolist() == wide.astype("f8").tolist()


@pytest.mark.parametrize("sign", [1, -1])
def test_integers_of_any_size_are_rounded_once(sign):
    image = imgbuf.zeros((1, 1), "f4", "rows")
    tie = 2**24 + 1  # half way between two floats
    for number in (tie, tie << 30, (tie << 30) + 1, (tie << 30) - 1, (tie << 100) + 1, (tie << 100) - 1, tie << 100, 2**127):
        image[0, 0] = sign * number
        got = np.float32(image[0, 0])
        others = [np.nextafter(got, np.float32(end)) for end in (-np.inf, np.inf)]
        distance = abs(int(got) - sign * number)
        assert all(np.isinf(o) or distance <= abs(int(o) - sign * number) for o in others), number
    image[...] = [[sign * ((tie << 100) + 1)]]
    assert image[0, 0] == sign * float((2**24 + 2) << 100)
    image[0, 0] = sign * 10**39
    assert image[0, 0] == sign * float("inf")
    for elements in ("f2", "f4", "f8"):
        for value in (10**400, [[10**400]], sign * 10**400):
            refuses(imgbuf.zeros((1, 1), elements), value, OverflowError)


def test_other_real_numbers_go_into_floating_point():
    image = imgbuf.zeros(2, "f4")
    for value in (Fraction(1, 4), Decimal("0.25"), np.float32(0.25), [Fraction(1, 4), np.float32(0.25)]):
        image[...] = 0
        image[...] = value
        assert image.tolist() == [0.25, 0.25]
    refuses(imgbuf.zeros(2, "u1"), Fraction(4, 2), TypeError)


def test_lists_hold_numbers_and_arrays():
    row, rows = np.arange(5, dtype=">u2"), np.arange(10).reshape(2, 5)
    image = imgbuf.zeros((2, 5), "u2", "strips:1")
    flat = np.zeros((2, 5), np.uint16)
    for value in [
        [row, row + 1],
        (row, [7, 8, 9, 10, 11]),
        [[7, 8, 9, 10, 11], row],
        [imgbuf.from_buffer(row), memoryview(bytes(5))],
        [rows[0], rows[1]],
        list(rows),
        [list(rows[0]), range(5)],
        [[np.uint8(1), 2, np.int64(3), np.array(4), np.bool_(True)], row],
        [row],
    ]:
        image[...] = 9
        image[...] = value
        flat[...] = [np.asarray(v) for v in value]
        assert image.tolist() == flat.tolist()
    refuses(image, [row, row[:3]], ValueError, r"unequal shapes: \(5,\) and \(3,\)")
    refuses(image, [row, 1], ValueError, "unequal shapes")
    refuses(image, [row, row + 70000], OverflowError, "70000 does not fit")
    refuses(image, [row, row * 0.5], TypeError)
    refuses(image, [row, ["7"]], TypeError)
    cyclic = [row]
    cyclic.append(cyclic)
    refuses(image, cyclic, ValueError, "nested more than 64 deep")


def test_truth_values_are_zero_and_one():
    image = imgbuf.zeros((2, 3), "u2", "rows")
    image[...] = np.array([True, False, True])
    assert image[1].tolist() == [1, 0, 1]
    odd = memoryview(bytearray([0, 2, 255])).cast("?")  # what Python calls False, True, True
    image[...] = odd
    assert image[1].tolist() == [0, 1, 1]
    assert imgbuf.from_buffer(odd).tolist() == [0, 2, 255]  # shared: the bytes as they are
    image[...] = [odd, [True, False, True]]
    assert image.tolist() == [[0, 1, 1], [1, 0, 1]]


def test_values_are_broadcast_as_numpy_does():
    for kind in ("rows", "planes", "strips"):
        memory = GuardedImage(np.zeros((40, 5, 3), np.uint8), kind)
        for value in [
            (1, 2, 3),
            [[4], [5], [6], [7], [8]],
            np.arange(40, dtype=np.uint8)[:, None, None],
            np.arange(5, dtype=">u2")[:, None],
            np.arange(15).reshape(1, 1, 1, 5, 3),
            b"abc",
            range(3),
            memoryview(bytes(15)).cast("B", (5, 3)),
            True,
        ]:
            memory.image[...] = value
            memory.flat[...] = list(value) if isinstance(value, (bytes, range)) else value
            memory.check()
    refuses(memory.image, (1, 2), ValueError, "shape \\(2,\\) into shape \\(40, 5, 3\\)")
    refuses(memory.image, np.zeros((2, 40, 5, 3), "u1"), ValueError, "broadcast")
    refuses(memory.image[:0], np.zeros((2, 5, 3), "u1"), ValueError, "broadcast")
    refuses(memory.image, [], ValueError, "broadcast")
    refuses(memory.image, [[1, 2, 3], [1, 2]], ValueError, "unequal lengths")
    refuses(memory.image, [1, [2], 3], ValueError, "unequal lengths")


def test_a_colour_fills_an_image_of_another_type():
    memory = GuardedImage(np.zeros((40, 7, 3), ">f2"), "rows", gap=3, shift=1)
    memory.image[...] = (1, 2.5, -3)
    memory.flat[...] = (1, 2.5, -3)
    memory.check()


@pytest.mark.parametrize("kind", ["rows", "planes", "strips", "strided"])
def test_what_overlaps_is_read_first(kind):
    flat = np.random.default_rng(1).integers(0, 256, (9, 8, 3), np.uint8)
    for to, by in [
        (np.s_[1:], np.s_[:-1]),
        (np.s_[:-1], np.s_[1:]),
        (np.s_[:, 2:], np.s_[:, :-2]),
        (np.s_[::-1], np.s_[:]),
        (np.s_[..., ::-1], np.s_[...]),
        (np.s_[:], np.s_[4:5]),
        (np.s_[:], np.s_[0, 0]),
        (np.s_[:], np.s_[3, 3, 1:2]),
    ]:
        memory = GuardedImage(flat, kind)
        memory.image[to] = memory.image[by]
        memory.flat[to] = flat[by]
        memory.check()
    memory = GuardedImage(flat, kind)
    memory.image[:8] = memory.image[:8].transpose(1, 0, 2)
    memory.flat[:8] = flat[:8].transpose(1, 0, 2)
    memory.check()


def test_read_only_memory_is_not_written():
    array = np.zeros((2, 3), np.uint8)
    array.flags.writeable = False
    image = imgbuf.from_buffer(array)
    assert image.readonly
    for key in (0, (0, 0), np.s_[1:1], ..., 99):
        with pytest.raises(ValueError, match="read-only"):
            image[key] = 1
    with pytest.raises(ValueError, match="read-only"):
        image.fill(1)
    image.copy()[...] = 1
    assert not array.any()


def test_an_image_that_shows_a_row_twice_is_not_written():
    row = np.zeros(4, np.uint8)
    image = imgbuf.from_rows([row, row])
    refuses(image, 1, ValueError)
    image[0] = 1
    assert row.tolist() == [1] * 4


@pytest.mark.parametrize("value", ["7", None, 1j, {}, object(), ["7"], np.array(["7"]), np.array([1j])])
def test_what_is_no_number_is_refused(value):
    refuses(imgbuf.zeros((2, 3), "f4", "rows"), value, (TypeError, imgbuf.Unsupported))


def test_an_object_with_an_array_is_taken_as_that():
    class Wrapped:
        def __array__(self, dtype=None, copy=None):
            return np.array([1, 2, 3])

    image = imgbuf.zeros((2, 3), "u1", "rows")
    image[...] = Wrapped()
    assert image.tolist() == [[1, 2, 3]] * 2


def test_fill_is_an_assignment_to_all():
    memory = GuardedImage(np.zeros((5, 4, 3), ">u2"), "strips", gap=2)
    for value in (7, (1, 2, 3), np.uint16(500)):
        memory.image.fill(value)
        memory.flat[...] = value
        memory.check()
    refuses(memory.image, 70000, OverflowError)
    with pytest.raises(OverflowError):
        memory.image.fill(-1)


def test_a_list_that_changes_while_it_is_read_is_refused():
    class Grower:
        def __index__(self):
            values.extend([1] * 1000)
            return 1

    values = [Grower(), 2, 3]
    refuses(imgbuf.zeros((2, 3)), values, ValueError, "changed")
    nested = []
    nested.append(nested)
    refuses(imgbuf.zeros((2, 3)), nested, ValueError, "nested more than 64 deep")
