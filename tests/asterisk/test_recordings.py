"""Each way in which an Asterisk writes recordings: what was said comes out of the box, once, under its number."""

from __future__ import annotations

from typing import Any

import pytest

from tests.asterisk.books import row_of
from tests.asterisk.office import Office
from tests.asterisk.speech import words_of
from tests.asterisk.table import record
from tests.engine.sounds import WORDS, word_error_rate

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.asterisk, pytest.mark.timeout(3600)]

CONVERSATION = ("austen-0870", "cards-005", "austen-0890")
# The model is a small one, and telephone sound loses it some words.
MOST_WRONG = 0.2
# Extension of the dial plan, and whether each party has a channel of its own in what is sent.
VARIANTS = {
    "legs, --asterisk": ("101", True),
    "legs, --legs": ("files*101", True),
    "D to .raw": ("raw*101", True),
    "D to .wav": ("stereowav*101", True),
    "mono mix .wav": ("mono*101", False),
    "mono mix .wav49": ("gsm*101", False),
}


def test_what_is_said_arrives_whatever_mixmonitor_writes(office: Office, record_property: Any) -> None:
    for target, _ in VARIANTS.values():  # all at the same time, as in an office
        office.call(target, "caller", *CONVERSATION)
    total, bodies = office.arrived("all variants")
    assert (total.accepted, total.webhooks, total.lost, total.doubled, total.wrong) == (6, 6, 0, 0, 0)
    calls = office.calls()
    for (variant, (_, has_parties)), expected, body in zip(VARIANTS.items(), office.expected, bodies, strict=True):
        own = [call for call in calls if call["caller_number"] == expected.number]
        row = row_of(variant, [expected], own, [body])
        record(row, record_property)
        assert row.error_rate is not None
        assert row.error_rate <= MOST_WRONG, (variant, body["transcription"])
        assert (body["called_number"], body["direction"]) == ("101", "inbound"), variant
        if has_parties:
            assert row.without_party == 0, variant
            said = f"{WORDS['austen-0870']} {WORDS['austen-0890']}"
            assert word_error_rate(said, words_of(body["segments"], "caller")) <= MOST_WRONG, variant
            assert word_error_rate(WORDS["cards-005"], words_of(body["segments"], "called")) <= 0.35, variant
