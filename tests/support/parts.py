"""The parts of an api on a real database, without processes, HTTP or real time: for tests of the use cases."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from appliance.domain.actor import OWNER
from appliance.domain.call import Call
from appliance.domain.customer import Customer
from appliance.domain.dropped_reports import DropReason
from appliance.domain.live_event import LiveEvent, MuchChanged
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.call_result import CallResult, Failure, PartiesResult, PartyResult, SegmentResult
from appliance.messages.claim_headers import PROTOCOL
from appliance.messages.heartbeat import Held, WorkerHeartbeat
from appliance.messages.reports import CallAnalysed, CallCrashed, CallFailed, CallReleased
from appliance.services.calls.claim_call import Claim, ClaimCall
from appliance.services.calls.finish_call import CallListeners, FinishCall
from appliance.services.calls.leases import Leases
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.submission import Submission, Upload
from appliance.services.calls.submit_call import SubmitCall
from appliance.services.customers.customers import Customers
from appliance.storage.database import Connection, Database, rows
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls

LEASE_SECONDS = 900.0
WORKER = "box/cpu"
KEYS = Keys(bytes(32))


class Clocks:
    """Both clocks of the appliance; they move when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self._began = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.seconds - 1000.0)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


class Parts:
    """The composition root of a test; what one part tells another is noted in `told` and may be passed on."""

    def __init__(self, folder: DataFolder, database: Database, clocks: Clocks, keys: Keys | None = None) -> None:
        self.clocks = clocks
        self.data = folder
        self.database = database
        self.keys = keys or KEYS
        self.recordings = RecordingStore(folder.recordings, folder.incoming, self.keys)
        self.open_calls = OpenCalls({})
        self.leases = Leases(LEASE_SECONDS, clocks.monotonic)
        self.told: list[str] = []
        self.published: list[LiveEvent | MuchChanged] = []
        publish = self.published.append
        self.claimed: list[str] = []
        self.dropped: list[DropReason] = []
        self.on_delivery_added: Callable[[], None] = lambda: None
        self.pass_on_claim: Callable[[str], None] = self.claimed.append
        listeners = CallListeners(
            put_back=lambda: self.told.append("put back"),
            delivery_added=self._delivery_added,
            settled=self.leases.end,
            publish=publish,
            dropped=lambda reason, _head: self.dropped.append(reason),
        )
        self.finish_call = FinishCall(database, self.keys, self.open_calls, clocks.now, listeners, "outside")
        self.claim_call = ClaimCall(
            database, self.recordings, self.keys, self.leases, self.finish_call, clocks.now, self._on_claimed, publish
        )
        self.submit_call = SubmitCall(
            database,
            self.recordings,
            self.keys,
            self.open_calls,
            clocks.now,
            lambda: self.told.append("received"),
            publish,
        )
        self.customers = Customers(database, self.keys, clocks.now, lambda: None, publish)

    def _delivery_added(self) -> None:
        self.told.append("delivery added")
        self.on_delivery_added()

    def _on_claimed(self, call_id: str) -> None:
        self.pass_on_claim(call_id)

    async def customer(self, **fields: Any) -> Customer:
        """A customer; it has a webhook URL unless one is given, None too."""
        basic = {
            "name": "Ada",
            "company_name": "Example Ltd",
            "email": "ada@example.com",
            "webhook_url": "http://127.0.0.1/hook",
        }
        return await self.customers.create(OWNER, webhook_secret=None, **{**basic, **fields})

    async def submitted(self, customer: Customer | None = None, *, audio: bytes | None = None, **fields: Any) -> Call:
        """An accepted call of this customer (or a new one), waiting for the relay; its audio is unlike any other's."""
        customer = customer or await self.customer()
        path, file = self.recordings.open_incoming()
        audio = audio or b"RIFF" + uuid4().bytes
        submission = Submission(**{"caller_number": "+491", "called_number": "+492", **fields})
        upload = Upload(path, len(audio), hashlib.sha256(audio).hexdigest())
        file.write(audio)
        file.finish(self.submit_call.facts(customer, submission, upload))
        return await self.call((await self.submit_call(customer, submission, upload)).call_id)

    def audio(self, file: str, size: int) -> bytes:
        """A recording that is kept, as it came."""
        with self.recordings.open(self.recordings.path(file), size) as opened:
            return opened.read()

    async def held(self, worker: str = WORKER, boot: str = "first life") -> Call:
        """A call that this life of a worker has just claimed."""
        call = await self.submitted()
        await self.claim_call(self.claim(call, worker=worker, boot=boot))
        return await self.call(call.call_id)

    def claim(self, call: Call, *, attempt: int | None = None, worker: str = WORKER, boot: str = "first life") -> Claim:
        """A signed claim of the call's next attempt, or of the given one, good for an hour."""
        attempt = call.attempt + 1 if attempt is None else attempt
        expires = int(self.clocks.now().timestamp()) + 3600
        signature = self.keys.sign_recording(call.call_id, call.revision, attempt, expires)
        return Claim(call.call_id, call.revision, attempt, expires, signature, worker, boot, PROTOCOL)

    async def call(self, call_id: str) -> Call:
        """The call as it is stored now."""
        found = await self.database.read(lambda tx: calls.get(tx, call_id))
        assert found is not None
        return found

    async def table(self, name: str) -> list[dict[str, Any]]:
        """All rows of a table, in the order in which they were stored."""

        def read(tx: Connection) -> list[dict[str, Any]]:
            return list(rows(tx.execute(f"SELECT * FROM {name} ORDER BY rowid")))

        return await self.database.read(read)


