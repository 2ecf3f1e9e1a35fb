"""Images over memory of the tests' own making, with guard bytes around every row and between its elements."""

import ctypes

import numpy as np

import imgbuf

GUARD = 0xA5
GUARD_BYTES = 24


class _PyBuffer(ctypes.Structure):
    """`Py_buffer` of CPython. https://docs.python.org/3/c-api/buffer.html#c.Py_buffer"""

    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.POINTER(ctypes.c_ssize_t)),
        ("strides", ctypes.POINTER(ctypes.c_ssize_t)),
        ("suboffsets", ctypes.POINTER(ctypes.c_ssize_t)),
        ("internal", ctypes.c_void_p),
    ]


_memoryview_of = ctypes.pythonapi.PyMemoryView_FromBuffer
_memoryview_of.restype = ctypes.py_object
_memoryview_of.argtypes = [ctypes.POINTER(_PyBuffer)]


# The codes of the struct module.
_CODES = {"u1": "B", "u2": "H", "u4": "I", "i1": "b", "i2": "h", "i4": "i", "f2": "e", "f4": "f", "f8": "d"}


def _pep3118(dtype):
    order = ">" if dtype.str[0] == ">" else "="
    return (order + _CODES[dtype.str[1:]]).encode()


class GuardedImage:
    """An image of shape (height, width, channels) over guarded memory, and the flat array that it has to stay equal to.

    kind: "rows" (each row in memory of its own), "strips" (three rows a block), "planes" (a table of row pointers for
    each channel) or "strided" (one block)
    gap: guard bytes between the elements of a row
    shift: bytes by which rows are misaligned
    upside_down: pointers lead to the rows of the memory from the last to the first
    """

    def __init__(self, flat, kind, gap=0, shift=0, upside_down=False):
        self.flat = flat.copy()
        height, width, channels = flat.shape
        self._is_planes = kind == "planes"
        self._itemsize = flat.dtype.itemsize
        self._step = self._itemsize + gap
        self._row_bytes = (width if self._is_planes else width * channels) * self._step
        self._pitch = self._row_bytes + 2 * GUARD_BYTES
        self._blocks = []
        self._keep = []

        rows_a_block = {"rows": 1, "planes": 1, "strips": 3, "strided": max(height, 1)}[kind]
        self._starts = []  # addresses of the rows, plane after plane
        for _ in range(channels if self._is_planes else 1):
            starts = []
            for first in range(0, height, rows_a_block):
                starts += self._new_block(min(rows_a_block, height - first), shift)
            self._starts += reversed(starts) if upside_down and kind != "strided" else starts
        self._rows = list(map(self._row, range(len(self._starts))))
        self._write(self._elements())
        self.image = self._import(kind)

    def _new_block(self, rows, shift):
        block = np.full(rows * self._pitch + 16, GUARD, np.uint8)
        self._blocks.append(block)
        first = block.ctypes.data + -block.ctypes.data % 8 + shift + GUARD_BYTES
        return [first + y * self._pitch for y in range(rows)]

    def _row(self, number):
        """The elements of a row where they lie."""
        count = self._row_bytes // self._step
        memory = (ctypes.c_uint8 * max(self._row_bytes, 1)).from_address(self._starts[number])
        return np.ndarray((count,), self.flat.dtype, memory, 0, (self._step,))

    def _elements(self):
        """What each row has to hold."""
        height = self.flat.shape[0]
        for number in range(len(self._starts)):
            if self._is_planes:
                yield self.flat[number % height, :, number // height]
            else:
                yield self.flat[number].reshape(-1)

    def _write(self, rows):
        for row, elements in zip(self._rows, rows):
            row[...] = elements

    def _table(self, addresses):
        table = np.array(addresses, np.uintp)
        self._keep.append(table)
        return table.ctypes.data

    def _import(self, kind):
        height, width, channels = self.flat.shape
        step = self._step
        if kind == "planes":
            tables = [self._table(self._starts[c * height : (c + 1) * height]) for c in range(channels)]
            planes = self._view(self._table(tables), (channels, height, width), (8, 8, step), (0, 0, -1))
            return imgbuf.from_buffer(planes).transpose(1, 2, 0)
        if kind == "strided":
            origin = self._starts[0] if self._starts else self._table([0])
            view = self._view(origin, self.flat.shape, (self._pitch, channels * step, step), None)
        else:
            view = self._view(self._table(self._starts), self.flat.shape, (8, channels * step, step), (0, -1, -1))
        return imgbuf.from_buffer(view)

    def _view(self, origin, shape, strides, suboffsets):
        def values(numbers):
            return (ctypes.c_ssize_t * len(numbers))(*numbers) if numbers else None

        buffer = _PyBuffer(
            buf=origin,
            len=int(np.prod(shape)) * self._itemsize,
            itemsize=self._itemsize,
            ndim=len(shape),
            format=_pep3118(self.flat.dtype),
            shape=values(shape),
            strides=values(strides),
            suboffsets=values(suboffsets),
        )
        self._keep.append(buffer)
        return _memoryview_of(ctypes.byref(buffer))

    def check(self):
        """The memory holds the elements of `flat`, and every other byte of it is what it was."""
        for number, (row, elements) in enumerate(zip(self._rows, self._elements())):
            assert row.tobytes() == elements.tobytes(), f"row {number} of the memory"
        # Where the elements are overwritten, nothing but guard bytes is left.
        self._write([np.frombuffer(bytes([GUARD]) * self._itemsize, self.flat.dtype)] * len(self._rows))
        try:
            assert all((block == GUARD).all() for block in self._blocks), "a guard byte was written"
        finally:
            self._write(self._elements())
