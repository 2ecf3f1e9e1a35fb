"""Compiled Cython follows an image's pointers, through the types that its typed memoryviews have for them."""

import gc

import numpy as np
import pytest

import cython_consumer
import imgbuf


def rows_of(height, width, channels, dtype=np.uint8):
    """An image of rows in separate places, in shuffled order, the flat array of its elements, and the rows."""
    flat = (np.arange(height * width * channels) % 251).astype(dtype).reshape(height, width, channels)
    places = [None] * height
    for y in np.random.default_rng(5).permutation(height):
        places[y] = flat[y].copy()
    return imgbuf.from_rows(places), flat, places


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_row_pointers_are_followed(dtype):
    image, flat, _ = rows_of(7, 5, 3, dtype)
    assert cython_consumer.rows_to_list(image.indirect) == flat.tolist()


def test_generic_axes_take_images_with_and_without_pointers():
    image, flat, _ = rows_of(6, 4, 3)
    assert cython_consumer.any_to_list(image.indirect) == flat.tolist()
    assert cython_consumer.any_to_list(imgbuf.from_buffer(flat)) == flat.tolist()
    assert cython_consumer.strided_to_list(imgbuf.from_buffer(flat[::-1, ::2])) == flat[::-1, ::2].tolist()


def test_a_consumer_of_strides_is_refused_and_not_misled():
    image, _, _ = rows_of(6, 4, 3)
    with pytest.raises(BufferError, match="copy"):
        cython_consumer.strided_to_list(image)
    with pytest.raises(BufferError, match="suboffsets"):
        cython_consumer.strided_to_list(image.indirect)


def test_a_consumer_of_pointers_refuses_an_image_without():
    with pytest.raises(ValueError, match="indirect"):
        cython_consumer.planes_to_list(imgbuf.from_buffer(np.zeros((2, 3, 4), np.uint8)))


def test_planes_of_row_pointers_are_followed():
    import ctypes

    import buffer_probe

    planes, height, width = 3, 4, 5
    flat = np.arange(planes * height * width, dtype=np.uint8).reshape(planes, height, width)
    rows = (ctypes.c_void_p * (planes * height))(*(flat[p, y].ctypes.data for p in range(planes) for y in range(height)))
    tables = (ctypes.c_void_p * planes)(*(ctypes.addressof(rows) + 8 * height * p for p in reversed(range(planes))))
    exporter = buffer_probe.Exporter(ctypes.addressof(tables), (planes, height, width), (8, 8, 1), (0, 0, -1), "B", 1)
    image = imgbuf.from_buffer(exporter)
    assert image.indirections == 2
    assert cython_consumer.planes_to_list(image.indirect) == flat[::-1].tolist()


def test_what_it_writes_is_in_the_rows():
    image, flat, places = rows_of(5, 4, 3)
    cython_consumer.add_to_rows(image.indirect, 3)
    assert all(np.array_equal(place, flat[y] + 3) for y, place in enumerate(places))


def test_read_only_memory_is_read_and_not_written():
    image, flat, places = rows_of(5, 4, 3)
    read_only = imgbuf.from_rows([bytes(place.reshape(-1)) for place in places])
    assert read_only.readonly
    places[0].flags.writeable = False
    image = imgbuf.from_rows(places)
    assert image.readonly
    assert cython_consumer.read_only_sum(image.indirect) == int(flat.sum(dtype=np.int64))
    with pytest.raises(BufferError, match="read-only"):
        cython_consumer.add_to_rows(image.indirect, 1)


def test_it_keeps_the_memory_alive():
    image, flat, places = rows_of(64, 32, 3)
    holder = cython_consumer.Holder(image.indirect)
    del image, places
    gc.collect()
    assert [holder.at(y, 31, 2) for y in range(64)] == flat[:, 31, 2].tolist()
