"""What is not to be computed is nowhere: an appliance in each setting takes calls, and all that it has is searched.

Of each call both parties have a score of their own, which is searched for. Who is outside is glad, who is inside cross.
The engine is a fake, which is asked for moods as the real one is, or tells them unasked like a worker of before.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from appliance.services.upkeep.backup_verification import extract_database
from appliance.storage.folder.backup_file import open_backup
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, master_key_of, recovery_key_of
from tests.support.appliance import vbot
from tests.support.cases import long_but
from tests.support.database_file import keys_beside
from tests.support.fake_appliance import FakeAppliance
from tests.support.fake_moods import that_feels
from tests.support.fake_worker import that_says
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence
from tests.support.search import rows_of

pytestmark = pytest.mark.slow

READY_SECONDS = 180.0  # on a machine where much else is going on
GLAD, CROSS = "positive", "negative"
PARTIES = ("caller", "called")
# Each call: which way it went, who can be named in it, and whether its worker tells moods unasked.
CALLS = {
    "in": ("inbound", PARTIES, False),
    "out": ("outbound", PARTIES, False),
    "of a direction that nobody told": (None, PARTIES, False),
    "between colleagues": ("internal", PARTIES, False),
    "of a mix": ("inbound", ("unknown", "unknown"), False),
    "in, from an old worker": ("inbound", PARTIES, True),
    "out, from an old worker": ("outbound", PARTIES, True),
    "between colleagues, from an old worker": ("internal", PARTIES, True),
    "where only the inside speaks, from an old worker": ("outbound", ("caller",), True),
}
SCORES = {(name, "caller"): round(0.10317 + 0.01 * at, 5) for at, name in enumerate(CALLS)}
SCORES |= {(name, "called"): -round(0.60329 + 0.01 * at, 5) for at, name in enumerate(CALLS)}


def outside(direction: str | None) -> str:
    return "called" if direction == "outbound" else "caller"


def wanted(setting: str) -> set[tuple[str, str]]:
    """Of which call whose mood is to be found."""
    if setting == "none":
        return set()
    if setting == "both":
        return set(SCORES)
    with_an_outside = (
        name for name, (direction, who, _) in CALLS.items() if direction != "internal" and "unknown" not in who
    )
    return {(name, outside(CALLS[name][0])) for name in with_an_outside}


@dataclass
class Searched:
    """What an appliance had, by place."""

    setting: str
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)  # by name, as the api shows them
    webhooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    statistics: dict[str, int] = field(default_factory=dict)


def recording_of(name: str) -> bytes:
    direction, parties, tells_all = CALLS[name]
    turns = [
        {"start": 2.0 * at, "end": 2.0 * at + 1, "channel": at, "party": party, "text": f"Good morning, {name}."}
        for at, party in enumerate(parties)
    ]
    moods = {party: (GLAD if party == outside(direction) else CROSS, SCORES[name, party]) for party in PARTIES}
    return that_feels(that_says(silence(0.3), turns), moods["caller"], moods["called"], tells_all=tells_all)


@pytest.fixture(scope="module", params=long_but(["outside"], ["outside", "both", "none"]))
def searched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, receiver: WebhookReceiver
) -> Searched:
    found = Searched(request.param)
    with contextlib.closing(FakeAppliance(tmp_path_factory.mktemp("box"))) as box:
        if found.setting != "outside":  # which is what goes without saying
            box.settings["VBOT_SENTIMENT_OF"] = found.setting
        box.start(READY_SECONDS)
        take_calls(box, receiver, found)
        look_at_everything(box, found)
    return found


def take_calls(box: FakeAppliance, receiver: WebhookReceiver, found: Searched) -> None:
    endpoint = receiver.endpoint()
    key = box.new_customer(webhook_url=endpoint.url)["api_key"]
    ids = {}
    for name, (direction, _, _) in CALLS.items():
        fields = {"direction": direction} if direction else {}
        ids[box.accepted(key, recording_of(name), **fields)] = name
    found.calls = {name: box.final_call(call_id) for call_id, name in ids.items()}
    found.webhooks = {ids[one.json["call_id"]]: one.json for one in endpoint.wait_for(len(ids))}
    found.places["webhooks"] = "\n".join(one.body.decode() for one in endpoint.wait_for(len(ids)))


def look_at_everything(box: FakeAppliance, found: Searched) -> None:
    for place, path in {
        "the list of calls": "/api/calls",
        "deliveries": "/api/deliveries",
        "statistics": "/api/stats",
        "metrics": "/metrics",
        "audit": "/api/audit",
        "system": "/api/system",
        "the api's own log": "/api/log?limit=500",
    }.items():
        found.places[place] = box.admin("GET", path).text
    found.places["calls"] = "\n".join(map(json.dumps, found.calls.values()))
    found.statistics = json.loads(found.places["statistics"])["totals"]["sentiment"]
    time.sleep(1)  # a backup's name holds the second
    backup = Path(vbot("backup", "create", data_dir=box.data_dir, settings=box.settings).stdout.strip())
    copy = box.folder / "copy.duckdb"
    folder = DataFolder(box.data_dir)
    with open_backup(backup, recovery_key_of(folder, Keys(master_key_of(folder)))) as reader:
        found.places["a backup"] = rows_of(copy, extract_database(backup, reader, copy))
    box.stop()
    assert wait_until(lambda: not (box.data_dir / "vbot.duckdb.wal").exists(), 10, 0.1)
    found.places["the database"] = rows_of(folder.database, keys_beside(folder.database).of(folder.database))
    found.places["log"] = box.log_file.read_text(errors="replace")


def scores_in(text: str) -> set[tuple[str, str]]:
    """Whose score stands somewhere in a text; not within a longer number, such as a moment's microseconds."""
    return {whose for whose, score in SCORES.items() if re.search(rf"(?<!\d){re.escape(f'{abs(score)}')}(?!\d)", text)}


