"""What torch's errors mean, in the words that torch 2.13 to 2.15 have for them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from engine.errors import DeviceFailed, ModelPackError
from engine.runtime.device_failure import Fault, Probe, fault_of, is_out_of_memory, naming_device_failures

_HELP = (
    "\nSearch for `{name}' in https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html for more "
    "information.\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below "
    "might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"
    "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n"
)


def runtime_error(words: str, name: str, code: int | None = None) -> RuntimeError:
    error = torch.AcceleratorError(f"CUDA error: {words}{_HELP.format(name=name)}")
    if code is not None:
        vars(error)["error_code"] = code  # as torch sets it
    return error


FULL = torch.OutOfMemoryError(
    "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 79.10 GiB of which 9.00 MiB is "
    "free. Process 4711 has 60.00 GiB memory in use. Of the allocated memory 18.10 GiB is allocated by PyTorch, and "
    "400.00 MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting "
    "PYTORCH_ALLOC_CONF=expandable_segments:True to avoid fragmentation."
)
ECC = runtime_error("uncorrectable ECC error encountered", "cudaErrorECCUncorrectable", 214)


@pytest.mark.parametrize(
    "error",
    [
        FULL,
        MemoryError("no more"),
        runtime_error("out of memory", "cudaErrorMemoryAllocation"),
        runtime_error("whatever it is called", "cudaErrorMemoryAllocation", 2),
        RuntimeError("CUDA driver error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
        RuntimeError(
            'NVML_SUCCESS == r INTERNAL ASSERT FAILED at "/pytorch/c10/cuda/CUDACachingAllocator.cpp":1016, please '
            "report a bug to PyTorch. "
        ),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to "
            "allocate 1000000000000000 bytes. Error code 12 (Cannot allocate memory)"
        ),
    ],
    ids=lambda error: str(error)[:45],
)
def test_memory_that_is_full_is_no_failure_of_the_card(error: BaseException) -> None:
    assert fault_of(error) is Fault.OUT_OF_MEMORY
    assert is_out_of_memory(error)
    with pytest.raises(type(error)), naming_device_failures("cuda:0"):
        raise error


@pytest.mark.parametrize(
    "error",
    [
        ECC,
        runtime_error("uncorrectable ECC error encountered", "cudaErrorECCUncorrectable"),
        runtime_error("device-side assert triggered", "cudaErrorAssert"),
        runtime_error("an illegal memory access was encountered", "cudaErrorIllegalAddress"),
        runtime_error("an illegal instruction was encountered", "cudaErrorIllegalInstruction"),
        runtime_error("unspecified launch failure", "cudaErrorLaunchFailure"),
        runtime_error("misaligned address", "cudaErrorMisalignedAddress"),
        runtime_error("hardware stack error", "cudaErrorHardwareStackError"),
        runtime_error("the launch timed out and was terminated", "cudaErrorLaunchTimeout"),
        runtime_error("unknown error", "cudaErrorUnknown"),
        runtime_error("no CUDA-capable device is detected", "cudaErrorNoDevice"),
        runtime_error("CUDA-capable device(s) is/are busy or unavailable", "cudaErrorDevicesUnavailable"),
        runtime_error("uncorrectable NVLink error detected during the execution", "cudaErrorNvlinkUncorrectable"),
        runtime_error("what nobody has named yet", "cudaErrorMisalignedAddress", 716),
        RuntimeError("CUDA driver error: an illegal memory access was encountered"),
        runtime_error("initialization error", "cudaErrorInitializationError"),
        runtime_error("what nobody has named yet", "cudaErrorContained", 226),
        runtime_error("what nobody has named yet", "cudaErrorMpsClientTerminated", 810),
        RuntimeError("Unable to determine the device handle for GPU0000:3B:00.0: GPU is lost. Reboot the system"),
    ],
    ids=lambda error: str(error).splitlines()[0][:60],
)
def test_a_card_that_has_failed_is_named_with_its_own_words(error: BaseException) -> None:
    assert fault_of(error) is Fault.DEVICE
    assert not is_out_of_memory(error), "to go on with less would be to go on for ever"
    with pytest.raises(DeviceFailed) as told, naming_device_failures("cuda:1"):
        raise error
    first = str(error).splitlines()[0]
    assert str(told.value) == f"DeviceFailed: cuda:1 does not compute any more: {first}"
    assert told.value.__cause__ is error


EXECUTION = RuntimeError(
    "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx( handle, opa, opb, m, n, k)`"
)
NOT_INITIALIZED = RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`")
OF_TOMORROW = runtime_error("what nobody has named yet", "cudaErrorOfTomorrow", 12345)
SUSPICIONS = [
    EXECUTION,
    NOT_INITIALIZED,
    RuntimeError("CUDA error: CUBLAS_STATUS_INTERNAL_ERROR when calling `cublasLtMatmul(ltHandle)`"),
    RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"),
    RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
    RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"),
    RuntimeError("cuFFT error: CUFFT_EXEC_FAILED"),
    OF_TOMORROW,
]
ILLEGAL = runtime_error("an illegal memory access was encountered", "cudaErrorIllegalAddress", 700)


def raises(error: Exception) -> Probe:
    def probe() -> None:
        raise error

    return probe


def is_well() -> None:
    """As a device does that has nothing to do."""


@pytest.mark.parametrize("error", SUSPICIONS, ids=lambda error: str(error).splitlines()[0][:60])
def test_what_a_library_says_is_a_failure_only_where_the_device_does_not_answer(error: RuntimeError) -> None:
    for answer, of_the_machine in ((ECC, True), (ILLEGAL, False), (OF_TOMORROW, False), (ValueError("no"), False)):
        assert fault_of(error, raises(answer)) is Fault.DEVICE
        with pytest.raises(DeviceFailed) as told, naming_device_failures("cuda:1", raises(answer)):
            raise error
        assert told.value.of_the_machine is of_the_machine
        assert str(error).splitlines()[0] in str(told.value)
    # Neither is the device's: its memory is full, or another thread captures.
    for probe in (is_well, raises(FULL), raises(runtime_error("stream is capturing", "cudaErrorStreamCapture", 900))):
        full = "NOT_INITIALIZED" in str(error)
        assert fault_of(error, probe) is (Fault.OUT_OF_MEMORY if full else Fault.NONE)
        assert is_out_of_memory(error, probe) is full
        with pytest.raises(RuntimeError) as told_as_it_is, naming_device_failures("cuda:1", probe):
            raise error
        assert told_as_it_is.value is error


def test_a_device_is_not_asked_for_what_is_none_of_its(monkeypatch: pytest.MonkeyPatch) -> None:
    never = raises(AssertionError("asked"))
    for error in (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), FULL, ValueError("no"), ModelPackError()):
        assert fault_of(error, never) is not Fault.DEVICE
    # Nor is one taken into use by being asked.
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: False)
    monkeypatch.setattr(torch.cuda, "current_stream", raises(AssertionError("asked")))
    assert fault_of(EXECUTION) is Fault.NONE


def test_of_the_cards_that_we_have_memory_of_each_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def current_stream(device: torch.device) -> SimpleNamespace:
        asked.append(str(device))
        return SimpleNamespace(synchronize=raises(ILLEGAL))

    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda index: index * 1024 if index < 2 else 0)
    monkeypatch.setattr(torch.cuda, "current_stream", current_stream)
    assert fault_of(EXECUTION) is Fault.DEVICE
    with pytest.raises(DeviceFailed), naming_device_failures("cuda:2"):
        raise EXECUTION
    assert asked == ["cuda:1", "cuda:2"]


@pytest.mark.parametrize(
    ("error", "of_the_machine"),
    [
        *(
            (runtime_error("whatever", "cudaError", code), False)
            for code in (700, 702, 709, 710, *range(714, 720), 999)
        ),
        *(
            (runtime_error("whatever", "cudaError", code), True)
            for code in (3, 4, 46, 100, 214, 220, 226, 802, 805, 806, 807, 810)
        ),
        (runtime_error("device-side assert triggered", "cudaErrorAssert"), False),
        (runtime_error("unspecified launch failure", "cudaErrorLaunchFailure"), False),
        (ECC, True),
        (runtime_error("unknown error", "cudaErrorUnknown"), False),
        (RuntimeError("CUDA driver error: unknown error"), False),
        (RuntimeError("Unable to determine the device handle: GPU is lost."), True),
        (RuntimeError("GPU 0000:3B:00.0 has fallen off the bus"), True),
    ],
)
def test_a_failure_says_whether_a_call_can_have_brought_it_about(error: RuntimeError, of_the_machine: bool) -> None:
    with pytest.raises(DeviceFailed) as told, naming_device_failures("cuda:0"):
        raise error
    assert told.value.of_the_machine is of_the_machine


@pytest.mark.parametrize(
    "error",
    [
        runtime_error("invalid argument", "cudaErrorInvalidValue", 1),
        runtime_error("operation not supported", "cudaErrorNotSupported", 801),
        runtime_error("invalid configuration argument", "cudaErrorInvalidConfiguration"),
        runtime_error("invalid device ordinal", "cudaErrorInvalidDevice"),
        runtime_error("too many resources requested for launch", "cudaErrorLaunchOutOfResources"),
        runtime_error("operation not permitted when stream is capturing", "cudaErrorStreamCaptureUnsupported"),
        runtime_error("no kernel image is available for execution on the device", "cudaErrorNoKernelImageForDevice"),
        RuntimeError("CUDA error: CUBLAS_STATUS_NOT_SUPPORTED when calling `cublasLtMatmul(ltHandle)`"),
        RuntimeError("CUDA error: CUBLAS_STATUS_INVALID_VALUE when calling `cublasSgemm(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_BAD_PARAM"),
        RuntimeError("mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)"),
        RuntimeError("unknown error"),
        ValueError("CUDA error: device-side assert triggered"),
        ModelPackError("no model"),
    ],
    ids=lambda error: str(error).splitlines()[0][:60],
)
def test_what_is_wrong_with_the_call_alone_is_neither(error: BaseException) -> None:
    assert fault_of(error) is Fault.NONE
    with pytest.raises(type(error)) as told, naming_device_failures("cuda:0"):
        raise error
    assert told.value is error


def raised_from(cause: BaseException | None, context: BaseException | None = None) -> BaseException:
    error = ModelPackError("it cannot be loaded")
    error.__cause__, error.__context__ = cause, context
    return error


def test_of_several_errors_in_a_chain_the_worst_counts_wherever_it_stands() -> None:
    assert fault_of(raised_from(ECC)) is Fault.DEVICE
    assert fault_of(raised_from(None, ECC)) is Fault.DEVICE
    assert fault_of(raised_from(raised_from(FULL))) is Fault.OUT_OF_MEMORY
    with pytest.raises(DeviceFailed, match="uncorrectable ECC error"), naming_device_failures("cuda"):
        raise raised_from(ECC)


def test_a_chain_that_comes_back_to_itself_ends() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__context__, other.__context__ = other, one
    assert fault_of(one) is Fault.NONE


def test_a_failure_that_has_a_name_keeps_it() -> None:
    named = DeviceFailed("DeviceFailed: cuda:0 does not compute any more: unknown error")
    with pytest.raises(DeviceFailed) as told, naming_device_failures("cuda:1"):
        raise named
    assert told.value is named
