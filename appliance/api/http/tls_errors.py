"""OpenSSL's queue of errors, emptied when a connection ends: its fault is not to be read as another connection's.

Python 3.13 leaves in the queue what it makes an OSError of, such as a client that has gone (EPIPE). OpenSSL has one
queue for each thread and looks into it before it says that a connection has nothing to read yet: then an upload that
was going well is closed in the other's stead. Without the error in the queue, that is what Python 3.11 does as well.
"""

from __future__ import annotations

import _ssl
import ctypes
import logging
import re
import ssl
from collections.abc import Callable
from functools import partial

from tornado.iostream import IOStream, SSLIOStream

# The very library that Python's own module is linked with, of which a machine may have several.
_clear_queue = ctypes.CDLL(getattr(_ssl, "__file__", None)).ERR_clear_error
_clear_queue.restype = None
_RESET = r"\[SYS\] unknown error \(_ssl\.c:\d+\)$"
_HANGUP = re.compile(f"error on read: {_RESET}")


def keep_to_itself(stream: IOStream) -> None:
    """Have the errors of this connection forgotten with it."""
    if isinstance(stream, SSLIOStream):
        stream.close_fd = partial(_close_and_clear, stream.close_fd)  # type: ignore[method-assign]


def be_quiet_about_hangups() -> None:
    """Have Tornado say nothing of a client that hung up: whoever looks at the certificate does so.

    Nor where it did so in the middle of a request, of which Tornado would show where in the program it was read: that
    an upload broke off, its route says. It is what OpenSSL makes of a reset, with no error of the system's; all others
    are told as ever.
    """
    logging.getLogger("tornado.general").addFilter(_is_worth_a_line)  # a second time is none


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    is_reset = isinstance(error, ssl.SSLError) and re.match(_RESET, str(error)) is not None
    return not is_reset and _HANGUP.match(record.getMessage()) is None


def _close_and_clear(close_fd: Callable[[], None]) -> None:
    close_fd()
    _clear_queue()
