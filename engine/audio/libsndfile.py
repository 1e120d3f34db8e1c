"""libsndfile's C interface, as far as decoding needs it: soundfile would load numpy, most of a start's time."""

from __future__ import annotations

import ctypes
import math
import sys

SAMPLE_BYTES = 4  # of a float

_READ_MODE = 0x10
_FROM_START, _FROM_HERE = 0, 1
_NAN = b"\x00\x00\xc0\x7f" if sys.byteorder == "little" else b"\x7f\xc0\x00\x00"


class _Info(ctypes.Structure):
    _fields_ = (
        ("frames", ctypes.c_int64),
        ("sample_rate", ctypes.c_int),
        ("channels", ctypes.c_int),
        ("format", ctypes.c_int),
        ("sections", ctypes.c_int),
        ("seekable", ctypes.c_int),
    )


class NotDecoded(Exception):
    """What libsndfile says of it; `samples` were decoded before."""

    def __init__(self, reason: str, samples: bytes = b"") -> None:
        super().__init__(reason)
        self.samples = samples


class Library:
    """The shared library; its path is the caller's business."""

    def __init__(self, path: str) -> None:
        library = ctypes.CDLL(path)
        handle = ctypes.c_void_p
        library.sf_open_fd.restype = handle
        library.sf_open_fd.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.POINTER(_Info), ctypes.c_int)
        library.sf_error.argtypes = (handle,)
        library.sf_error_number.argtypes = (ctypes.c_int,)
        library.sf_error_number.restype = ctypes.c_char_p
        library.sf_seek.argtypes = (handle, ctypes.c_int64, ctypes.c_int)
        library.sf_seek.restype = ctypes.c_int64
        library.sf_readf_float.argtypes = (handle, ctypes.c_void_p, ctypes.c_int64)
        library.sf_readf_float.restype = ctypes.c_int64
        library.sf_close.argtypes = (handle,)
        self.functions = library


class Sound:
    """An open sound file; `frames` is what it claims."""

    def __init__(self, library: Library, descriptor: int) -> None:
        """Raises NotDecoded. By descriptor: of a name, libsndfile takes a lone dash for standard input."""
        self._library = library.functions
        info = _Info()
        self._handle = self._library.sf_open_fd(descriptor, _READ_MODE, ctypes.byref(info), 0)
        self._check()
        self.frames: int = info.frames
        self.sample_rate: int = info.sample_rate
        self.channels: int = info.channels
        self._is_seekable = bool(info.seekable)

    def read(self, frames: int) -> bytes:
        """Up to so many frames, as floats; none at the end. Raises NotDecoded with what came before the damage."""
        here = self._seek(0, _FROM_HERE) if self._is_seekable else 0
        size = frames * self.channels * SAMPLE_BYTES
        # What was decoded before damage is in the block, but how much that is only the marks tell.
        block = ctypes.create_string_buffer(_NAN * (frames * self.channels), size)
        read = self._library.sf_readf_float(self._handle, block, frames)
        try:
            self._check()
            if self._is_seekable:
                self._seek(here + read, _FROM_START)  # as soundfile does: some decoders start anew there
        except NotDecoded as error:
            raise NotDecoded(str(error), block.raw[: self._written(block.raw)]) from error
        return block.raw[: read * self.channels * SAMPLE_BYTES]

    def close(self) -> None:
        self._library.sf_close(self._handle)

    def _written(self, block: bytes) -> int:
        """How many bytes of a block were written, by the first frame whose last channel is still a mark."""
        last = memoryview(block).cast("f")[self.channels - 1 :: self.channels]
        unmarked = next((frame for frame, sample in enumerate(last) if math.isnan(sample)), 0)
        return unmarked * self.channels * SAMPLE_BYTES

    def _seek(self, frames: int, whence: int) -> int:
        position: int = self._library.sf_seek(self._handle, frames, whence)
        self._check()
        return position

    def _check(self) -> None:
        number = self._library.sf_error(self._handle)
        if number:
            raise NotDecoded(self._library.sf_error_number(number).decode("utf-8", "replace"))
