"""Random index expressions on images of every arrangement, read and assigned, give what NumPy gives on a flat array."""

import random

import numpy as np
import pytest

import imgbuf
from guarded_memory import GuardedImage

DTYPES = ["u1", "i1", "<u2", ">u2", "<i2", ">i4", "<u4", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]
KINDS = ["rows", "strips", "planes", "strided"]
CASES_A_BLOCK = 1000
MANY_ELEMENTS = 10000  # of which lists take long


def any_elements(rng, shape, dtype):
    """Elements of any bits that are numbers."""
    dtype = np.dtype(dtype)
    bits = np.frombuffer(rng.randbytes(int(np.prod(shape)) * dtype.itemsize), dtype).reshape(shape).copy()
    return np.where(np.isfinite(bits), bits, 1).astype(dtype)


def random_elements(rng, shape, dtype):
    """Numbers that every type of the test holds; fractions too for floating point."""
    numbers = np.array([rng.randrange(0, 120) for _ in range(int(np.prod(shape)))], dtype=np.float64).reshape(shape)
    if np.dtype(dtype).kind == "f":
        numbers = numbers / 4 - 10
    return numbers.astype(dtype)


class OfAnyRank:
    """As GuardedImage, of other ranks: its rows lie with guards between them in one block, or are imgbuf's own."""

    def __init__(self, rng, dtype):
        shape = tuple(rng.randrange(0 if rng.random() < 0.05 else 1, 6) for _ in range(rng.choice([1, 2, 4, 5])))
        self.flat = any_elements(rng, shape, dtype)
        self._memory = np.zeros((*shape[:-1], shape[-1] + 2), dtype)
        inside = self._memory[..., 1:-1]
        inside[...] = self.flat
        if len(shape) > 1 and shape[0] > 0 and rng.random() < 0.7:
            self.image = imgbuf.from_rows(list(inside))
        elif rng.random() < 0.5:
            self.image = imgbuf.from_buffer(inside)
        else:
            self.image = imgbuf.from_buffer(inside).copy("rows" if len(shape) > 1 else "contiguous")

    def check(self):
        assert not self._memory[..., [0, -1]].any(), "a guard was written"


def random_image(rng):
    """An image and the flat array that it has to stay equal to, over memory that can be checked."""
    dtype = np.dtype(rng.choice(DTYPES))
    if rng.random() < 0.4:
        return OfAnyRank(rng, dtype)
    shape = tuple(rng.choice([0, 1, 1, 2]) if rng.random() < 0.1 else rng.randrange(2, 9) for _ in range(3))
    return GuardedImage(
        any_elements(rng, shape, dtype),
        rng.choice(KINDS),
        gap=rng.choice([0, 0, 0, 1, dtype.itemsize]),
        shift=rng.choice([0, 0, 1, 4]),
        upside_down=rng.random() < 0.3,
    )


def random_slice(rng, extent):
    step = rng.choice([None, 1, 1, -1, -1, 2, -2, 3, -100])
    ends = [rng.choice([None, rng.randrange(-extent - 3, extent + 4)]) for _ in range(2)]
    if None not in ends and rng.random() < 0.8:
        # Most often in the order in which there is something between them.
        ends.sort(key=lambda end: end if end >= 0 else end + extent, reverse=(step or 1) < 0)
    return slice(*ends, step)


def random_key(rng, shape, integers=0.35):
    """An index expression; now and then one that is out of bounds or too long."""
    count = rng.randrange(0, len(shape) + 1)
    if rng.random() < 0.03:
        count = len(shape) + 1
    has_ellipsis = rng.random() < 0.4
    before = rng.randrange(0, count + 1) if has_ellipsis else count
    key = []
    for n in range(count):
        axis = n if n < before else len(shape) - count + n
        extent = shape[axis] if 0 <= axis < len(shape) else 3
        if rng.random() < integers:
            outside = 1 if rng.random() < 0.03 else 0
            low, high = -extent - outside, extent + outside
            key.append(rng.randrange(low, high) if low < high else rng.choice([0, -1]))
        else:
            key.append(random_slice(rng, extent))
        if isinstance(key[-1], int) and rng.random() < 0.2:
            key[-1] = np.int32(key[-1])
    if has_ellipsis:
        key.insert(before, ...)
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        key.insert(rng.randrange(0, len(key) + 1), None)
    return key[0] if len(key) == 1 and rng.random() < 0.5 else tuple(key)


def same(image, array):
    """An image (or a number) and what NumPy has for it."""
    if not isinstance(image, imgbuf.Image):
        assert type(image) is (float if array.dtype.kind == "f" else int)
        return array.shape == () and image == array.item()
    packed = np.frombuffer(image.tobytes(), array.dtype).reshape(image.shape)
    is_same = image.shape == array.shape and packed.tobytes() == array.tobytes()
    return is_same and (array.size > MANY_ELEMENTS or image.tolist() == array.tolist())


def with_errors(action):
    """What an action returns, or IndexError."""
    try:
        return action()
    except IndexError:
        return IndexError


