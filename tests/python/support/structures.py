"""Seeded random buffers: elements, and memory of any PEP 3118 structure that holds them."""

import ctypes
import itertools
import math
import struct

import buffer_probe

# Code to (bytes of an element in standard mode, what it is read as). Native sizes are the same for all of these.
ELEMENTS = {"B": "B", "b": "b", "H": "H", "h": "h", "I": "I", "i": "i", "e": "e", "f": "f", "d": "d", "c": "B", "?": "B"}
STANDARD_ELEMENTS = dict(ELEMENTS, l="i", L="I")
ORDERS = ("", "@", "=", "<", ">", "!")

POINTER_BYTES = ctypes.sizeof(ctypes.c_void_p)


class ItemFormat:
    """A format of items, and what their elements are.

    text: the exporter's format
    element: format of one element, for `struct`
    axes: extents inside an item
    """

    def __init__(self, text, element, axes=()):
        self.text = text
        self.element = element
        self.axes = tuple(axes)
        self.element_bytes = struct.calcsize(element)
        self.bytes = self.element_bytes * math.prod(axes)

    @classmethod
    def random(cls, random, order=None):
        order = random.choice(ORDERS) if order is None else order
        codes = STANDARD_ELEMENTS if order in ("=", "<", ">", "!") else ELEMENTS
        code = random.choice(sorted(codes))
        element = (order if order != "@" else "") + codes[code]
        kind = random.randrange(8)
        count = random.randint(2, 4)
        if kind == 0:
            return cls(f"{order}{count}{code}", element, (count,))
        if kind == 1:
            members = "".join(f"{code}:{name}:" for name in "rgba"[:count])
            return cls(f"{order}T{{{members}}}" if random.random() < 0.5 else f"T{{{order}{members}}}", element, (count,))
        if kind == 2:
            return cls(f"{order}({count},2){code}", element, (count, 2))
        return cls(order + code, element)

    def canonical(self):
        """The format of one element as an image tells it."""
        native = struct.pack("=H", 1)
        swapped = self.element_bytes > 1 and struct.pack(self.element[0] + "H", 1) != native if len(self.element) > 1 else False
        order = (">" if native[0] == 1 else "<") if swapped else ""
        return order + self.element[-1]


