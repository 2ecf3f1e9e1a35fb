"""NPY: header lengths, and dictionaries that are none of NumPy's."""

import re

from .fields import Field, cut, extreme, scatter

MANY_DIGITS = "9" * 400
SHAPES = ["()", "(5,)", "(0, 3)", "(3, 0)", "(2, 3, 0)", "(2, 3, 5)", "(1, 2, 3, 4)", "(-1, 3)", "(3, -1)", "(3 3)",
          "(3, 4", "3, 4", "(3, 4))", "(3L, 4L)", "(3, 4,)", "(3,, 4)", "(0x3, 4)", "(3.0, 4)", "(True, 4)",
          f"({MANY_DIGITS}, 3)", f"(3, {MANY_DIGITS})", f"(2, 3, {MANY_DIGITS})", "(9223372036854775807, 1)",
          "(1, 9223372036854775807)", "(9223372036854775808, 1)", "(18446744073709551615, 18446744073709551615)",
          "(4294967296, 4294967296)", "(1000000, 1000000)", "(1000000, 1000000, 4)", "(4611686018427387904, 4)",
          "(1, 1000001)", "(" + "1, " * 2000 + ")", "(" * 3000]
DESCRS = ["''", "'<u8'", "'<i8'", "'|O'", "'<c8'", "'|S5'", "'<U5'", "'|V8'", "'<M8[ns]'", "'=u2'", "'|u2'", "'<u1'",
          "'>u1'", "'u2'", "'<f16'", "'>f2'", "'<f4'", "'>f8'", "'|b1'", "'<b1'", "'<u99999999999999999999'", "'<'",
          "[('r', '<u2'), ('g', '<u2')]", "['<u2']", "None", "5", "'" + "u" * 5000 + "'", "'\\x00'", "'\xff\xfe'",
          "'<u2", "\"<u2\""]
ORDERS = ["True", "False", "1", "0", "'True'", "true", "None", "", "Truefalse"]
HEADERS = ["", "{", "{}", "}", "{'descr': '<u2'}",
           "{'shape': (3, 4), 'shape': (4, 3), 'descr': '|u1', 'fortran_order': False}",
           "[1, 2, 3]", "None", "{{}}", "\x00" * 100,
           "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4), 'x': 1}",
           "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4)} trailing", "__import__('os').abort()",
           "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4)", "{" * 4000, "{'" + "k" * 4000 + "': 1}"]


def with_header(data, text, padded=True):
    """The file with another dictionary, of version 1 or, where it is long, 2."""
    body = text.encode("latin-1") + b"\n"
    if padded:
        body += b" " * (-(10 + len(body)) % 64)
    size = Field("header length", 8, 2 if data[6] == 1 else 4)
    pixels = data[8 + size.size + size.value(data) :]
    if len(body) < 65536:
        return data[:6] + b"\1\0" + len(body).to_bytes(2, "little") + body + pixels
    return data[:6] + b"\2\0" + len(body).to_bytes(4, "little") + body + pixels


def mutated(seed, dice):
    size = Field("header length", 8, 2 if seed[6] == 1 else 4)
    text = seed[8 + size.size :][: size.value(seed)].decode("latin-1").strip()
    data = bytearray(seed)
    kind = dice.random()
    if kind < 0.1:
        what = cut(data, dice, [6, 8, 9, 10, 12, 10 + size.value(seed), len(data) - 1])
    elif kind < 0.2:
        what = size.set(data, extreme(dice, size.value(data), size.size, len(data)))
    elif kind < 0.25:
        what = Field("version", 6, 2).set(data, dice.choice([0, 1, 2, 3, 4, 255, 256, 257, 0xFFFF]))
    elif kind < 0.35:
        what = scatter(data, dice, 100)
    elif kind < 0.5:
        what = "header " + repr(text := dice.choice(HEADERS))[:80]
        data = with_header(seed, text)
    else:
        for _ in range(dice.choice([1, 1, 2])):
            pattern, values = dice.choice([
                (r"'shape': \([^)]*\)", [f"'shape': {shape}" for shape in SHAPES]),
                (r"'shape': \([^)]*\)", [f"'shape': {shape}" for shape in SHAPES]),
                (r"'descr': '[^']*'", [f"'descr': {descr}" for descr in DESCRS]),
                (r"'fortran_order': \w*", [f"'fortran_order': {order}" for order in ORDERS]),
                (r"[{:,}']", ["", "{", ":", ",,", "'", "\"", "\n", "\xa0"]),
                (r"'\w+'", ["'descr'", "'shape'", "'fortran_order'", "''", "'Shape'", "b'shape'"]),
            ])
            places = list(re.finditer(pattern, text))
            if places:
                place = dice.choice(places)
                text = text[: place.start()] + dice.choice(values) + text[place.end() :]
        what = "header " + repr(text)[:160]
        data = with_header(seed, text, dice.random() < 0.9)
    return bytes(data), what
