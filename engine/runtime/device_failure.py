"""What an error of torch means: too little memory, a card that has failed, or neither.

A CUDA context in which a kernel has died answers every later call with the same error, and a card that has fallen off
the bus never answers again: only another process, or another machine, helps. Memory that is full is no such thing.
Where torch tells the runtime's number of the error (`AcceleratorError.error_code`), that decides, else its words:
torch 2.13 to 2.15 write "CUDA error: " before `cudaGetErrorString`, and the names of cuBLAS' and cuDNN's own errors.
Those, and numbers that nobody knows, only raise a suspicion: the device itself is asked then.

A failure is the machine's only where it is listed as such: a call that provokes what nobody knows would else be given
back for ever, at nobody's cost.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from engine.errors import DeviceFailed

Probe = Callable[[], None]  # waits for what the device has to do; raises torch's error where it does not compute


class Fault(IntEnum):
    """From the least to the worst: of several in one chain the worst counts."""

    NONE = 0  # of the call itself (an invalid argument, what this card cannot do), or no error of a device at all
    OUT_OF_MEMORY = 1  # with less at once it goes on
    DEVICE = 2


# driver_types.h: cudaErrorMemoryAllocation.
_MEMORY_CODES = {2}
# What the work of a call can bring about: illegalAddress, launchTimeout, contextIsDestroyed, assert,
# hardwareStackError, illegalInstruction, misalignedAddress, invalidAddressSpace, invalidPc, launchFailure; and unknown,
# behind which anything may be.
_CALL_CODES = {700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999}
# What it cannot: initializationError, cudartUnloading, devicesUnavailable, noDevice, eccUncorrectable,
# nvlinkUncorrectable, contained, systemNotReady, mpsConnectionFailed, mpsRpcFailure, mpsServerNotReady,
# mpsClientTerminated.
_MACHINE_CODES = {3, 4, 46, 100, 214, 220, 226, 802, 805, 806, 807, 810}
# cudaErrorStreamCapture…: a stream that is being captured is not to be waited for; the device is well.
_CAPTURE_CODES = range(900, 910)

_MEMORY_WORDS = re.compile(
    r"CUDA(?: driver)? error: out of memory"
    r"|CUDA out of memory"
    r"|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_(?:ALLOC|INTERNAL_ERROR_(?:HOST|DEVICE)_ALLOCATION)_FAILED|CUFFT_ALLOC_FAILED"
    # While it gathers the words for "out of memory", torch asks NVML, which a container may not have.
    r"|NVML_SUCCESS == .* INTERNAL ASSERT FAILED"
    r"|can't allocate memory"
)
_CALL_WORDS = re.compile(
    r"CUDA(?: driver)? error: (?:"
    r"device-side assert triggered"
    r"|an illegal (?:memory access|instruction) was encountered"
    r"|unspecified launch failure"
    r"|misaligned address"
    r"|hardware stack error"
    r"|invalid program counter"
    r"|operation not supported on global/shared address space"
    r"|the launch timed out and was terminated"
    r"|context is destroyed"
    r"|unknown error"
    r")"
)
_MACHINE_WORDS = re.compile(
    r"CUDA(?: driver)? error: (?:"
    r"initialization error"
    r"|uncorrectable (?:ECC|NVLink) error (?:encountered|detected during the execution)"
    r"|Invalid access of peer GPU memory over nvlink or a hardware error"
    r"|driver shutting down"
    r"|no CUDA-capable device is detected"
    r"|(?:all )?CUDA-capable device\(s\) is/are busy or unavailable"
    r"|system not yet initialized"
    r")"
    r"|GPU is lost|has fallen off the bus"
)
# Full memory reads so, too: a library that finds no room for its workspace names it as it likes.
_LIBRARY_WORDS = re.compile(
    r"CUBLAS_STATUS_(?:EXECUTION_FAILED|INTERNAL_ERROR|MAPPING_ERROR|NOT_INITIALIZED)"
    r"|CUDNN_STATUS_(?:EXECUTION_FAILED|MAPPING_ERROR|NOT_INITIALIZED)"
    r"|CUDNN_STATUS_INTERNAL_ERROR(?!_)"
    r"|CUFFT_(?:EXEC_FAILED|INTERNAL_ERROR)"
)
_NO_ROOM_FOR_A_LIBRARY = re.compile(r"(?:CUBLAS|CUDNN)_STATUS_NOT_INITIALIZED")


@dataclass(frozen=True, slots=True)
class _Finding:
    """`culprit`: of the chain, the one that decided."""

    fault: Fault
    culprit: BaseException
    of_the_machine: bool = False


def fault_of(error: BaseException, probe: Probe | None = None) -> Fault:
    """What an error means, and those that led to it; `probe` asks the device (else: all that we have memory of)."""
    return _finding(error, probe or _probe_all).fault


def is_out_of_memory(error: BaseException, probe: Probe | None = None) -> bool:
    """Whether less at once would have gone well."""
    return fault_of(error, probe) is Fault.OUT_OF_MEMORY


@contextmanager
def naming_device_failures(device: str, probe: Probe | None = None) -> Iterator[None]:
    """Raise DeviceFailed for what shows that the device has failed; anything else as it is."""
    try:
        yield
    except DeviceFailed:
        raise
    except Exception as error:
        found = _finding(error, probe or (lambda: _probe_one(device)))
        if found.fault is not Fault.DEVICE:
            raise
        said = (str(found.culprit).strip() or type(found.culprit).__name__).splitlines()[0]
        raise DeviceFailed(
            f"DeviceFailed: {device} does not compute any more: {said}", of_the_machine=found.of_the_machine
        ) from error


def _finding(error: BaseException, probe: Probe) -> _Finding:
    chain = _chain(error)
    culprit = max(chain, key=_own_fault)
    fault = _own_fault(culprit)
    if fault is Fault.DEVICE:
        return _Finding(fault, culprit, _is_of_the_machine(culprit))
    suspects = [one for one in chain if _is_suspicious(one)]
    if fault is Fault.NONE and suspects:
        failure = _failure_of_device(probe)
        if failure is not None:
            return _Finding(Fault.DEVICE, suspects[0], _is_of_the_machine(failure))
        if any(_NO_ROOM_FOR_A_LIBRARY.search(str(one)) for one in suspects):
            return _Finding(Fault.OUT_OF_MEMORY, suspects[0])
    return _Finding(fault, culprit)


def _own_fault(error: BaseException) -> Fault:
    if isinstance(error, DeviceFailed):
        return Fault.DEVICE
    # torch's own; not imported, for torch may not be here.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return Fault.OUT_OF_MEMORY
    if not isinstance(error, RuntimeError):  # of which all of torch's are
        return Fault.NONE
    code, text = _code_of(error), str(error)
    if code in _CALL_CODES | _MACHINE_CODES or _CALL_WORDS.search(text) or _MACHINE_WORDS.search(text):
        return Fault.DEVICE
    if code in _MEMORY_CODES or _MEMORY_WORDS.search(text):
        return Fault.OUT_OF_MEMORY
    return Fault.NONE


def _is_of_the_machine(failure: BaseException) -> bool:
    if isinstance(failure, DeviceFailed):
        return failure.of_the_machine
    code, text = _code_of(failure), str(failure)
    if code in _CALL_CODES | _MACHINE_CODES:
        return code in _MACHINE_CODES
    return _MACHINE_WORDS.search(text) is not None and not _CALL_WORDS.search(text)


def _is_suspicious(error: BaseException) -> bool:
    if not isinstance(error, RuntimeError):
        return False
    unknown = type(error).__name__ == "AcceleratorError" and _code_of(error) not in _CAPTURE_CODES
    return unknown or _LIBRARY_WORDS.search(str(error)) is not None


def _code_of(error: BaseException) -> int:
    """cudaError_t; 0 (success) where torch does not tell it."""
    code = getattr(error, "error_code", None)
    return code if isinstance(code, int) else 0


def _failure_of_device(probe: Probe) -> Exception | None:
    """What it says, where it does not compute; memory that is full, or a capture under way, is no such thing."""
    try:
        probe()
    except Exception as error:  # noqa: BLE001 - whatever it says
        well = _own_fault(error) is Fault.OUT_OF_MEMORY or _code_of(error) in _CAPTURE_CODES
        return None if well else error
    return None


def _probe_one(device: str) -> None:
    """Wait for the stream at hand: any call to a device that has failed says so.

    Not for the whole device, which would break a capture that another thread has under way.
    """
    if "torch" not in sys.modules:  # then the words are somebody else's
        return
    import torch  # noqa: PLC0415

    if device.startswith("cuda") and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.current_stream(torch.device(device)).synchronize()


def _probe_all() -> None:
    if "torch" not in sys.modules:
        return
    import torch  # noqa: PLC0415

    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        for index in range(torch.cuda.device_count()):
            if torch.cuda.memory_reserved(index):  # else it would be taken into use here
                _probe_one(f"cuda:{index}")


def _chain(error: BaseException) -> list[BaseException]:
    """The error, and what it was raised from or while handling."""
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in found:
        found.append(following)
        following = following.__cause__ or following.__context__  # also one that `from None` hides
    return found
