"""How an image gets to NumPy and to consumers of buffers: what `explain` says is what happens."""

import numpy as np
import pytest

import imgbuf


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
