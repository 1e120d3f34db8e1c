"""Which pack is advised: what suits a machine is never called too much or too little for it."""

from __future__ import annotations

import pytest

from appliance.commands.checks.model_advice import BASE, GIB, KNOWN, MEDIUM, TURBO, advice
from engine.models import CATALOGUE

MACHINES = [
    ("auto", (), 1),
    ("auto", (), 2),
    ("auto", (), 64),
    ("cpu", (80 * GIB,), 2),
    ("auto", (4 * GIB,), 64),
    ("cuda:0", (6 * GIB,), 2),
    ("cuda", (80 * GIB,), 2),
    ("cuda:1", (4 * GIB, 24 * GIB), 2),
    ("cuda:7", (24 * GIB,), 2),  # not there: another check says so
]


@pytest.mark.parametrize("machine", MACHINES)
def test_exactly_one_pack_suits_a_machine_and_the_others_are_told_which(
    machine: tuple[str, tuple[int, ...], int],
) -> None:
    said = {name: advice(name, *machine) or "" for name in KNOWN}
    (best,) = [name for name, text in said.items() if text.startswith(f"{name} suits ")]
    for name, text in said.items():
        if name != best:
            assert best in text
            assert f"{name} suits" not in text


@pytest.mark.parametrize(
    ("asr_model", "machine", "says"),
    [
        (BASE, ("auto", (), 2), "whisper-base suits a processor of 2 cores"),
        (BASE, ("auto", (), 1), "whisper-base suits a processor of 1 core"),
        (TURBO, ("cuda:0", (24 * GIB,), 2), "whisper-large-v3-turbo suits a card of 24 GB"),
        (MEDIUM, ("auto", (), 32), "whisper-medium suits a processor of 32 cores"),
        (
            BASE,
            ("cuda:1", (4 * GIB, 80 * GIB), 2),
            "a card of 80 GB could do more: whisper-large-v3-turbo is more often right (vbot models install "
            "whisper-large-v3-turbo --from-hub, then VBOT_ASR_MODEL=whisper-large-v3-turbo)",
        ),
        (
            TURBO,
            ("cpu", (80 * GIB,), 4),
            "whisper-large-v3-turbo is more than a processor of 4 cores can do in good time: whisper-base suits it "
            "better",
        ),
        ("office", ("auto", (), 2), None),
    ],
)
def test_the_advice_goes_by_what_is_there(
    asr_model: str, machine: tuple[str, tuple[int, ...], int], says: str | None
) -> None:
    assert advice(asr_model, *machine) == says


def test_only_packs_of_the_catalogue_are_advised() -> None:
    assert set(KNOWN) <= CATALOGUE.keys()
