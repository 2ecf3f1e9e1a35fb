"""PNG files taken apart and put together with nothing but zlib: an oracle that shares no code with libpng."""

import struct
import zlib
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Adam7: first column, first row, step across, step down of each pass.
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


@dataclass
class Png:
    """A picture as its file has it. `rows` holds a byte a sample, two (big-endian) when the depth is 16."""

    width: int
    height: int
    bit_depth: int
    color_type: int
    rows: list
    interlaced: bool = False
    palette: bytes = b""
    transparency: bytes = b""

    @property
    def pixel_bytes(self):
        """Bytes of a pixel in `rows`."""
        return CHANNELS[self.color_type] * (2 if self.bit_depth == 16 else 1)

    def kind(self):
        """Everything but the pixels' values and how they are interlaced."""
        return (self.width, self.height, self.bit_depth, self.color_type, self.palette, self.transparency)

    def cropped(self, x, y, width, height):
        step = self.pixel_bytes
        rows = [row[x * step : (x + width) * step] for row in self.rows[y : y + height]]
        return Png(width, height, self.bit_depth, self.color_type, rows, False, self.palette, self.transparency)


def chunks(data):
    """Yields (type, data) and checks lengths and checksums."""
    if data[:8] != SIGNATURE:
        raise ValueError("no PNG signature")
    at = 8
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        (crc,) = struct.unpack_from(">I", data, at + 8 + size)
        if crc != zlib.crc32(name + body):
            raise ValueError(f"wrong CRC of {name}")
        yield name.decode("ascii"), body
        at += 12 + size


def _unfiltered(data, at, row_count, row_bytes, step):
    """The rows of one pass and where they end."""
    above = bytearray(row_bytes)
    rows = []
    for _ in range(row_count):
        kind, line = data[at], bytearray(data[at + 1 : at + 1 + row_bytes])
        at += 1 + row_bytes
        if kind == 1:
            for i in range(step, row_bytes):
                line[i] = (line[i] + line[i - step]) & 255
        elif kind == 2:
            line = bytearray((a + b) & 255 for a, b in zip(line, above))
        elif kind == 3:
            for i in range(row_bytes):
                left = line[i - step] if i >= step else 0
                line[i] = (line[i] + ((left + above[i]) >> 1)) & 255
        elif kind == 4:
            for i in range(row_bytes):
                a = line[i - step] if i >= step else 0
                b = above[i]
                c = above[i - step] if i >= step else 0
                pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
                line[i] = (line[i] + (a if pa <= pb and pa <= pc else b if pb <= pc else c)) & 255
        elif kind != 0:
            raise ValueError(f"filter {kind}")
        rows.append(bytes(line))
        above = line
    return rows, at


def _unpacked(row, count, bit_depth):
    """A byte a sample."""
    if bit_depth >= 8:
        return row
    per_byte = 8 // bit_depth
    mask = (1 << bit_depth) - 1
    samples = bytearray()
    for byte in row:
        samples += bytes((byte >> (8 - bit_depth * (i + 1))) & mask for i in range(per_byte))
    return bytes(samples[:count])


def _packed(row, bit_depth):
    if bit_depth >= 8:
        return row
    per_byte = 8 // bit_depth
    row = row + bytes(-len(row) % per_byte)
    packed = bytearray()
    for first in range(0, len(row), per_byte):
        byte = 0
        for sample in row[first : first + per_byte]:
            byte = byte << bit_depth | sample
        packed.append(byte)
    return bytes(packed)


def _pass_size(size, first, step):
    return max(0, (size - first + step - 1) // step)


def read(path):
    with open(path, "rb") as file:
        found = {}
        for name, body in chunks(file.read()):
            found[name] = found.get(name, b"") + body
    width, height, depth, color_type, _, _, interlaced = struct.unpack(">IIBBBBB", found["IHDR"])
    if "IEND" not in found:
        raise ValueError("no IEND")
    data = zlib.decompress(found["IDAT"])
    bits = CHANNELS[color_type] * depth
    step = max(1, bits // 8)
    png = Png(width, height, depth, color_type, [], bool(interlaced), found.get("PLTE", b""), found.get("tRNS", b""))
    if color_type != 3:
        png.palette = b""  # only a suggestion
    if not interlaced:
        rows, at = _unfiltered(data, 0, height, (width * bits + 7) // 8, step)
        png.rows = [_unpacked(row, width * CHANNELS[color_type], depth) for row in rows]
    else:
        size = png.pixel_bytes
        canvas = [bytearray(width * size) for _ in range(height)]
        at = 0
        for x0, y0, dx, dy in PASSES:
            columns, lines = _pass_size(width, x0, dx), _pass_size(height, y0, dy)
            if columns == 0 or lines == 0:
                continue
            rows, at = _unfiltered(data, at, lines, (columns * bits + 7) // 8, step)
            for j, row in enumerate(rows):
                row = _unpacked(row, columns * CHANNELS[color_type], depth)
                target = canvas[y0 + j * dy]
                for k in range(size):
                    target[x0 * size + k :: dx * size] = row[k::size]
        png.rows = [bytes(row) for row in canvas]
    if at != len(data):
        raise ValueError("bytes after the pixels")
    return png


def write(path, png):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    if png.interlaced:
        size = png.pixel_bytes
        lines = []
        for x0, y0, dx, dy in PASSES:
            for row in png.rows[y0::dy] if x0 < png.width else []:
                pixels = [row[i * size : (i + 1) * size] for i in range(x0, png.width, dx)]
                lines.append(b"".join(pixels))
    else:
        lines = png.rows
    data = b"".join(b"\0" + _packed(line, png.bit_depth) for line in lines)
    header = struct.pack(
        ">IIBBBBB", png.width, png.height, png.bit_depth, png.color_type, 0, 0, 1 if png.interlaced else 0
    )
    with open(path, "wb") as file:
        file.write(SIGNATURE + chunk(b"IHDR", header))
        if png.palette:
            file.write(chunk(b"PLTE", png.palette))
        if png.transparency:
            file.write(chunk(b"tRNS", png.transparency))
        file.write(chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))