@pytest.mark.parametrize("place", ["webhooks", "calls", "the list of calls", "a backup", "the database"])
def test_where_results_are_there_are_the_wanted_moods_and_no_others(searched: Searched, place: str) -> None:
    assert searched.places[place].count("Good morning") >= len(CALLS)
    assert scores_in(searched.places[place]) == wanted(searched.setting)
    if searched.setting == "none":
        assert GLAD not in searched.places[place]
    if searched.setting != "both":
        assert CROSS not in searched.places[place]


@pytest.mark.parametrize(
    "place", ["log", "the api's own log", "metrics", "audit", "system", "statistics", "deliveries"]
)
def test_where_no_results_are_there_is_no_mood_at_all(searched: Searched, place: str) -> None:
    assert searched.places[place]
    assert scores_in(searched.places[place]) == set()


def test_a_party_whose_mood_is_not_computed_has_none(searched: Searched) -> None:
    for name in CALLS:
        for shown in (searched.calls[name], searched.webhooks[name]):
            told = {
                party: (shown["parties"][party]["sentiment"], shown["parties"][party]["sentiment_score"])
                for party in PARTIES
            }
            for party in PARTIES:
                there = (name, party) in wanted(searched.setting)
                assert (told[party] != (None, None)) is there, (name, party, told)
                assert not there or told[party][1] == SCORES[name, party]
                assert shown["parties"][party]["talk_seconds"] is not None


def test_a_call_without_any_mood_is_neutral_and_says_why(searched: Searched) -> None:
    for name in CALLS:
        for shown in (searched.calls[name], searched.webhooks[name]):
            speaking = [party for party in PARTIES if party in CALLS[name][1] or searched.setting == "both"]
            if any((name, party) in wanted(searched.setting) for party in speaking):
                assert shown["sentiment_basis"] == "text"
                assert "sentiment" not in shown["models"]
            else:
                assert (shown["sentiment"], shown["sentiment_basis"]) == ("neutral", None)
                off = searched.setting == "none"
                assert shown["models"]["sentiment"].startswith("off" if off else "not done: ")


def test_what_is_not_computed_is_not_counted(searched: Searched) -> None:
    counted = {
        # Where only the inside speaks there is no mood of the outside to count; else who is outside is glad.
        "outside": {"positive": 5, "neutral": 0, "negative": 0},
        "both": {"positive": 9, "neutral": 0, "negative": 0},
        "none": {"positive": 0, "neutral": 0, "negative": 0},
    }
    assert searched.statistics == counted[searched.setting]