class Structure:
    """Memory of a random structure, filled with random elements, and its exporter.

    shape, strides, suboffsets: of the exporter; suboffsets is None when no axis has one
    values: the bytes of each item by its index
    """

    def __init__(self, random, *, item=None, ndim=None, readonly=False, pointers=None, on_release=None):
        self.item = item or ItemFormat.random(random)
        ndim = random.randint(0, 5) if ndim is None else ndim
        largest = (40, 16, 8, 5, 4, 3)[ndim]
        self.shape = tuple(0 if random.random() < 0.04 else random.randint(1, largest) for _ in range(ndim))
        if pointers is None:
            density = random.choice((0, 0.2, 0.5, 1))
            pointers = tuple(random.random() < density for _ in range(ndim))
        self.readonly = readonly
        self.blocks = []  # keeps the memory
        self._place(random, pointers)
        self.values = {}
        # CPython's consumers follow pointers before an extent of 0, so that those have to be there.
        origin = self._fill(random, 0, ())
        self.exporter = buffer_probe.Exporter(origin, self.shape, self.strides, self.suboffsets, self.item.text,
                                              self.item.bytes, readonly=readonly, on_release=on_release)

    def __str__(self):
        return (f"shape {self.shape} strides {self.strides} suboffsets {self.suboffsets} "
                f"format {self.item.text!r} readonly {self.readonly}")

    def _place(self, random, pointers):
        """Chooses strides and suboffsets: one set for all tables of a level, as PEP 3118 has it."""
        self.levels = []  # (axes, bytes before the origin, bytes of the block)
        self.strides = [0] * len(self.shape)
        offsets = []
        axes = []
        for axis, has_pointer in enumerate(pointers):
            axes.append(axis)
            if has_pointer:
                self._place_level(random, axes, POINTER_BYTES)
                axes = []
            offsets.append(random.randrange(24) if has_pointer else -random.randint(1, 9))
        self._place_level(random, axes, self.item.bytes)
        self.strides = tuple(self.strides)
        self.suboffsets = tuple(offsets) if any(pointers) else (tuple(offsets) if random.random() < 0.2 else None)
        self.offsets = [offset for offset in offsets if offset >= 0]

    def _place_level(self, random, axes, item_bytes):
        inward = list(axes)[::-1]
        manner = random.random()
        packed = manner < 0.4
        if manner > 0.7:
            random.shuffle(inward)
        elif manner > 0.55:
            inward.reverse()
        span, before = item_bytes, 0
        for axis in inward:
            extent = self.shape[axis]
            stride = span + (0 if packed else random.choice((0, 0, 1, 3, item_bytes)))
            if not packed and random.random() < 0.1:
                stride = 0  # every index is the same item
            if not packed and random.random() < 0.3:
                stride = -stride
                before += abs(stride) * max(extent - 1, 0)
            self.strides[axis] = stride
            span += abs(stride) * max(extent - 1, 0)
        self.levels.append((axes, before, span))

    def _block(self, random, size):
        misaligned = random.choice((0, 0, 1, 5))
        block = ctypes.create_string_buffer(size + 8)
        self.blocks.append(block)
        return ctypes.addressof(block) + misaligned

    def _fill(self, random, level, prefix):
        """Makes the block of a level behind an index, and what it leads to. Returns where its arithmetic starts."""
        axes, before, size = self.levels[level]
        origin = self._block(random, size) + before
        made = {}
        for index in itertools.product(*(range(self.shape[a]) for a in axes)):
            address = origin + sum(i * self.strides[a] for i, a in zip(index, axes))
            if level + 1 < len(self.levels):
                if address not in made:
                    made[address] = prefix + index
                    target = self._fill(random, level + 1, prefix + index) - self.offsets[level]
                    ctypes.memmove(address, struct.pack("P", target % 2**64), POINTER_BYTES)
                else:  # several indices share a slot: what lies behind it is the same
                    for other in [o for o in self.values if o[:len(prefix + index)] == made[address]]:
                        self.values[prefix + index + other[len(prefix + index):]] = self.values[other]
            else:
                if address not in made:
                    # 0 and 1 are what every code of one byte can be; floats of random bytes would not compare.
                    item = struct.pack(f"{self.item.element[:-1]}{self.item.bytes // self.item.element_bytes}"
                                       f"{self.item.element[-1]}",
                                       *(self._number(random) for _ in range(self.item.bytes // self.item.element_bytes)))
                    ctypes.memmove(address, item, len(item))
                    made[address] = item
                self.values[prefix + index] = made[address]
        return origin

    def _number(self, random):
        code = self.item.element[-1]
        if code in "efd":
            return random.randint(-2000, 2000) / 8
        if "?" in self.item.text:
            return random.randint(0, 1)
        bits = 8 * self.item.element_bytes
        return random.randrange(2**bits) if code.isupper() else random.randrange(-2**(bits - 1), 2**(bits - 1))

    # What an image over it has to be.

    @property
    def image_shape(self):
        return self.shape + self.item.axes

    @property
    def indirections(self):
        return len(self.offsets)

    def elements(self):
        """The bytes of each element by its index in the image."""
        result = {}
        inner = list(itertools.product(*map(range, self.item.axes)))
        size = self.item.element_bytes
        for index, item in self.values.items():
            for i, within in enumerate(inner):
                result[index + within] = item[i * size:(i + 1) * size]
        return result

    def tobytes(self, order):
        elements = self.elements()
        shape = self.image_shape
        if order == "C":
            return b"".join(elements[index] for index in itertools.product(*map(range, shape)))
        return b"".join(elements[index[::-1]] for index in itertools.product(*map(range, shape[::-1])))

    def tolist(self):
        elements = self.elements()

        def lists(prefix, shape):
            if not shape:
                return struct.unpack(self.item.element, elements[prefix])[0]
            return [lists(prefix + (i,), shape[1:]) for i in range(shape[0])]

        return lists((), self.image_shape)
