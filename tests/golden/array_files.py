"""Arrays of pixels in picture files, written and read by anything but imgbuf: NumPy, Pillow, tifffile, netpbm's
programs, and for what those cannot do the bytes themselves.

Arrays are (height, width) for one channel, else (height, width, channels): gray, gray and alpha, RGB, RGBA.
"""

import shutil
import struct

import golden
import png_file

try:
    import numpy
    import tifffile
    from PIL import Image
except ImportError as error:
    golden.skip_all(error)

TYPES = {"u8": "u1", "i8": "i1", "u16": "u2", "i16": "i2", "u32": "u4", "i32": "i4",
         "f16": "f2", "f32": "f4", "f64": "f8"}


def channels_of(array):
    return array.shape[2] if array.ndim == 3 else 1


def with_channels(array, channels):
    return array.reshape(*array.shape[:2], *([channels] if channels > 1 else []))


def stored(array, order):
    """The array's bytes in C order and a byte order."""
    return array.astype(array.dtype.newbyteorder(order)).tobytes()


def write_npy(path, array, order="<", fortran=False, version=(1, 0)):
    array = array.astype(array.dtype.newbyteorder(order))
    with open(path, "wb") as file:
        numpy.lib.format.write_array(file, numpy.asfortranarray(array) if fortran else array, version=version)


def read_npy(path):
    array = numpy.load(path)
    return array.astype(array.dtype.newbyteorder("="))


def write_tiff(path, array, planar=False, **options):
    channels = channels_of(array)
    if planar and channels > 1:
        array = numpy.moveaxis(array, 2, 0)
        options["planarconfig"] = "separate"
    elif channels > 1:
        options["planarconfig"] = "contig"
    if channels in (2, 4):
        options["extrasamples"] = ["unassalpha"]
    photometric = "minisblack" if channels <= 2 else "rgb"
    tifffile.imwrite(path, array, photometric=photometric, metadata=None, software=False, **options)


def leave_out(path, every):
    """Says of the first strip or tile of so many, and of all that come that much later, that it is not stored."""
    with tifffile.TiffFile(path, mode="r+b") as file:
        for name in ("Offsets", "ByteCounts"):
            (tag,) = (t for t in file.pages[0].tags if t.name in ("Strip" + name, "Tile" + name))
            values = (tag.value,) if isinstance(tag.value, int) else tag.value
            tag.overwrite([0 if i % every == 0 else value for i, value in enumerate(values)])


def read_tiff(path):
    with tifffile.TiffFile(path) as file:
        (page,) = file.pages
        array = page.asarray()
        array = array.astype(array.dtype.newbyteorder("="))
        # tifffile drops axes of extent 1.
        height, width, channels = page.imagelength, page.imagewidth, page.samplesperpixel
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
            return with_channels(numpy.moveaxis(array.reshape(channels, height, width), 0, 2), channels)
        return with_channels(array.reshape(height, width, channels), channels)


def maximum_of(array):
    return numpy.iinfo(array.dtype).max


def write_pnm(path, array):
    height, width = array.shape[:2]
    head = b"P%d\n%d %d\n%d\n" % (5 if array.ndim == 2 else 6, width, height, maximum_of(array))
    path.write_bytes(head + stored(array, ">"))


def read_pnm(path):
    pnm = golden.Pnm(path.read_bytes())
    dtype = ">u2" if pnm.maximum > 255 else "u1"
    array = numpy.frombuffer(pnm.samples, dtype).astype(dtype[-2:])
    return with_channels(array.reshape(pnm.height, pnm.width, pnm.channels), pnm.channels)


def write_pam(path, array):
    height, width = array.shape[:2]
    channels = channels_of(array)
    name = [b"GRAYSCALE", b"GRAYSCALE_ALPHA", b"RGB", b"RGB_ALPHA"][channels - 1]
    head = b"P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL %d\nTUPLTYPE %s\nENDHDR\n" % (
        width, height, channels, maximum_of(array), name)
    path.write_bytes(head + stored(array, ">"))


def read_pam(path):
    data = path.read_bytes()
    head, samples = data.split(b"ENDHDR\n", 1)
    fields = dict(line.split(b" ", 1) for line in head.splitlines()[1:])
    width, height, channels = (int(fields[name]) for name in (b"WIDTH", b"HEIGHT", b"DEPTH"))
    if shutil.which("pamchannel"):  # netpbm takes all channels out of the file, and puts them into a new one
        data = golden.output_of("pamchannel", "-infile", path, *range(channels))
        samples = data.split(b"ENDHDR\n", 1)[1]
    dtype = {b"255": "u1", b"65535": ">u2"}[fields[b"MAXVAL"]]
    array = numpy.frombuffer(samples, dtype).astype(dtype[-2:])
    return with_channels(array.reshape(height, width, channels), channels)


def write_pfm(path, array, order="<"):
    height, width = array.shape[:2]
    scale = b"-1.0" if order == "<" else b"1.0"
    head = b"%s\n%d %d\n%s\n" % (b"Pf" if array.ndim == 2 else b"PF", width, height, scale)
    path.write_bytes(head + stored(array[::-1], order))


def read_pfm(path):
    kind, size, scale, samples = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    channels = {b"Pf": 1, b"PF": 3}[kind]
    array = numpy.frombuffer(samples, "<f4" if float(scale) < 0 else ">f4").astype("f4")
    return with_channels(array.reshape(height, width, channels)[::-1], channels)


def write_png(path, array, interlaced=False):
    height, width = array.shape[:2]
    color_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels_of(array)]
    rows = [stored(row, ">") for row in array]
    png_file.write(path, png_file.Png(width, height, 8 * array.itemsize, color_type, rows, interlaced))


