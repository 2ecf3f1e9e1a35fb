"""Images that share their rows with Pillow. Pillow itself is only imported when it is needed."""

import contextlib
import functools

from imgbuf import _imgbuf
from imgbuf._errors import make

# Modes that Pillow's public frombuffer takes as they are. Others go through the function below it.
_PUBLIC_BUFFER_MODES = ("L", "P", "RGBX", "RGBA", "CMYK", "I;16", "I;16L", "I;16B")
_EXIF_PREFIX = b"Exif\0\0"


def from_pillow(im):
    """An image over the rows of a Pillow image: nothing is copied, one block of memory or many.

    The image is (height, width), or (height, width, channel) for modes of several channels, in the bytes in which
    Pillow keeps them: a pixel of RGB has four bytes, of which three are shown; LA and PA use the first and the last
    of four; "1" is a byte, 0 for black and any other for white (the channel "bilevel"; save, compare, astype and
    convert_samples take it for gray, and refuse other bytes than 0 and 255); a and b of LAB are two's complement.
    The bytes beside the channels stay as they are. RGBa and La are premultiplied, which no colour model of imgbuf
    is, so that their last channel has a name of its own. ICC profile, EXIF, palette and transparency become the
    info of modes that are gray, palette, RGB or CMYK.

    What is written here is seen by Pillow and the other way round, as long as Pillow keeps its memory: operations
    that make it take new memory (resizing in place with thumbnail, a change of mode) leave this image with the old.
    The memory lives as long as an image or an array made of it. Read-only where Pillow says so (im.readonly: memory
    of files and foreign buffers, which Pillow copies before it edits).

    In one block or one foreign buffer, padded or not, rows are evenly spaced and the image is strided; numpy.asarray
    shares it. In several (Pillow cuts at 16 MiB), it has row pointers: strips() shares, and pillow_single_block() makes
    Pillow allocate one.

    Raises TypeError for what is no Pillow image, and Unsupported for modes that are not known and for a Pillow that
    keeps its images otherwise than those known: each field that is read is compared with what Pillow says; the
    address of the row pointers and some pixels are, until an image of the mode has shown where its channels are.
    """
    image_class, tells_rows = _pillow()
    if not isinstance(im, image_class):
        raise TypeError(f"from_pillow takes a PIL.Image.Image, not {type(im).__name__}")
    capsule = _capsule(im, image_class)
    try:
        return _imgbuf._image_of_core(im.im, capsule, tells_rows, bool(im.readonly), _said_by(im))
    except AttributeError as missing:
        raise make("unsupported", f"this version of Pillow does not say all that is needed: {missing}", "") from missing


def _capsule(im, image_class):
    """What leads to Pillow's own structure of an image."""
    if type(im) is image_class and im.im is not None and im.palette is None:
        return im.im.ptr  # has been loaded, and there is no palette to bring up to date
    return im.getim()  # decodes the file, if that has not been done


@functools.cache
def _pillow():
    """Pillow's class of images, and whether its version says where row pointers are."""
    import PIL
    from PIL import Image

    return Image.Image, int(PIL.__version__.split(".")[0]) < 10


def _said_by(im):
    """What Pillow says beside the pixels."""
    said = {}
    if im.mode in ("P", "PA"):
        said["palette"] = _palette(im)
    if im.format:
        said["format"] = im.format
    if im.info:
        exif = im.info.get("exif")
        if isinstance(exif, bytes) and exif.startswith(_EXIF_PREFIX):
            exif = exif[len(_EXIF_PREFIX):]
        said.update(transparent=_transparent(im), icc=im.info.get("icc_profile"), exif=exif)
    return said


def _palette(im):
    """The palette's entries, four bytes each."""
    entries = bytearray(im.im.getpalette("RGBA", "RGBA")) or bytearray(b for i in range(256) for b in (i, i, i, 255))
    transparency = im.info.get("transparency")
    if isinstance(transparency, int) and 0 <= transparency < len(entries) // 4:
        entries[4 * transparency + 3] = 0
    elif isinstance(transparency, bytes):
        count = min(len(transparency), len(entries) // 4)
        entries[3:4 * count:4] = transparency[:count]
    return bytes(entries)


def _transparent(im):
    """The colour that is fully transparent, of modes whose info may have one."""
    transparency = im.info.get("transparency")
    if im.mode in ("1", "L", "I", "I;16") and isinstance(transparency, int) and 0 <= transparency <= 65535:
        return [transparency, 0, 0]
    if im.mode == "RGB" and isinstance(transparency, tuple) and len(transparency) == 3:
        return list(transparency)
    return None


def _say(im, said):
    """Gives a Pillow image what is known beside the pixels; the opposite of _said_by."""
    if "palette" in said:
        im.putpalette(said["palette"], "RGB")
    if "alpha" in said:
        im.info["transparency"] = said["alpha"]
    if "transparent" in said:
        im.info["transparency"] = tuple(said["transparent"]) if im.mode == "RGB" else said["transparent"][0]
    if "icc" in said:
        im.info["icc_profile"] = said["icc"]
    if "exif" in said:
        im.info["exif"] = _EXIF_PREFIX + said["exif"]
    return im


def new(mode, size, said):
    """A Pillow image of Pillow's own memory."""
    from PIL import Image

    return _say(Image.new(mode, size), said)


def over_block(block, mode, size, stride, step, said):
    """A Pillow image over a buffer of all rows with their padding; step -1 when the last row comes first."""
    from PIL import Image

    if mode in _PUBLIC_BUFFER_MODES:
        im = Image.frombuffer(mode, size, block, "raw", mode, stride, step)
    else:
        core = Image.core.map_buffer(block, size, "raw", 0, (mode, stride, step))
        im = Image.new(mode, (1, 1))._new(core)
        im.readonly = 1
    if im.mode != mode or im.size != size or not im.readonly:
        raise make(
            "unsupported", f"this version of Pillow does not take memory of mode {mode}: use to_pillow(copy=True)", ""
        )
    return _say(im, said)


@contextlib.contextmanager
def pillow_single_block(bytes=None):
    """Makes Pillow allocate each image in one block, so that it is one array for numpy.asarray(from_pillow(im)).

        with imgbuf.pillow_single_block():
            im = PIL.Image.open("photo.jpg")
            im.load()

    bytes: of the largest block; None for the largest that Pillow has, just under 2 GiB. Images that are larger come in
    several blocks. Each block is only as large as its image. The setting is one for the whole process, all threads
    included; what it was before is put back at the end.
    """
    from PIL import Image

    page = 4096
    largest = 2**31 - page
    if bytes is not None and not 0 < bytes <= largest:
        raise ValueError(f"bytes of a block must be 1 to {largest}, not {bytes}")
    before = Image.core.get_block_size()
    Image.core.set_block_size(largest if bytes is None else -(-bytes // page) * page)
    try:
        yield
    finally:
        Image.core.set_block_size(before)
