"""PNG: chunks with other lengths, fields, order or bytes; checksums are mostly made right again."""

import struct
import zlib

from .fields import Field, cut, scatter, set_extremes

SIGNATURE_BYTES = 8
HEADER = [Field("width", 0, 4, "big"), Field("height", 4, 4, "big"), Field("bit depth", 8, 1, "big"),
          Field("colour type", 9, 1, "big"), Field("compression", 10, 1, "big"), Field("filter", 11, 1, "big"),
          Field("interlace", 12, 1, "big")]
NAMES = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"pHYs", b"gAMA",
         b"cHRM", b"sRGB", b"bKGD", b"sBIT", b"acTL", b"XXXX", b"aaAa", b"\0\0\0\0", b"\xff\xff\xff\xff"]


def chunks_of(data):
    chunks, at = [], SIGNATURE_BYTES
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        chunks.append([bytes(data[at + 4 : at + 8]), bytearray(data[at + 8 : at + 8 + size])])
        at += 12 + size
    return chunks


def joined(seed, chunks):
    """A file of chunks, with right checksums."""
    out = bytearray(seed[:SIGNATURE_BYTES])
    for name, body in chunks:
        out += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return out


def resized(seed, width, height):
    """A file whose header claims another size."""
    chunks = chunks_of(seed)
    struct.pack_into(">II", chunks[0][1], 0, width, height)
    return bytes(joined(seed, chunks))


def mutated(seed, dice):
    chunks = chunks_of(seed)
    name, body = chunk = dice.choice(chunks)
    kind = dice.random()
    if kind < 0.3:
        what = set_extremes(chunks[0][1], HEADER, dice)
    elif kind < 0.4:
        chunk[0] = dice.choice(NAMES)
        what = f"{name} is called {chunk[0]}"
    elif kind < 0.5:
        chunks.insert(dice.randrange(len(chunks) + 1), [name, bytearray(body)])
        what = f"{name} twice"
    elif kind < 0.6:
        chunks.remove(chunk)
        what = f"{name} gone"
    elif kind < 0.7 and body:
        what = f"{name}: " + cut(body, dice)
    elif body:
        what = f"{name}: " + scatter(body, dice, len(body))
    else:
        body += bytes(dice.choice([1, 100, 100000]))
        what = f"{name} of {len(body)} bytes"
    out = joined(seed, chunks)
    if dice.random() < 0.15:
        what += "; " + cut(out, dice)
    if dice.random() < 0.15 and len(out) > 20:
        what += "; then " + scatter(out, dice, len(out))
    return bytes(out), what
