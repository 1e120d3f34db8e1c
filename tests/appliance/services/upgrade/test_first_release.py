"""What a newer version has made of the first release's data folder, that release reads again."""

from __future__ import annotations

import hashlib
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from appliance.domain.clock import utc_now
from appliance.services.upgrade.first_release import make_readable
from appliance.services.upgrade.kept_database import keep, kept_folder, put_back
from appliance.services.upkeep.own_database import opened_own_database
from appliance.storage import erasure
from appliance.storage.folder.call_facts import CallFacts, seal_facts
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import customers, stored_recordings

pytestmark = pytest.mark.slow

RELEASED = Path(__file__).parents[3] / "data/released/1.0.0-eeb1c75.tar.gz"
NUMBERS_OF_DONE = {"caller_number": "+4930123456", "called_number": "+4940654321"}
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Box:
    """Its folder, which a newer version had from `keep` on."""

    def __init__(self, root: Path) -> None:
        with tarfile.open(RELEASED) as archive:
            archive.extractall(root, filter="fully_trusted")
        self.facts: dict[str, Any] = json.loads((root / "facts.json").read_text())
        self.folder = DataFolder(root / "data")
        self.folder.create()
        self.keys = Keys.of(self.folder)
        self.kept = kept_folder(self.folder, NOW)
        keep(self.folder, self.keys, self.kept)
        self._store = RecordingStore(self.folder.recordings, self.folder.incoming, self.keys)
        with opened_own_database(self.folder, self.keys) as database:
            sizes = database.write_blocking(stored_recordings.sizes)
            customer = database.write_blocking(lambda tx: customers.get(tx, self.facts["customer"]["id"]))
        assert customer is not None
        self._since = customer.created_at
        assert all(self._store.encrypt(name, size) for name, size in sizes.items())

    def accept(self, call_id: str, audio: bytes, customer: int | None = None, **said: Any) -> None:
        """As the newer version does with a call."""
        path, writer = self._store.open_incoming()
        writer.write(audio)
        facts = CallFacts(
            call_id=call_id,
            customer_id=customer or self.facts["customer"]["id"],
            customer_since=self._since,
            received_at=utc_now(),
            bytes=len(audio),
            sha256=hashlib.sha256(audio).hexdigest(),
            submission=msgspec.Raw(msgspec.json.encode({"caller_number": "+491", "called_number": "+492", **said})),
        )
        writer.finish(seal_facts(facts, self.keys))
        self._store.keep([path], NOW.date())

    def back(self) -> None:
        put_back(self.folder, self.keys, self.kept)
        make_readable(self.folder, self.keys, self.kept)

    def migrated(self) -> None:
        """By the newer version, which starts with the machine after a power cut on the way back."""
        with opened_own_database(self.folder, self.keys):
            pass

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """As that release reads them: plain, without a key."""
        with duckdb.connect(str(self.folder.database), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def sounds(self) -> dict[str, bytes]:
        """Of each call the newest, as it lies there."""
        files = self.rows("SELECT call_id, file, bytes FROM recording WHERE erased_at IS NULL ORDER BY revision")
        return {call_id: (self.folder.recordings / file).read_bytes()[:size] for call_id, file, size in files}


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_database_recordings_and_recovery_key_are_as_it_reads_them(box: Box) -> None:
    box.back()
    assert box.rows("SELECT max(number) FROM schema_migration") == [(8,)]
    calls = box.facts["calls"]
    digests = {call_id: hashlib.sha256(sound).hexdigest() for call_id, sound in box.sounds().items()}
    assert digests == {calls[name]: digest for name, digest in box.facts["recordings"].items()}
    sealed = box.folder.recovery_key.read_bytes()
    assert box.keys._open(sealed, None) == box.facts["recovery_key"]  # for no place


def test_calls_that_the_newer_version_accepted_wait_under_their_ids_and_only_once(box: Box) -> None:
    box.accept("new", b"RIFF new", external_id="pbx-new", metadata='{"a": 1}')
    box.accept("other", b"RIFF more of it", external_id="pbx-done", **NUMBERS_OF_DONE)  # it was done before
    box.accept("theirs", b"RIFF strangers", customer=4711)
    box.back()
    box.back()  # cut off at its end, and done again
    done = box.facts["calls"]["done"]
    query = "SELECT call_id, state, revision, external_id FROM call WHERE call_id IN ('new', 'other', ?) ORDER BY ALL"
    found = box.rows(query.replace("?", f"'{done}'"))
    assert found == sorted([("new", "received", 1, "pbx-new"), (done, "received", 2, "pbx-done")])
    assert (box.sounds()["new"], box.sounds()[done]) == (b"RIFF new", b"RIFF more of it")
    assert len(list(box.folder.lost_and_found.iterdir())) == 1


def test_a_call_under_the_id_of_another_takes_nothing_from_that_one(box: Box) -> None:
    query = "SELECT call_id, revision, state, sentiment, finished_at FROM call WHERE external_id = 'pbx-done'"
    before = box.rows(query)
    box.accept("strange", b"RIFF of others", external_id="pbx-done", idempotency_key="key")
    box.back()
    box.back()
    assert (box.rows(query), before[0][:3]) == (before, (box.facts["calls"]["done"], 1, "completed"))
    told = box.rows("SELECT caller_number, external_id, idempotency_key, state FROM call WHERE call_id = 'strange'")
    assert told == [("+491", None, None, "received")]
    assert box.sounds()["strange"] == b"RIFF of others"


def test_a_way_back_that_was_cut_off_at_its_end_loses_no_call_where_the_newer_version_has_run_since(box: Box) -> None:
    box.accept("new", b"RIFF new")
    box.back()
    box.migrated()
    box.accept("newer", b"RIFF newer")
    box.back()
    assert box.rows("SELECT max(number) FROM schema_migration") == [(8,)]
    assert {"new", "newer", *box.facts["calls"].values()} == {
        call_id for (call_id,) in box.rows("FROM call SELECT call_id")
    }
    assert (box.sounds()["new"], box.sounds()["newer"]) == (b"RIFF new", b"RIFF newer")


def test_what_was_erased_meanwhile_does_not_come_back(box: Box) -> None:
    box.accept("erased", b"RIFF erased")
    with opened_own_database(box.folder, box.keys) as database:
        database.write_blocking(lambda tx: erasure.keep_erasures(tx, {"erased": utc_now()}))
        database.write_blocking(lambda tx: erasure.erase_call(tx, box.facts["calls"]["done"], utc_now()))
    box.back()
    assert box.rows("SELECT call_id FROM call") == [(box.facts["calls"]["waits"],)]
