"""The exceptions and warnings of imgbuf."""


class Error(Exception):
    """What went wrong, and where. Each kind is also the built-in exception that a caller would expect.

    code: the kind, such as "corrupt_data"
    reason: what is wrong
    place: the file, and the row, axis or byte inside it, as far as known; may be empty
    """

    def __init__(self, message="", *, code="", reason=None, place=""):
        super().__init__(message)
        self.code = code
        self.reason = message if reason is None else reason
        self.place = place


class InvalidArgument(Error, ValueError):
    """The caller asked for something that has no meaning."""


class InvalidLayout(Error, ValueError):
    """A layout whose counts do not fit, or that leaves its memory."""


class FormatMismatch(Error, TypeError):
    """Elements have another type, byte order or alignment than is needed."""


class Unsupported(Error, ValueError):
    """Meaningful, but this codec, format or platform cannot do it."""


class CorruptData(Error, ValueError):
    """The file breaks its own format."""


class TruncatedData(Error, EOFError):
    """The file ends too early."""


class LimitExceeded(Error, ValueError):
    """A limit would be passed."""


class OutOfMemory(Error, MemoryError):
    """The system gave no memory."""


class IOFailure(Error, OSError):
    """Reading or writing failed."""


class Cancelled(Error):
    """The operation was asked to stop."""


class CopyRequired(Error, BufferError, ValueError):
    """Elements would have to be copied, and that is not allowed. The reason says why and how many bytes."""


class CopyWarning(UserWarning):
    """Elements were copied where they might have been shared. The message says why and how many bytes."""


_CLASSES = {
    "invalid_argument": InvalidArgument,
    "invalid_layout": InvalidLayout,
    "format_mismatch": FormatMismatch,
    "unsupported": Unsupported,
    "corrupt_data": CorruptData,
    "truncated_data": TruncatedData,
    "limit_exceeded": LimitExceeded,
    "out_of_memory": OutOfMemory,
    "io_failure": IOFailure,
    "cancelled": Cancelled,
    "copy_required": CopyRequired,
}


def make(code, reason, place):
    """The exception of a code."""
    message = f"{place}: {reason}" if place else reason
    return _CLASSES.get(code, Error)(message, code=code, reason=reason, place=place)