def random_view(rng, image, array):
    """The same view of both, through some steps."""
    for _ in range(rng.choice([0, 0, 1, 2])):
        if rng.random() < 0.3:
            order = list(range(array.ndim))
            rng.shuffle(order)
            image, array = image.transpose(*order), array.transpose(order)
            continue
        if array.ndim and rng.random() < 0.2:
            axis = rng.randrange(-array.ndim, array.ndim)
            image, array = image.flip(axis), np.flip(array, axis)
            continue
        key = random_key(rng, array.shape, integers=0.15)
        if not isinstance(key, tuple):
            key = (key,)
        if ... not in key:
            key += (...,)  # so that NumPy gives a view, also of one element
        seen = with_errors(lambda: array[key])
        if seen is IndexError:
            continue
        image, array = image[key], seen
    return image, array


def random_value(rng, shape, dtype, image, array):
    """Something to assign to elements of a shape: for imgbuf and for NumPy."""
    choice = rng.random()
    if choice < 0.15:
        number = rng.randrange(0, 120)
        number = number / 4 if dtype.kind == "f" and rng.random() < 0.5 else number
        return number, number
    broadcast = [1 if rng.random() < 0.2 else extent for extent in shape]
    broadcast = broadcast[rng.randrange(0, len(shape) + 1) :] if rng.random() < 0.3 else broadcast
    if choice < 0.3 and shape == array.shape:
        # The image itself, shifted or turned: sources that overlap what is written.
        key = tuple(slice(None, None, rng.choice([1, -1])) for _ in shape)
        return image[key], array[key]
    if choice < 0.35:
        broadcast = [1] * rng.randrange(0, 3) + broadcast
    if rng.random() < 0.03 and broadcast:
        broadcast[rng.randrange(len(broadcast))] += 1  # does not fit, or repeats
    types = DTYPES if dtype.kind == "f" else [t for t in DTYPES if "f" not in t] + ["<i8", ">u8"]
    value = random_elements(rng, broadcast, np.dtype(rng.choice(types)) if rng.random() < 0.5 else dtype)
    if value.dtype.kind == "i" and dtype.kind == "u":
        value = abs(value)
    if choice < 0.45 and value.size:
        return value.tolist(), value
    if choice < 0.6 and value.dtype.itemsize * (value.dtype.str[1] in "iu") != 8:
        return imgbuf.from_buffer(value), value
    if choice < 0.7:
        return np.asfortranarray(value)[...], value
    return value, value


def overlapping_assignment(rng, image, array):
    """Rows (or columns) moved along their own axis."""
    axis = rng.randrange(array.ndim)
    distance = rng.randrange(1, max(array.shape[axis], 2))
    to, by = slice(distance, None), slice(None, -distance)
    if rng.random() < 0.5:
        to, by = by, to
    key = (slice(None),) * axis
    image[(*key, to)] = image[(*key, by)]
    array[(*key, to)] = array[(*key, by)].copy()


def run_case(seed):
    rng = random.Random(seed)
    run_steps(rng, random_image(rng))


def run_steps(rng, memory):
    image, array = random_view(rng, memory.image, memory.flat)
    key = random_key(rng, array.shape)
    expected = with_errors(lambda: array[key])
    read = with_errors(lambda: image[key])
    if expected is IndexError:
        assert read is IndexError
        with pytest.raises(IndexError):
            image[key] = 1
    else:
        is_full = not isinstance(expected, np.ndarray)
        assert isinstance(read, imgbuf.Image) != is_full
        assert same(read, np.asarray(expected))
        value, numpy_value = random_value(rng, expected.shape, array.dtype, image, array)
        target = array[key] if not is_full else array[(*key, ...) if isinstance(key, tuple) else (key, ...)]
        try:
            source = numpy_value.copy() if isinstance(numpy_value, np.ndarray) else numpy_value
            target[...] = source
        except ValueError:
            with pytest.raises(ValueError):
                image[key] = value
        else:
            image[key] = value
    if array.ndim and array.size and rng.random() < 0.3:
        overlapping_assignment(rng, image, array)
    assert same(memory.image, memory.flat)
    memory.check()


@pytest.mark.parametrize("seed", range(24))
def test_random_expressions_on_photos(seed):
    """Large enough for threads, for streaming stores and for more than one block of scratch."""
    rng = random.Random(seed)
    try:
        dtype = np.dtype(rng.choice(DTYPES))
        shape = (rng.randrange(590, 610), rng.randrange(390, 410), 3)
        memory = GuardedImage(any_elements(rng, shape, dtype), rng.choice(KINDS), gap=rng.choice([0, 0, 1]), shift=rng.choice([0, 1]))
        for _ in range(4):
            run_steps(rng, memory)
    except BaseException as error:
        error.args = (f"seed {seed}: {error}",)
        raise


@pytest.mark.parametrize("block", range(16))
def test_random_expressions_read_and_assign_as_numpy_does(block):
    for seed in range(block * CASES_A_BLOCK, (block + 1) * CASES_A_BLOCK):
        try:
            run_case(seed)
        except BaseException as error:
            error.args = (f"seed {seed}: {error}",)
            raise
