"""What a picture means beside its pixels: values that are never changed, only replaced."""

import dataclasses
from typing import NamedTuple, Optional, Tuple

from imgbuf import _imgbuf


class Resolution(NamedTuple):
    """Pixels per unit of length: "inch", "centimetre" or "metre", or "" where only the aspect of a pixel is known."""

    x: int
    y: int
    unit: str = "inch"


@dataclasses.dataclass(frozen=True)
class TextEntry:
    """A note in the file: PNG's text, a comment of JPEG or PNM, a text that TIFF has a tag for.

    encoding: how the file stores it: "latin1" (PNG's tEXt and zTXt), "utf8" (iTXt), or "unknown" (all others, read
        as UTF-8; bytes that are none are kept as surrogates)
    """

    keyword: str
    text: str
    encoding: str = "utf8"
    compressed: bool = False
    language: str = ""
    translated_keyword: str = ""


@dataclasses.dataclass(frozen=True)
class FileInfo:
    """How the file stores its pixels; nothing in the pixels depends on it. All empty for pixels that came from no file.

    format: "PNG", "JPEG"
    color_type: the format's own name: "RGB", "grayscale+alpha", "YCbCr", "YCCK", "palette"
    bit_depth: bits of a sample in the file
    subsampling: of a JPEG: "4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "4:1:0", else its factors as "2x1,1x2,1x1"
    """

    format: str = ""
    color_type: str = ""
    bit_depth: int = 0
    interlaced: bool = False
    progressive: bool = False
    arithmetic_coding: bool = False
    subsampling: str = ""