def read_png(path):
    png = png_file.read(path)
    dtype = {8: "u1", 16: ">u2"}[png.bit_depth]
    channels = png_file.CHANNELS[png.color_type]
    array = numpy.frombuffer(b"".join(png.rows), dtype).astype(dtype[-2:])
    return with_channels(array.reshape(png.height, png.width, channels), channels)


def write_bmp(path, array, top_down=False):
    """Gray by a palette, RGB, and RGBA by masks, which need a header that says so."""
    height, width = array.shape[:2]
    channels = channels_of(array)
    palette = b"".join(bytes([i, i, i, 0]) for i in range(256)) if channels == 1 else b""
    masks = struct.pack("<4I52x", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) if channels == 4 else b""
    header_size = 40 + len(masks)
    pixels = array if channels == 1 else array[:, :, [2, 1, 0, 3][:channels]]
    rows = [row.tobytes() + bytes(-width * channels % 4) for row in (pixels if top_down else pixels[::-1])]
    offset = 14 + header_size + len(palette)
    info = struct.pack("<IiiHHIIiiII", header_size, width, -height if top_down else height, 1, 8 * channels,
                       3 if channels == 4 else 0, 0, 0, 0, 0, 0)
    body = info + masks + palette + b"".join(rows)
    path.write_bytes(struct.pack("<2sIHHI", b"BM", 14 + len(body), 0, 0, offset) + body)


def read_bmp(path):
    with Image.open(path) as image:
        # A gray palette is Pillow's "L", of two entries "1".
        return numpy.asarray(image.convert("L") if image.mode in ("1", "P") else image)


def write_jpeg(path, array):
    Image.fromarray(array).save(path, "JPEG", quality=100, subsampling=0)


def read_jpeg(path):
    pnm = golden.djpeg(path)
    return with_channels(numpy.frombuffer(pnm.samples, "u1").reshape(pnm.height, pnm.width, pnm.channels), pnm.channels)


def write_packed_png(path, samples, bits, palette=None):
    """Gray samples of few bits, or with a palette (an array of RGB) indices."""
    height, width = samples.shape
    entries = b"" if palette is None else palette.tobytes()
    rows = [row.tobytes() for row in samples]
    png_file.write(path, png_file.Png(width, height, bits, 0 if palette is None else 3, rows, False, entries))


def shown(path):
    """The colours of a file, 8 bits each, as whoever looks at it sees them."""
    if path.suffix in (".npy", ".pam", ".pfm"):
        if path.suffix == ".pam" and b"MAXVAL 255\n" not in path.read_bytes():
            # netpbm knows what a smaller maximum means.
            path.write_bytes(golden.output_of("pamdepth", "255", path))
        array = {".npy": read_npy, ".pam": read_pam, ".pfm": read_pfm}[path.suffix](path)
        if array.dtype.kind == "f":
            array = numpy.rint(array * 255).astype("u1")
        return numpy.repeat(array[:, :, None], 3, axis=2) if array.ndim == 2 else array
    with Image.open(path) as image:
        return numpy.asarray(image.convert("RGB"))


def depth(path):
    """Bits of a sample in a file of PNG, TIFF or BMP."""
    if path.suffix == ".png":
        return png_file.read(path).bit_depth
    if path.suffix == ".bmp":
        return struct.unpack_from("<H", path.read_bytes(), 28)[0]
    with tifffile.TiffFile(path) as file:
        return file.pages[0].bitspersample


class Format:
    """How a format is written and read, and what it holds.

    `types` and `channels` are what imgbuf writes; `variants` are ways in which other programs write the same array.
    """

    def __init__(self, extension, types, channels, write, read, variants=({},)):
        self.extension, self.types, self.channels = extension, types, channels
        self.write, self.read, self.variants = write, read, variants

    def kinds(self):
        return [(element, channels) for element in self.types for channels in self.channels]


TIFF_VARIANTS = [
    {}, {"byteorder": ">"}, {"bigtiff": True}, {"byteorder": ">", "bigtiff": True, "rowsperstrip": 3}, {"planar": True},
    {"planar": True, "byteorder": ">", "rowsperstrip": 5}, {"tile": (16, 16)}, {"tile": (16, 32), "byteorder": ">"},
    {"tile": (32, 16), "planar": True, "bigtiff": True}, {"rowsperstrip": 1},
]
NPY_VARIANTS = [{"order": order, "fortran": fortran} for order in "<>" for fortran in (False, True)]

# PBM holds bits, and those only.
FORMATS = {
    "PNG": Format("png", ["u8", "u16"], [1, 2, 3, 4], write_png, read_png, [{}, {"interlaced": True}]),
    "JPEG": Format("jpg", ["u8"], [1, 3], write_jpeg, read_jpeg),
    "PGM": Format("pgm", ["u8", "u16"], [1], write_pnm, read_pnm),
    "PPM": Format("ppm", ["u8", "u16"], [3], write_pnm, read_pnm),
    "PNM": Format("pnm", ["u8", "u16"], [1, 3], write_pnm, read_pnm),
    "PAM": Format("pam", ["u8", "u16"], [1, 2, 3, 4], write_pam, read_pam),
    "PFM": Format("pfm", ["f32"], [1, 3], write_pfm, read_pfm, [{"order": "<"}, {"order": ">"}]),
    "BMP": Format("bmp", ["u8"], [1, 3, 4], write_bmp, read_bmp, [{}, {"top_down": True}]),
    "NPY": Format("npy", list(TYPES), [1, 2, 3, 4], write_npy, read_npy, NPY_VARIANTS),
    "TIFF": Format("tif", list(TYPES), [1, 2, 3, 4], write_tiff, read_tiff, TIFF_VARIANTS),
}
