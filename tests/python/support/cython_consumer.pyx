# cython: language_level=3
"""A consumer of buffers whose access Cython compiles: typed memoryviews, with pointers followed and without."""

cimport cython
cimport cython.view


ctypedef fused Sample:
    unsigned char
    unsigned short
    float
    double


def rows_to_list(Sample[::cython.view.indirect, :, :] image):
    """The elements of an image of row pointers."""
    return [[[image[y, x, c] for c in range(image.shape[2])] for x in range(image.shape[1])]
            for y in range(image.shape[0])]


def planes_to_list(unsigned char[::cython.view.indirect, ::cython.view.indirect, :] image):
    """The elements of planes of row pointers."""
    return [[[image[p, y, x] for x in range(image.shape[2])] for y in range(image.shape[1])]
            for p in range(image.shape[0])]


def any_to_list(unsigned char[::cython.view.generic, ::cython.view.generic, :] image):
    """The elements of an image with or without pointers before its last axis."""
    return [[[image[y, x, c] for c in range(image.shape[2])] for x in range(image.shape[1])]
            for y in range(image.shape[0])]


def strided_to_list(unsigned char[:, :, :] image):
    """The elements of an image without pointers."""
    return [[[image[y, x, c] for c in range(image.shape[2])] for x in range(image.shape[1])]
            for y in range(image.shape[0])]


def add_to_rows(unsigned char[::cython.view.indirect, :, :] image, int value):
    """Writes through the pointers."""
    cdef Py_ssize_t y, x, c
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            for c in range(image.shape[2]):
                image[y, x, c] = <unsigned char>(image[y, x, c] + value)


def read_only_sum(const unsigned char[::cython.view.indirect, :, :] image):
    """Reads memory that may not be written."""
    cdef long total = 0
    cdef Py_ssize_t y, x, c
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            for c in range(image.shape[2]):
                total += image[y, x, c]
    return total


cdef class Holder:
    """Keeps a buffer as long as it lives."""

    cdef unsigned char[::cython.view.indirect, :, :] image

    def __init__(self, image):
        self.image = image

    def at(self, Py_ssize_t y, Py_ssize_t x, Py_ssize_t c):
        return self.image[y, x, c]