@dataclasses.dataclass(frozen=True, repr=False)
class ImageInfo:
    """What the pixels of a picture mean, and what its file says beside them.

    An info is a value: it never changes, and infos with equal fields are equal. `replace` makes another one, which is
    given to an image by assignment. That changes this one `Image` object and the views made of it afterwards; others
    that share the pixels keep their own.

        image.info = image.info.replace(icc=profile, resolution=(300, 300, "inch"))

    What the pixels are:
        width, height: in pixels
        element_type: "u8", "u16", "f32" and so on
        color: "gray", "rgb", "cmyk" or "palette" (indices into `palette`)
        alpha: whether the last channel is straight (not premultiplied) alpha
        bit_depth: bits of a sample that carry information: integers run over 0 .. 2**bit_depth - 1, floating point
            over 0 .. 1
        palette: up to 256 of (red, green, blue, alpha), 8 bits each; empty without one
        transparent_color: the samples (red, green, blue) that mean "fully transparent" in a picture without alpha, at
            its bit depth, or None; gray repeats its sample
    What else is known, None or empty where the file does not say:
        icc, exif, xmp: the bytes of the profile, of the TIFF structure of EXIF (from "II*" or "MM" on; JPEG's prefix
            before it is taken off) and of the XMP packet
        icc_name: PNG's name of the profile
        xmp_extended, xmp_extended_guid: JPEG's extended XMP, put together, and the 32 digits that tie it to the packet
        photoshop: Photoshop's image resource blocks; `iptc` lives in them
        resolution: a Resolution
        gamma: of the file, such as 0.45455
        chromaticities: x and y of white point, red, green and blue, eight numbers
        srgb_intent: rendering intent 0 .. 3
        text: a tuple of TextEntry
        not_carried: phrases about what the file had and imgbuf does not keep
        file: a FileInfo
    """

    width: int
    height: int
    color: str
    alpha: bool
    element_type: str
    bit_depth: int
    palette: Tuple[Tuple[int, int, int, int], ...] = ()
    transparent_color: Optional[Tuple[int, int, int]] = None
    icc: Optional[bytes] = None
    icc_name: str = ""
    exif: Optional[bytes] = None
    xmp: Optional[bytes] = None
    xmp_extended: Optional[bytes] = None
    xmp_extended_guid: str = ""
    photoshop: Optional[bytes] = None
    resolution: Optional[Resolution] = None
    gamma: Optional[float] = None
    chromaticities: Optional[Tuple[float, ...]] = None
    srgb_intent: Optional[int] = None
    text: Tuple[TextEntry, ...] = ()
    not_carried: Tuple[str, ...] = ()
    file: FileInfo = FileInfo()

    def __post_init__(self):
        # So that infos which say the same are equal, however it was given.
        object.__setattr__(self, "exif", _without_prefix(self.exif))
        if self.resolution is not None and not isinstance(self.resolution, Resolution):
            object.__setattr__(self, "resolution", Resolution(*self.resolution))

    def __repr__(self):
        said = [(field, getattr(self, field.name)) for field in dataclasses.fields(self)]
        texts = [f"{field.name}={_shown(value)}" for field, value in said if value != field.default]
        return f"{type(self).__name__}({', '.join(texts)})"

    @property
    def orientation(self):
        """EXIF's orientation, 1 (upright) to 8: how the pixels are to be turned to be shown. It turns nothing."""
        return _imgbuf._orientation(self.exif)

    @property
    def iptc(self):
        """IPTC's datasets, as they stand among Photoshop's resources; None without any."""
        return _imgbuf._iptc(self.photoshop)

    def replace(self, **changes):
        """The same with other values of the fields that are named: all but `file` and what the pixels themselves say (width,
        height, color, alpha, element_type). None, or an empty value, takes a field away. `orientation` is written into
        the EXIF, which is made where there is none, and into an XMP that says one; `iptc` among Photoshop's resources,
        whose other blocks stay. EXIF's tags that say a resolution follow `resolution`, where they are there.

        Raises TypeError for a field that cannot be replaced, InvalidArgument for an orientation that is none,
        Unsupported for an EXIF that has no place for one.
        """
        for name in _OF_THE_PIXELS.intersection(changes):
            raise TypeError(f"{name} cannot be replaced: it is what the pixels are, or what their file was")
        if "exif" in changes:
            changes["exif"] = _without_prefix(changes["exif"])
        if "orientation" in changes:
            exif, xmp = (changes.get(name, getattr(self, name)) for name in ("exif", "xmp"))
            changes["exif"], changes["xmp"] = _imgbuf._with_orientation(exif, xmp, changes.pop("orientation"))
        if "resolution" in changes:
            changes["exif"] = _imgbuf._with_resolution(changes.get("exif", self.exif), changes["resolution"])
        if "iptc" in changes:
            changes["photoshop"] = _imgbuf._with_iptc(changes.get("photoshop", self.photoshop), changes.pop("iptc"))
        defaults = {field.name: field.default for field in dataclasses.fields(self)}
        for name in changes.keys() - defaults.keys():
            raise TypeError(f"an info has no {name}")
        changes = {name: defaults[name] if value is None else value for name, value in changes.items()}
        return dataclasses.replace(self, **changes)


def _without_prefix(exif):
    """EXIF without the six bytes that stand before it in JPEG, and in what Pillow makes."""
    prefix = b"Exif\0\0"
    return exif[len(prefix):] if isinstance(exif, bytes) and exif.startswith(prefix) else exif


def _shown(value):
    """A value as a repr shows it: long ones by their size."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<{len(value)} bytes>"
    if isinstance(value, tuple) and len(value) > 16:
        return f"<{len(value)} entries>"
    return repr(value)


_OF_THE_PIXELS = frozenset(["width", "height", "color", "alpha", "element_type", "file"])


@dataclasses.dataclass(frozen=True, repr=False)
class DecodedInfo(ImageInfo):
    """What `decode_into` has put into the target.

    scratch_bytes: bytes of pixels that passed through a scratch row because the target's rows do not hold what the
        decoder gives the way it gives it; 0 when it wrote into the target directly
    """

    scratch_bytes: int = 0
