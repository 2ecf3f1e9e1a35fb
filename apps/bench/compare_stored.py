#!/usr/bin/env python3
"""Uncompressed files: parts and turns of them by imgbuf and by its peers, run by run in turn.

usage: compare_stored.py --imgbuf PROGRAM [--runs N] [--only NAME] [--directory DIR]

The files are made first, in DIR, which wants 5 GB free where files are sparse: a BigTIFF of 4.3 GB in shuffled strips, and a
photograph of 24 megapixels as TIFF and JPEG. Peers are libvips' `vips` and libjpeg-turbo's `djpeg`; without them a row
has no ratio. All files are in the page cache. Peak memory is that of GNU time (`/usr/bin/time`).
"""

import argparse
import pathlib
import random
import shutil
import struct
import tempfile

from compare_programs import compare, peak_mebibytes, run

WIDTH, HEIGHT, STRIP_ROWS = 40_000, 36_000, 8
CROP = (1000, 1000, 17_321, 20_123)  # width, height, x, y
PHOTO = (6000, 4000)
PHOTO_CROP = (1000, 1000, 2500, 1500)


def make_huge(path):
    """RGB in strips of a few rows in shuffled order, without a byte that is not 0 but for the directory."""
    strips, strip_bytes = HEIGHT // STRIP_ROWS, WIDTH * 3 * STRIP_ROWS
    order = list(range(strips))
    random.Random(1).shuffle(order)
    fields = [(256, 4, [WIDTH]), (257, 4, [HEIGHT]), (258, 3, [8, 8, 8]), (259, 3, [1]), (262, 3, [2]),
              (273, 16, [(1 << 20) + place * strip_bytes for place in order]), (277, 3, [3]), (278, 4, [STRIP_ROWS]),
              (279, 16, [strip_bytes] * strips)]
    entries, data, data_at = b"", b"", 16 + 8 + 20 * len(fields) + 8
    for tag, kind, values in fields:
        packed = struct.pack(f"<{len(values)}{ {3: 'H', 4: 'I', 16: 'Q'}[kind] }", *values)
        entries += struct.pack("<HHQ", tag, kind, len(values))
        entries += packed.ljust(8, b"\0") if len(packed) <= 8 else struct.pack("<Q", data_at + len(data))
        data += packed if len(packed) > 8 else b""
    with open(path, "wb") as file:
        file.write(struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, len(fields)) + entries + bytes(8) + data)
        file.truncate((1 << 20) + strips * strip_bytes)


def make_photo(imgbuf, directory):
    """Blocks of colours under noise, as TIFF and as JPEG."""
    width, height = PHOTO
    rng = random.Random(3)
    low_bits = int.from_bytes(b"\x07" * width * 3, "little")
    blocks = 0
    with open(directory / "photo.ppm", "wb") as file:
        file.write(b"P6 %d %d 255\n" % PHOTO)
        for y in range(height):
            if y % 8 == 0:
                steps = [rng.randrange(256) for _ in range(width * 3 // 24 + 1)]
                blocks = int.from_bytes(b"".join(bytes([step]) * 24 for step in steps)[:width * 3], "little")
            noise = int.from_bytes(rng.randbytes(width * 3), "little") & low_bits
            file.write((blocks ^ noise).to_bytes(width * 3, "little"))
    for name in ("photo.tif", "photo.jpg"):
        run([imgbuf, "convert", directory / "photo.ppm", directory / name])


def geometry(crop):
    return "{}x{}+{}+{}".format(*crop)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--imgbuf", required=True, help="the program")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", help="info, huge-crop, huge-crop-vips, jpeg-crop, tiff-crop or rotate")
    parser.add_argument("--directory", help="where files are made; a temporary one by default")
    options = parser.parse_args()
    vips, djpeg = shutil.which("vips"), shutil.which("djpeg")
    with tempfile.TemporaryDirectory(dir=options.directory) as name:
        directory = pathlib.Path(name)
        huge, tiff, jpeg = (directory / file for file in ("huge.tif", "photo.tif", "photo.jpg"))
        make_huge(huge)
        make_photo(options.imgbuf, directory)

        def imgbuf(*arguments):
            return [options.imgbuf, *map(str, arguments)]

        def row(name, mine, peer):
            if options.only in (None, name):
                if peer[0]:
                    compare(name, mine, [str(word) for word in peer], options.runs, outputs=outputs)
                else:
                    print(f"{name}: no peer; peak {peak_mebibytes(mine):.1f} MiB")

        width, height, x, y = CROP
        out, small = directory / "out", directory / "small.tif"
        outputs = [f"{out}{end}" for end in (".png", ".ppm", ".tif", "-peer.ppm", "-peer.tif")]
        run(imgbuf("convert", huge, small, "--crop", geometry(CROP)))
        row("info", imgbuf("info", huge), imgbuf("--version"))
        # Against the encoding of the same pixels alone.
        row("huge-crop", imgbuf("convert", huge, f"{out}.png", "--crop", geometry(CROP)),
            imgbuf("convert", small, f"{out}.png"))
        row("huge-crop-vips", imgbuf("convert", huge, f"{out}.png", "--crop", geometry(CROP)),
            [vips, "crop", huge, f"{out}.png", x, y, width, height])
        width, height, x, y = PHOTO_CROP
        row("jpeg-crop", imgbuf("convert", jpeg, f"{out}.ppm", "--crop", geometry(PHOTO_CROP)),
            [djpeg, "-crop", geometry(PHOTO_CROP), "-outfile", f"{out}-peer.ppm", jpeg])
        row("tiff-crop", imgbuf("convert", tiff, f"{out}.tif", "--crop", geometry(PHOTO_CROP)),
            [vips, "crop", tiff, f"{out}-peer.tif", x, y, width, height])
        row("rotate", imgbuf("convert", tiff, f"{out}.tif", "--rotate", "90"),
            [vips, "rot", tiff, f"{out}-peer.tif", "d90"])


if __name__ == "__main__":
    main()
