"""Which pack for speech suits what is here: by the memory of the card, or the cores of the processor."""

from __future__ import annotations

GIB = 1024**3
BASE, MEDIUM, TURBO = "whisper-base", "whisper-medium", "whisper-large-v3-turbo"
# From the quickest to the most often right. Any other is somebody's choice, of which nothing is known here.
KNOWN = ("whisper-tiny.en", BASE, MEDIUM, TURBO)
# The weights in fp16, what is decoded at a time, the other models, the driver, and a margin.
TURBO_CARD_BYTES = 6 * GIB
# Medium is ten times the work of base, which 2 cores do 85 times as fast as people speak.
MEDIUM_CORES = 16


def advice(asr_model: str, device: str, card_bytes: tuple[int, ...], cores: int) -> str | None:
    """A sentence on the pack that is set; None for one that is not the catalogue's. `card_bytes`: of each card."""
    if asr_model not in KNOWN:
        return None
    best, why = _best(device, card_bytes, cores)
    if asr_model == best:
        return f"{best} suits {why}"
    if KNOWN.index(asr_model) > KNOWN.index(best):
        return f"{asr_model} is more than {why} can do in good time: {best} suits it better"
    return f"{why} could do more: {best} is more often right ({_install(best)}, then VBOT_ASR_MODEL={best})"


def _best(device: str, card_bytes: tuple[int, ...], cores: int) -> tuple[str, str]:
    if device != "cpu" and card_bytes:
        index = int(device.partition(":")[2] or 0)
        memory = card_bytes[min(index, len(card_bytes) - 1)]
        size = f"a card of {memory / GIB:.0f} GB"
        return (TURBO, size) if memory >= TURBO_CARD_BYTES else (BASE, size)
    which = "a processor of 1 core" if cores == 1 else f"a processor of {cores} cores"
    return (MEDIUM, which) if cores >= MEDIUM_CORES else (BASE, which)


def _install(name: str) -> str:
    from engine.models import CATALOGUE  # noqa: PLC0415

    return CATALOGUE[name].install_command