@contextlib.asynccontextmanager
async def parts(folder: Path) -> AsyncIterator[Parts]:
    """Open the parts on a data folder; what an earlier life stored there is there again."""
    data = DataFolder(folder)
    data.create()
    database = Database.open(data.database)
    try:
        yield Parts(data, database, Clocks())
    finally:
        database.close()


def heartbeat(
    beat: int,
    *held: Call,
    worker: str = WORKER,
    boot: str = "first life",
    ready: bool = True,
    protocol: int = PROTOCOL,
) -> dict[str, WorkerHeartbeat]:
    """What the queue shows of one worker."""
    return {
        worker: WorkerHeartbeat(
            worker=worker,
            boot=boot,
            beat=beat,
            device="cpu",
            model="test",
            ready=ready,
            protocol=protocol,
            held=[Held(call_id=one.call_id, revision=one.revision, attempt=one.attempt) for one in held],
        )
    }


def head_of(call: Call | AnalyseCall, keys: Keys | None = None) -> dict[str, Any]:
    """Which attempt a report is about, proven as by whoever claimed it under these keys, or under those of `parts`."""
    worker, boot = WORKER, "first life"
    if isinstance(call, Call):
        worker, boot = call.worker or worker, call.worker_boot or boot
    token = (keys or KEYS).claim_token(call.call_id, call.revision, call.attempt, worker, boot)
    return {
        "call_id": call.call_id,
        "revision": call.revision,
        "attempt": call.attempt,
        "worker": worker,
        "boot": boot,
        "claim_token": token,
    }


def analysed(call: Call | AnalyseCall, text: str = "Hello.", keys: Keys | None = None) -> CallAnalysed:
    """The worker's word that this attempt succeeded: the caller said this."""
    turn = SegmentResult(start=0.5, end=1.5, channel=0, party="caller", text=text, confidence=0.9)
    party = PartyResult(talk_seconds=1.0, sentiment="neutral", sentiment_score=0.0)
    result = CallResult(
        transcription=text,
        summary=text,
        sentiment="neutral",
        keywords="hello",
        duration_seconds=2.0,
        speech_seconds=1.0,
        language="en",
        segments=[turn],
        parties=PartiesResult(caller=party, called=party),
        keyword_scores={"hello": 1.0},
        models={"asr": "test"},
        no_speech=False,
    )
    return CallAnalysed(**head_of(call, keys), result=result)


def failed(call: Call | AnalyseCall) -> CallFailed:
    """The worker's word that the recording is at fault."""
    return CallFailed(**head_of(call), failure=Failure(code="recording_broken", message="cannot be read"))


def crashed(call: Call | AnalyseCall, in_hand: int = 1) -> CallCrashed:
    """The worker's word that the analysis broke while it held so many calls."""
    failure = Failure(code="engine_error", message="the analysis broke")
    return CallCrashed(**head_of(call), failure=failure, in_hand=in_hand)


def released(call: Call | AnalyseCall) -> CallReleased:
    """The worker's word that it hands the call back."""
    return CallReleased(**head_of(call), reason="the worker was stopped")
