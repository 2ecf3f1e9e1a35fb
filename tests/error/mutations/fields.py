"""Numbers in files, and what hostile files put in their place."""

from typing import NamedTuple


class Field(NamedTuple):
    """An unsigned number."""

    name: str
    offset: int
    size: int
    order: str = "little"

    def value(self, data):
        return int.from_bytes(data[self.offset : self.offset + self.size], self.order)

    def set(self, data, value):
        value &= (1 << 8 * self.size) - 1
        data[self.offset : self.offset + self.size] = value.to_bytes(self.size, self.order)
        return f"{self.name} = {value}"


def extreme(dice, old, size, file_size):
    """A number of so many bytes that a check may get wrong."""
    bits = 8 * size
    return dice.choice([
        0, 1, 2, 3,
        old - 1, old + 1, 2 * old, old // 2, old << 8, -old,
        file_size - 1, file_size, file_size + 1,
        (1 << bits) - 1, (1 << bits) - dice.randrange(2, 64), 1 << (bits - 1), (1 << (bits - 1)) - 1,
        1 << dice.randrange(bits), (1 << bits) // 3 + 1, dice.randrange(1 << bits), dice.randrange(256),
    ])


def set_extremes(data, fields, dice):
    """Gives some fields extreme values."""
    chosen = dice.sample(fields, min(len(fields), dice.choice([1, 1, 1, 2, 3])))
    return ", ".join(f.set(data, extreme(dice, f.value(data), f.size, len(data))) for f in chosen)


def cut(data, dice, places=()):
    """The file ends early: anywhere, or at a place that means something."""
    size = dice.choice([*places, dice.randrange(len(data)), dice.randrange(len(data))])
    del data[size:]
    return f"cut to {size} bytes"


def scatter(data, dice, end):
    """Changes single bytes before `end`."""
    offsets = [dice.randrange(min(end, len(data))) for _ in range(dice.randrange(1, 6))]
    for offset in offsets:
        data[offset] = dice.choice([0, 0xFF, data[offset] ^ 1 << dice.randrange(8), dice.randrange(256)])
    return f"other bytes at {offsets}"
