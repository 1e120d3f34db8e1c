"""Store what was made of one revision of a call, within the bounds of its recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import msgspec

from appliance.domain.call import Call
from appliance.messages.call_result import CallResult
from appliance.services.calls.audio_length import charged_seconds
from appliance.services.calls.result_bounds import check_duration, check_size
from appliance.services.calls.result_columns import ResultColumns
from appliance.storage.database import Connection
from appliance.storage.tables import results, usage
from appliance.storage.tables.results import StoredResult


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is stored of one revision's analysis, and what it counts for the customer: seconds of audio."""

    customer_id: int
    result: StoredResult
    charged_seconds: float


def analysis_of(call: Call, result: CallResult, recording_bytes: int, now: datetime) -> Analysis:
    """What is to be stored of it. Raises ResultTooLarge where it cannot come of the call's recording."""
    body = msgspec.json.encode(msgspec.structs.replace(result, words=msgspec.UNSET)).decode()
    words = None if result.words is msgspec.UNSET else msgspec.json.encode(result.words).decode()
    check_duration(result.duration_seconds, recording_bytes)
    check_size("a result", body, recording_bytes)
    check_size("the words", words, recording_bytes)
    stored = StoredResult(
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
    )
    return Analysis(call.customer_id, stored, charged_seconds(result.duration_seconds, recording_bytes))


def store_analyses(tx: Connection, analyses: Sequence[Analysis]) -> None:
    """Store the results, and note what was analysed."""
    results.insert_many(tx, [one.result for one in analyses])
    usage.add_analysed_many(tx, [(one.customer_id, one.result.stored_at, one.charged_seconds) for one in analyses])
