"""Image buffers of any layout, shared with array libraries without a copy.

    import imgbuf, numpy
    image = imgbuf.from_buffer(anything_with_a_buffer)
    array = numpy.asarray(image)      # the same memory, wherever that is possible
    print(image.explain("numpy"))     # shared, rewired or copied, and why
"""

from imgbuf import _imgbuf
from imgbuf._errors import (
    Cancelled,
    CopyRequired,
    CopyWarning,
    CorruptData,
    Error,
    FormatMismatch,
    InvalidArgument,
    InvalidLayout,
    IOFailure,
    LimitExceeded,
    LossWarning,
    OutOfMemory,
    TruncatedData,
    Unsupported,
)
from imgbuf._imgbuf import (
    ChannelStatistics,
    Comparison,
    Difference,
    Grid,
    GridBlocks,
    Handoff,
    Histogram,
    Image,
    IndirectBuffer,
    Layout,
    LayoutSegment,
    Limits,
    __version__,
    compare,
    decode_into,
    empty,
    from_buffer,
    from_dlpack,
    from_rows,
    info,
    open,
    open_grid,
    vstack,
    zeros,
)
from imgbuf._info import DecodedInfo, FileInfo, ImageInfo, Resolution, TextEntry
from imgbuf._pillow import from_pillow, pillow_single_block

_imgbuf._require_interpreter()

__all__ = [
    "Cancelled",
    "ChannelStatistics",
    "Comparison",
    "CopyRequired",
    "CopyWarning",
    "CorruptData",
    "DecodedInfo",
    "Difference",
    "Error",
    "FileInfo",
    "FormatMismatch",
    "Grid",
    "GridBlocks",
    "Handoff",
    "Histogram",
    "IOFailure",
    "Image",
    "ImageInfo",
    "IndirectBuffer",
    "Layout",
    "LayoutSegment",
    "InvalidArgument",
    "InvalidLayout",
    "LimitExceeded",
    "Limits",
    "LossWarning",
    "OutOfMemory",
    "Resolution",
    "TextEntry",
    "TruncatedData",
    "Unsupported",
    "__version__",
    "compare",
    "decode_into",
    "empty",
    "from_buffer",
    "from_dlpack",
    "from_pillow",
    "from_rows",
    "info",
    "open",
    "open_grid",
    "pillow_single_block",
    "vstack",
    "zeros",
]

# As they are called and pickled: what file they are in is nobody's business.
for _name in __all__:
    if hasattr(globals()[_name], "__module__"):
        globals()[_name].__module__ = __name__
