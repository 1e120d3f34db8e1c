"""What an error of torch means: too little memory, a card that has failed, or neither.

A CUDA context in which a kernel has died answers every later call with the same error, and a card that has fallen off
the bus never answers again: only another process, or another machine, helps. Memory that is full is no such thing.
Where torch tells the runtime's number of the error (`AcceleratorError.error_code`), that decides, else its words:
torch 2.13 to 2.15 write "CUDA error: " before `cudaGetErrorString`, and the names of cuBLAS' and cuDNN's own errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from engine.errors import DeviceFailed


class Fault(IntEnum):
    """From the least to the worst: of several in one chain the worst counts."""

    NONE = 0  # of the call itself (an invalid argument, what this card cannot do), or no error of a device at all
    OUT_OF_MEMORY = 1  # with less at once it goes on
    DEVICE = 2


# driver_types.h: cudaErrorMemoryAllocation.
_MEMORY_CODES = {2}
# cudartUnloading, devicesUnavailable, noDevice, eccUncorrectable, nvlinkUncorrectable, illegalAddress, launchTimeout,
# contextIsDestroyed, assert, hardwareStackError, illegalInstruction, misalignedAddress, invalidAddressSpace, invalidPc,
# launchFailure, systemNotReady, mpsConnectionFailed, mpsRpcFailure, mpsServerNotReady, unknown.
_DEVICE_CODES = {4, 46, 100, 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 802, 805, 806, 807, 999}

_MEMORY_WORDS = re.compile(
    r"CUDA(?: driver)? error: out of memory"
    r"|CUDA out of memory"
    r"|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_(?:ALLOC|INTERNAL_ERROR_(?:HOST|DEVICE)_ALLOCATION)_FAILED|CUFFT_ALLOC_FAILED"
    # While it gathers the words for "out of memory", torch asks NVML, which a container may not have.
    r"|NVML_SUCCESS == .* INTERNAL ASSERT FAILED"
    r"|can't allocate memory"
)
_DEVICE_WORDS = re.compile(
    r"CUDA(?: driver)? error: (?:"
    r"device-side assert triggered"
    r"|an illegal (?:memory access|instruction) was encountered"
    r"|uncorrectable (?:ECC|NVLink) error (?:encountered|detected during the execution)"
    r"|Invalid access of peer GPU memory over nvlink or a hardware error"
    r"|unspecified launch failure"
    r"|misaligned address"
    r"|hardware stack error"
    r"|invalid program counter"
    r"|operation not supported on global/shared address space"
    r"|the launch timed out and was terminated"
    r"|unknown error"
    r"|driver shutting down"
    r"|context is destroyed"
    r"|no CUDA-capable device is detected"
    r"|(?:all )?CUDA-capable device\(s\) is/are busy or unavailable"
    r"|system not yet initialized"
    r"|.*(?:GPU is lost|has fallen off the bus)"
    r")"
    r"|CUBLAS_STATUS_(?:EXECUTION_FAILED|INTERNAL_ERROR|MAPPING_ERROR|NOT_INITIALIZED)"
    r"|CUDNN_STATUS_(?:EXECUTION_FAILED|MAPPING_ERROR|NOT_INITIALIZED)"
    r"|CUDNN_STATUS_INTERNAL_ERROR(?!_)"
    r"|CUFFT_(?:EXEC_FAILED|INTERNAL_ERROR)"
    r"|GPU is lost|has fallen off the bus"
)


def fault_of(error: BaseException) -> Fault:
    """What an error means, and those that led to it."""
    return max(map(_own_fault, _chain(error)))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether less at once would have gone well."""
    return fault_of(error) is Fault.OUT_OF_MEMORY


@contextmanager
def naming_device_failures(device: str) -> Iterator[None]:
    """Raise DeviceFailed for what shows that the device has failed; anything else as it is."""
    try:
        yield
    except DeviceFailed:
        raise
    except Exception as error:
        culprit = max(_chain(error), key=_own_fault)
        if _own_fault(culprit) is not Fault.DEVICE:
            raise
        said = (str(culprit).strip() or type(culprit).__name__).splitlines()[0]
        raise DeviceFailed(f"DeviceFailed: {device} does not compute any more: {said}") from error


def _own_fault(error: BaseException) -> Fault:
    if isinstance(error, DeviceFailed):
        return Fault.DEVICE
    # torch's own; not imported, for torch may not be here.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return Fault.OUT_OF_MEMORY
    if not isinstance(error, RuntimeError):  # of which all of torch's are
        return Fault.NONE
    code, text = getattr(error, "error_code", None), str(error)
    if code in _DEVICE_CODES or _DEVICE_WORDS.search(text):
        return Fault.DEVICE
    if code in _MEMORY_CODES or _MEMORY_WORDS.search(text):
        return Fault.OUT_OF_MEMORY
    return Fault.NONE


def _chain(error: BaseException) -> list[BaseException]:
    """The error, and what it was raised from or while handling."""
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in found:
        found.append(following)
        following = following.__cause__ or following.__context__  # also one that `from None` hides
    return found
