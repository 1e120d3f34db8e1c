"""Store what was made of one revision of a call, within the bounds of its recording."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import msgspec

from appliance.domain.call import Call
from appliance.messages.call_result import CallResult
from appliance.services.calls.audio_length import charged_seconds
from appliance.services.calls.result_bounds import check_duration, check_size
from appliance.services.calls.result_columns import ResultColumns
from appliance.storage.database import Connection
from appliance.storage.tables import results, stored_recordings, usage
from appliance.storage.tables.results import StoredResult


def store_result(tx: Connection, call: Call, result: CallResult, now: datetime) -> None:
    """The result, and what its analysis counts for the customer.

    Raises ResultTooLarge where it cannot come of the call's recording.
    """
    body = msgspec.json.encode(msgspec.structs.replace(result, words=msgspec.UNSET)).decode()
    words = None if result.words is msgspec.UNSET else msgspec.json.encode(result.words).decode()
    recording = stored_recordings.get(tx, call.call_id, call.revision)
    size = 0 if recording is None else recording.bytes
    check_duration(result.duration_seconds, size)
    check_size("a result", body, size)
    check_size("the words", words, size)
    results.insert(
        tx,
        StoredResult(
            call_id=call.call_id,
            revision=call.revision,
            attempt=call.attempt,
            stored_at=now,
            sentiment=result.sentiment,
            speech_seconds=result.speech_seconds,
            search_text="\n".join((result.transcription, result.summary, result.keywords)).lower(),
            body=body,
            words=words,
            **asdict(ResultColumns.of(result)),
        ),
    )
    usage.add_analysed(tx, call.customer_id, now, charged_seconds(result.duration_seconds, size))
