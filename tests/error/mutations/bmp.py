"""BMP: sizes, heights, depths, masks and palettes at their extremes."""

from .fields import Field, cut, scatter, set_extremes

FILE_HEADER = [Field("file size", 2, 4), Field("reserved", 6, 4), Field("pixel offset", 10, 4),
               Field("header size", 14, 4)]
CORE = [Field("width", 18, 2), Field("height", 20, 2), Field("planes", 22, 2), Field("bits", 24, 2)]
INFO = [Field("width", 18, 4), Field("height", 22, 4), Field("planes", 26, 2), Field("bits", 28, 2),
        Field("compression", 30, 4), Field("image size", 34, 4), Field("x resolution", 38, 4),
        Field("y resolution", 42, 4), Field("colours", 46, 4), Field("important colours", 50, 4)]
MASKS = [Field(f"{name} mask", 54 + 4 * i, 4) for i, name in enumerate(("red", "green", "blue", "alpha"))]
PROFILE = [Field("colour space", 70, 4), Field("profile offset", 126, 4), Field("profile size", 130, 4)]
HEADER_SIZES = [12, 16, 40, 52, 56, 64, 108, 124, 0, 11, 41, 255]
BITS = [0, 1, 2, 4, 8, 16, 24, 32, 3, 5, 64, 65535]
MASK_VALUES = [0, 1, 0x1F, 0x7E0, 0xF800, 0xFF00FF, 0xFFFFFFFF, 0x80000001, 0x80000000]


def fields_of(data):
    size = FILE_HEADER[3].value(data)
    fields = FILE_HEADER + (CORE if size == 12 else INFO)
    if size >= 52 or INFO[4].value(data) in (3, 6):
        fields = fields + MASKS
    return fields + PROFILE if size == 124 else fields


def of_one_list(data, fields, dice):
    """A value that the field may have, but beside the others it means something else."""
    lists = {"header size": HEADER_SIZES, "bits": BITS, "compression": [0, 1, 2, 3, 4, 5, 6, 7, 11, 12],
             "height": [-1, -2, -(1 << 31), (1 << 31) - 1, 0], "width": [-1, -(1 << 31), (1 << 31) - 1, 0, 1 << 30],
             "colours": [0, 1, 255, 256, 257, 1 << 31, (1 << 32) - 1], "pixel offset": [0, 14, 26, 54, 58, 66],
             "colour space": [0, 0x73524742, 0x57696E20, 0x4C494E4B, 0x4D424544]}
    field = dice.choice([f for f in fields if f.name in lists or f.name.endswith("mask")])
    return field.set(data, dice.choice(lists.get(field.name, MASK_VALUES)))


def mutated(seed, dice):
    data = bytearray(seed)
    fields = fields_of(seed)
    kind = dice.random()
    if kind < 0.12:
        what = cut(data, dice, [14, 18, 26, 54, len(data) - 1])
    elif kind < 0.5:
        what = ", ".join(of_one_list(data, fields, dice) for _ in range(dice.choice([1, 1, 2, 3])))
    elif kind < 0.92:
        what = set_extremes(data, fields, dice)
    else:
        what = scatter(data, dice, 150)
    return bytes(data), what
