"""JPEG: segments with other lengths, sizes, tables or order."""

from .fields import Field, cut, scatter, set_extremes

MARKERS = [0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC8, 0xC9, 0xCC, 0xD0, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xDC, 0xDE, 0xE0, 0xE1,
           0xE2, 0xED, 0xEE, 0xFE, 0x01, 0x00, 0xFF]


class Segment:
    def __init__(self, data, at):
        self.start = at
        self.marker = Field("marker", at + 1, 1)
        self.length = Field("length", at + 2, 2, "big")
        self.end = at + 2 + self.length.value(data)


def segments_of(data):
    """Those before the first scan's entropy-coded bytes."""
    segments, at = [], 2
    while data[at] == 0xFF:
        segments.append(Segment(data, at))
        at = segments[-1].end
        if data[segments[-1].start + 1] == 0xDA:
            break
    return segments


def frame_of(data):
    return next(s for s in segments_of(data) if s.marker.value(data) in (0xC0, 0xC1, 0xC2))


def frame_fields(segment):
    at = segment.start + 4
    fields = [Field("precision", at, 1), Field("height", at + 1, 2, "big"), Field("width", at + 3, 2, "big"),
              Field("components", at + 5, 1)]
    return fields + [Field(f"sampling {i}", at + 7 + 3 * i, 1) for i in range((segment.end - at - 6) // 3)]


def resized(seed, width, height):
    """A file whose header claims another size, of at most 16 bits."""
    data = bytearray(seed)
    _, high, wide, *_ = frame_fields(frame_of(seed))
    high.set(data, min(height, 65535))
    wide.set(data, min(width, 65535))
    return bytes(data)


def mutated(seed, dice):
    data = bytearray(seed)
    segments = segments_of(seed)
    frame = frame_of(seed)
    segment = dice.choice(segments)
    kind = dice.random()
    if kind < 0.3:
        what = set_extremes(data, frame_fields(frame), dice)
    elif kind < 0.45:
        what = f"{segment.marker.value(seed):02x}: " + set_extremes(data, [segment.length], dice)
    elif kind < 0.55:
        what = segment.marker.set(data, dice.choice(MARKERS))
    elif kind < 0.65:
        what = f"{segment.marker.value(seed):02x} twice"
        data[segment.end : segment.end] = seed[segment.start : segment.end]
    elif kind < 0.75:
        what = f"{segment.marker.value(seed):02x} gone"
        del data[segment.start : segment.end]
    elif kind < 0.85:
        what = cut(data, dice, [s.start for s in segments] + [segments[-1].end])
    else:
        what = scatter(data, dice, dice.choice([segments[-1].end, len(data)]))
    return bytes(data), what
