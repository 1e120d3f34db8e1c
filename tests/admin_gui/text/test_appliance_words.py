"""The appliance speaks English; a program in another language shows its sentences in that language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.calls import Call
from admin_gui.client.deliveries import Attempt, Delivery
from admin_gui.client.system import Component, Health, System
from admin_gui.client.transport.errors import Conflict, FieldProblem, Invalid
from admin_gui.models.health import verdict
from admin_gui.pages.calls.columns import in_a_line
from admin_gui.pages.webhooks.columns import exact_answer
from admin_gui.text.appliance_words.sentences import TEMPLATES, Reading, translated
from admin_gui.text.error_messages import message_of
from tests.admin_gui.speaking import speaking
from tests.admin_gui.text.told_sentences import ROOT, Told, told_in
from tests.admin_gui.text.untold import DESCRIBING, QUIET, UNTOLD

PLACE = re.compile(r"%[1-9]")


@pytest.fixture
def german(qtbot: QtBot) -> Iterator[None]:
    with speaking("de_DE"):
        yield


def _modules() -> list[str]:
    folders = ROOT / "appliance", ROOT / "engine"
    return sorted(str(file.relative_to(ROOT)) for folder in folders for file in folder.rglob("*.py"))


def _is_in(module: str, place: str) -> bool:
    return module.startswith(place) if place.endswith("/") else module == place


def _speaking() -> list[str]:
    quiet = [place for places in QUIET.values() for place in places]
    return [module for module in _modules() if not any(_is_in(module, place) for place in quiet)]


@cache
def _said() -> tuple[Told, ...]:
    return tuple(told for module in _speaking() for told in told_in(module))


def _describes(told: Told) -> bool:
    return (
        told.module in DESCRIBING and (told.template[0].isupper() or told.template[:1] == "`") and not _is_known(told)
    )


def _is_excepted(told: Told) -> bool:
    return any(_excepts(text, told) for text in _untold())


def _untold() -> list[str]:
    return [text for texts in UNTOLD.values() for text in texts]


def _excepts(text: str, told: Told) -> bool:
    return told.template.startswith(text[:-1]) if text.endswith("…") else told.template == text


def _is_known(told: Told) -> bool:
    return told.template in TEMPLATES


def test_every_sentence_of_the_appliance_is_in_the_catalogue() -> None:
    """A new one goes into admin_gui/text/appliance_words/ and de.ts, or with its reason into untold.py."""
    missing = [one for one in _said() if not _is_known(one) and not _describes(one) and not _is_excepted(one)]
    assert [f"{one.module}:{one.line}: {one.template}" for one in missing] == []


def test_a_new_sentence_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new.py").write_text(
        'def f(n, m):\n    """Docstring of words."""\n    logger.info("a line of the log")\n'
        "    raise Conflict(\"call\", f\"nobody has heard of {n:.1f} {'calls' if m else 'webhooks'}.\")\n"
    )
    monkeypatch.setattr("tests.admin_gui.text.told_sentences.ROOT", tmp_path)
    assert [one.template for one in told_in("new.py")] == [
        "nobody has heard of %1 calls",
        "nobody has heard of %1 webhooks",
    ]


def test_no_exception_outlives_what_it_excepts() -> None:
    modules = _modules()
    gone = [place for places in QUIET.values() for place in places if not any(_is_in(one, place) for one in modules)]
    unsaid = [text for text in _untold() if not any(_excepts(text, one) for one in _said())]
    assert (gone, unsaid) == ([], [])


def test_every_template_is_recognised_with_values_in_its_places(german: None) -> None:
    """Each by itself, whichever other one it resembles: no word of the English is left."""
    wrong = []
    for template in TEMPLATES:
        filled = PLACE.sub(lambda place: f"x{place[0][1]}x", template)
        shown = translated(filled)
        places = set(PLACE.findall(template))
        if (shown == filled and filled not in SAME_IN_GERMAN) or any(f"x{one[1]}x" not in shown for one in places):
            wrong.append((template, shown))
    assert wrong == []


SAME_IN_GERMAN = {"x1x min", "Segment x1x"}


@pytest.mark.parametrize(
    ("english", "german_text"),
    [
        ("must be from 1 to 500", "muss von 1 bis 500 sein"),
        (
            "Only 9.5 GB of 1024.0 GB are free; below the floor of 2.0 GB no calls are accepted.",
            "Nur 9,5 GB von 1.024,0 GB sind frei; unter der Untergrenze von 2,0 GB werden keine Anrufe angenommen.",
        ),
        ("The certificate expires on 2026-12-24, in 12 days.", "Das Zertifikat läuft am 24.12.26 ab (noch 12 Tage)."),
        (
            "The header does not say how long the recording is; all 6.0 s of it are read.",
            "Der Kopf nennt nicht, wie lang die Aufnahme ist; alles wird gelesen (6,0 s).",
        ),
        (
            "w1, w2 are still loading, since 12 s: calls are accepted and wait (worker w1 died 3 times while loading: "
            "killed by SIGKILL without a word: out of memory?).",
            "w1, w2 laden noch, seit 12 s: Anrufe werden angenommen und warten (Worker w1 ist 3-mal beim Laden "
            "abgestürzt: mit SIGKILL abgebrochen, ohne eine Meldung: zu wenig Arbeitsspeicher?).",
        ),
        (
            "3 posts were refused in the last hour, the last: file is required; channels must be from 1 to 2",
            "3 Sendungen wurden in der letzten Stunde abgewiesen, die letzte: file ist erforderlich; channels muss von "
            "1 bis 2 sein",
        ),
        ("`agnt` is no field of this form and is left out (is `agent` meant?).",
         "`agnt` ist kein Feld dieses Formulars und wird weggelassen (ist `agent` gemeint?)."),
        (
            "The upgrade to 1.2.0 was taken back and 1.1.0 runs: it was healthy before, and is not now.",
            "Die Aktualisierung auf 1.2.0 wurde zurückgenommen, und 1.1.0 läuft: sie war vorher gesund und ist es "
            "nicht mehr.",
        ),
        (
            "Tokens end soon: a (1) on 2026-12-24, b (2) on 2026-12-30 and 3 others. Create new ones before.",
            "Token laufen bald ab: a (1) am 24.12.26, b (2) am 30.12.26 und 3 weitere. Erstellen Sie vorher neue.",
        ),
    ],
)  # fmt: skip
def test_a_sentence_is_given_with_its_values_as_the_language_writes_them(
    german: None, english: str, german_text: str
) -> None:
    assert translated(english) == german_text


def test_what_no_template_says_is_shown_as_it_came(german: None) -> None:
    """An older appliance, or a newer one, has other sentences."""
    for text in ("The flux capacitor is out of flux.", "", " ", "Müller & Söhne: 12.5 (a; b)", "x" * 10_000):
        assert translated(text) == text


def test_of_several_sentences_the_known_ones_are_translated(german: None) -> None:
    assert translated("Something new. The disk is full.") == "Something new. Die Festplatte ist voll."


def test_a_program_in_english_shows_it_unchanged(qtbot: QtBot) -> None:
    with speaking("en_US"):
        for text in ("must be from 1 to 500", "The certificate expires on 2026-12-24, in 12 days."):
            assert translated(text) == text


def test_a_text_that_can_be_taken_apart_in_many_ways_is_looked_at_in_few(german: None) -> None:
    reading = Reading()
    assert reading.found(": ".join(["a b; c (d)", "e, f. G"] * 100), 0) is None
    assert len(reading.known) < 2_000


def _call(**fields: Any) -> Call:
    since = "2026-12-01T10:00:00Z"
    told = {"call_id": "c", "customer_id": 1, "state": "failed", "caller_number": "1", "called_number": "2"}
    return msgspec.convert({**told, "received_at": since, "status_changed_at": since, **fields}, Call)


def test_errors_say_in_german_what_the_appliance_refuses(german: None) -> None:
    refused = Invalid("", details=(FieldProblem("limit", "must be from 1 to 500"), FieldProblem("x", "is brand new")))
    assert message_of(refused) == "Abgewiesen: limit muss von 1 bis 500 sein; x is brand new."
    conflict = Conflict("", details=(FieldProblem("call", "the call is not final yet"),))
    assert message_of(conflict).endswith(": der Anruf ist noch nicht fertig.")


def test_a_failed_call_says_in_german_why(german: None) -> None:
    fault = {"code": "unreadable_recording", "message": "The recording holds no samples."}
    assert in_a_line(_call(error=fault)) == "Die Aufnahme enthält keinen Ton."


def test_a_webhook_says_in_german_why_it_was_not_taken(german: None) -> None:
    attempt = Attempt(at=datetime(2026, 12, 1, tzinfo=UTC), error="timed out after 10 s")
    delivery = Delivery(
        id="d", call_id="c", customer_id=1, event="call.completed", state="retrying", attempts=[attempt]
    )
    assert exact_answer(delivery).endswith("(keine Antwort binnen 10 s)")


def test_a_part_of_the_appliance_says_in_german_how_it_is(german: None) -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    parts = [
        Component(name="database", state="failed", reason="No call can be stored: the disk is full."),
        Component(name="upgrade", state="warning", reason="The upgrade to 2.0 was refused and 1.0 runs on: it is new."),
    ]
    texts = [one.text for one in verdict(Health(status="degraded"), System(components=parts), now).findings]
    assert texts == [
        "Datenbank: Kein Anruf lässt sich speichern: die Festplatte ist voll.",
        "Aktualisierung: Die Aktualisierung auf 2.0 wurde abgelehnt, und 1.0 läuft weiter: it is new.",
    ]
