"""The exceptions and warnings of imgbuf."""

import os


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

    def __str__(self):
        return str(self.args[0]) if self.args else ""

    def __reduce__(self):
        return make, (self.code, self.reason, self.place, getattr(self, "errno", None) or 0)


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
    """Reading or writing failed. Where the system said why, `errno`, `strerror` and `filename` are set, and the
    exception is also the one of that errno, such as FileNotFoundError."""


class Cancelled(Error):
    """The operation was asked to stop."""


class CopyRequired(Error, BufferError, ValueError):
    """Elements would have to be copied, and that is not allowed. The reason says why and how many bytes."""


class LossWarning(UserWarning):
    """A file or an image does not hold exactly what it was made from: metadata that the file's format has no place
    for, or bytes that a decoder passed over. The message says what."""


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


def _system_class(number):
    """The kind of IOFailure that is also the built-in exception of an errno."""
    builtin = type(OSError(number, ""))
    if builtin not in _SYSTEM_CLASSES:
        names = {"__module__": IOFailure.__module__, "__doc__": f"{builtin.__name__}, as an imgbuf.Error."}
        _SYSTEM_CLASSES[builtin] = type("IOFailure", (IOFailure, builtin), names)
    return _SYSTEM_CLASSES[builtin]


_SYSTEM_CLASSES = {OSError: IOFailure}


def make(code, reason, place, system_error=0):
    """The exception of a code. system_error: the errno of the system call that failed, or 0."""
    message = f"{place}: {reason}" if place else reason
    kind = _CLASSES.get(code, Error)
    if kind is not IOFailure or not system_error:
        return kind(message, code=code, reason=reason, place=place)
    error = _system_class(system_error)(message, code=code, reason=reason, place=place)
    error.errno, error.strerror, error.filename = system_error, os.strerror(system_error), place
    return error
