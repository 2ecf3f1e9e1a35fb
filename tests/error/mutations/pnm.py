"""PNM, PAM and PFM: numbers of any length, keywords twice or never, tuple types that are none."""

import re

from .fields import cut, scatter

NUMBERS = [b"0", b"-1", b"+1", b"1", b"2", b"255", b"256", b"65535", b"65536", b"1000000", b"1000001", b"2147483647",
           b"2147483648", b"4294967295", b"4294967296", b"9223372036854775807", b"9223372036854775808",
           b"18446744073709551616", b"9" * 400, b"0" * 400 + b"3", b"1" * 70000, b"0x10", b"1e3", b"3.5", b"", b"three",
           b"\xff", b"3\x00", b"1_000"]
SCALES = [b"0", b"-0", b"-0.0", b"1", b"-1", b"1e400", b"-1e400", b"1e-400", b"nan", b"-nan", b"inf", b"-inf",
          b"0x1p3", b"1e", b".", b"-", b"--1", b"1.0.0", b"1," + b"0" * 400, b"9" * 400, b"-0." + b"0" * 400 + b"1",
          b""]
TUPLE_TYPES = [b"BLACKANDWHITE", b"BLACKANDWHITE_ALPHA", b"GRAYSCALE", b"GRAYSCALE_ALPHA", b"RGB", b"RGB_ALPHA",
               b"CMYK", b"CMYK_ALPHA", b"", b"rgb", b"RGB RGB", b"RGB\nTUPLTYPE _ALPHA", b"X" * 5000, b"\xff\xfe",
               b"RGB_ALPHA_ALPHA", b"\x1b[31m", b"a\x00b"]
KEYWORDS = [b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL", b"TUPLTYPE", b"ENDHDR", b"width", b"WIDTHX", b"", b"#",
            b"X" * 5000]
SPACES = [b"", b" ", b"\t", b"\r", b"\r\n", b"\n\n", b"#\n", b" # a comment\n", b"#" + b"x" * 70000 + b"\n",
          b"# no end", b" " * 70000, b"\x00", b"\x0b"]
KINDS = [b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7", b"PF", b"Pf", b"P0", b"P8", b"Pg"]


def header_size(data):
    if data.startswith(b"P7"):
        return data.index(b"ENDHDR\n") + 7
    count = 3 if data[1:2] in b"14" else 4
    match = re.match(rb"(?:(?:#[^\n]*\n|\s)*[^\s#]+){%d}\s" % count, data)
    return match.end()


def replaced(header, pattern, values, dice):
    places = list(re.finditer(pattern, header))
    if not places:
        return header, "nothing"
    place = dice.choice(places)
    value = dice.choice(values)
    return header[: place.start()] + value + header[place.end() :], f"{place.group()!r} -> {value[:40]!r}"


def lines(header, dice):
    """A line of the header again, elsewhere, or not at all."""
    parts = header.splitlines(keepends=True)
    line = dice.choice(parts)
    way = dice.choice(["again", "elsewhere", "gone"])
    if way != "again":
        parts.remove(line)
    if way != "gone":
        parts.insert(dice.randrange(len(parts) + 1), line)
    return b"".join(parts), f"line {line[:20]!r} {way}"


def mutated_header(header, dice):
    ways = [(rb"(?<=\s)\d+", NUMBERS)] * 5 + [(rb"\s", SPACES)] * 2 + [(rb"^P.", KINDS)]
    if header[:2] == b"P7":
        ways += [(rb"(?<=TUPLTYPE )\S*", TUPLE_TYPES)] * 4 + [(rb"[A-Z]{5,}(?=[ \n])", KEYWORDS)] * 2
    if header[:2] in (b"PF", b"Pf"):
        ways += [(rb"-?\d+\.\d+", SCALES)] * 6
    if dice.random() < 0.1:
        return lines(header, dice)
    return replaced(header, *dice.choice(ways), dice)


def mutated(seed, dice):
    size = header_size(seed)
    kind = dice.random()
    if kind < 0.1:
        data = bytearray(seed)
        what = cut(data, dice, [2, size - 1, size, len(data) - 1])
    elif kind < 0.2:
        data = bytearray(seed)
        what = scatter(data, dice, dice.choice([size, len(data)]))
    else:
        header, changes = seed[:size], []
        for _ in range(dice.choice([1, 1, 2, 3])):
            header, what = mutated_header(header, dice) if header else (header, "nothing")
            changes.append(what)
        data, what = header + seed[size:], "; ".join(changes)
    if seed[1:2] in b"123" and dice.random() < 0.4:
        # Samples are text too.
        data, change = replaced(bytes(data), rb"(?<=\s)\d+(?=\s|$)", NUMBERS, dice)
        what += "; " + change
    return bytes(data), what
