"""Where compiled kernels are kept between two starts, in numba's own way but for what it does not expect."""

from __future__ import annotations

import contextlib
from typing import Any

from numba.core.caching import FunctionCache


class KernelCache(FunctionCache):
    """What was compiled before, where it can be read and written: numba's own fails on damaged files and full disks."""

    def load_overload(self, signature: Any, target: Any) -> Any:
        with contextlib.suppress(Exception):
            return super().load_overload(signature, target)  # type: ignore[no-untyped-call]
        with contextlib.suppress(OSError):
            self.flush()  # type: ignore[no-untyped-call]
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        with contextlib.suppress(Exception):
            super().save_overload(signature, compiled)  # type: ignore[no-untyped-call]
