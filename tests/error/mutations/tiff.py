"""TIFF and BigTIFF: directories that lie about types, counts and offsets, or lead into themselves."""

from .fields import Field, cut, extreme, scatter, set_extremes

TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
TAGS = [254, 256, 257, 258, 259, 262, 266, 270, 273, 274, 277, 278, 279, 282, 283, 284, 296, 305, 317, 320, 322, 323,
        324, 325, 330, 338, 339, 700, 33723, 34377, 34665, 34675, 34853, 40965]
# Tags whose value is the offset of a directory: SubIFDs, EXIF, GPS, interoperability.
POINTERS = [330, 34665, 34853, 40965]


class Entry:
    """A field of a directory, and where its parts stand."""

    def __init__(self, file, offset):
        wide = 8 if file.big else 4
        self.offset, self.size = offset, 4 + 2 * wide
        self.tag = Field("tag", offset, 2, file.order)
        self.type = Field("type", offset + 2, 2, file.order)
        self.count = Field("count", offset + 4, wide, file.order)
        self.value = Field("value", offset + 4 + wide, wide, file.order)


class Directories:
    """What a valid file's directories hold."""

    def __init__(self, data):
        self.order = "little" if data[:2] == b"II" else "big"
        self.big = 43 in data[2:4]
        wide = 8 if self.big else 4
        first = Field("first directory", wide, wide, self.order)
        self.header = [Field("version", 2, 2, self.order), first]
        if self.big:
            self.header += [Field("bytes of offsets", 4, 2, self.order), Field("always 0", 6, 2, self.order)]
        self.start = first.value(data)
        self.count = Field("number of fields", self.start, 8 if self.big else 2, self.order)
        at, size = self.start + self.count.size, 4 + 2 * wide
        self.entries = [Entry(self, at + i * size) for i in range(self.count.value(data))]
        self.next = Field("next directory", at + len(self.entries) * size, wide, self.order)

    def elements(self, data):
        """The single numbers of all fields: offsets and sizes of strips, bits of samples."""
        for entry in self.entries:
            tag, size = entry.tag.value(data), TYPE_BYTES.get(entry.type.value(data), 1)
            count = entry.count.value(data)
            start = entry.value.offset if count * size <= entry.value.size else entry.value.value(data)
            for i in range(min(count, 64)):
                yield Field(f"element {i} of tag {tag}", start + i * size, size, self.order)


def other_type(data, file, dice):
    entry = dice.choice(file.entries)
    tag = entry.tag.value(data)
    return f"tag {tag}: " + entry.type.set(data, dice.choice([*TYPE_BYTES, 0, 14, 15, 19, 255, 65535]))


def other_count(data, file, dice):
    entry = dice.choice(file.entries)
    tag = entry.tag.value(data)
    return f"tag {tag}: " + entry.count.set(data, extreme(dice, entry.count.value(data), entry.count.size, len(data)))


def other_tag(data, file, dice):
    entry = dice.choice(file.entries)
    tag = entry.tag.value(data)
    return f"tag {tag}: " + entry.tag.set(data, dice.choice([*TAGS, 0, 65535]))


def other_place(data, file, dice):
    """The values are elsewhere: in the header, in the directory itself, behind the end."""
    entry = dice.choice(file.entries)
    tag = entry.tag.value(data)
    place = dice.choice([0, file.start, entry.offset, entry.value.offset, len(data) - 1, len(data), (1 << 31) - 1,
                         (1 << 32) - 1, (1 << 63) - 1, (1 << 64) - 8])
    count = entry.count.set(data, max(entry.count.value(data), dice.choice([2, 3, 9, 1000])))
    return f"tag {tag}: {count}, " + entry.value.set(data, place)


def twice(data, file, dice):
    one, other = dice.choice(file.entries), dice.choice(file.entries)
    data[other.offset : other.offset + other.size] = data[one.offset : one.offset + one.size]
    return f"tag {one.tag.value(data)} again in place of another"


def cycle(data, file, dice):
    """A directory that leads to itself, as the next one or as one below it."""
    if dice.random() < 0.4:
        return file.next.set(data, dice.choice([file.start, file.start + 2, file.next.offset, len(data) - 2]))
    entry = dice.choice(file.entries)
    tag = entry.tag.set(data, dice.choice(POINTERS))
    entry.type.set(data, dice.choice([4, 13, 18]))
    count = entry.count.set(data, dice.choice([1, 1, 1, 2, 1 << 30]))
    return f"{tag}, {count}, " + entry.value.set(data, dice.choice([file.start, entry.offset, entry.value.offset]))


def elements(data, file, dice):
    return set_extremes(data, list(file.elements(data)), dice)


def header(data, file, dice):
    return set_extremes(data, [*file.header, file.count, file.next], dice)


def shorter(data, file, dice):
    return cut(data, dice, [file.start, file.next.offset, *(entry.offset for entry in file.entries)])


def bytes_of_directory(data, file, dice):
    if dice.random() < 0.5:
        return scatter(data, dice, len(data))
    part = data[file.start : file.next.offset]
    what = scatter(part, dice, len(part))
    data[file.start : file.next.offset] = part
    return "directory: " + what


WAYS = [elements, elements, elements, elements, other_type, other_count, other_count, other_tag, other_place, twice,
        cycle, cycle, header, shorter, bytes_of_directory]


def mutated(seed, dice):
    data = bytearray(seed)
    file = Directories(seed)
    ways = dice.sample(WAYS[:-2], dice.choice([1, 1, 2, 3])) if dice.random() < 0.85 else [dice.choice(WAYS[-2:])]
    what = "; ".join(way(data, file, dice) for way in ways)
    return bytes(data), what
