"""A network that has loopback alone. It outlives the containers that are in it, as an office's network does a box."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


class Loopback:
    """Whoever has `entered` it, and every thread that is begun and every socket that is made there, is in it."""

    def __init__(self) -> None:
        self._outside = _network_of_this_thread()
        made: list[int] = []
        thread = threading.Thread(target=lambda: made.append(_new_namespace()))
        thread.start()
        thread.join()
        (self._namespace,) = made
        up = ["nsenter", f"--net={self.path}", "ip", "link", "set", "lo", "up"]
        subprocess.run(up, check=True, capture_output=True, timeout=30)

    @property
    def path(self) -> str:
        """For another process."""
        return f"/proc/{os.getpid()}/fd/{self._namespace}"

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Only the calling thread is."""
        with _entered(self._namespace):
            yield

    @contextlib.contextmanager
    def left(self) -> Iterator[None]:
        """The calling thread is where this was made: what is fetched by the way, such as wheels, is not in here."""
        with _entered(self._outside):
            yield

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._namespace)
        os.close(self._outside)


@contextlib.contextmanager
def _entered(namespace: int) -> Iterator[None]:
    before = _network_of_this_thread()
    try:
        _enter(namespace)
        yield
    finally:
        _enter(before)
        os.close(before)


def _network_of_this_thread() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _new_namespace() -> int:
    if _LIBC.unshare(_CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no network namespace can be made here")
    return _network_of_this_thread()


def _enter(namespace: int) -> None:
    if _LIBC.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "the network namespace cannot be entered")
