"""What of a result stands beside it in columns of its own, since figures are made of it; and in older results, too."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from functools import partial

import msgspec

from appliance.messages.call_result import CallResult
from appliance.storage.database import Connection, Database
from appliance.storage.tables import results
from appliance.storage.tables.results import ColumnsOfResult

logger = logging.getLogger(__name__)

# Read and decoded outside of the one writer, whom nobody is to wait for; of so many a commit takes some 20 ms.
AT_ONCE = 1000
# A body may have 24 MB.
CHARACTERS_AT_ONCE = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class ResultColumns:
    """As the columns are called. What nobody counted, as in results of earlier versions, is None."""

    keywords: str
    caller_talk_seconds: float | None = None
    called_talk_seconds: float | None = None
    silence_seconds: float | None = None

    @classmethod
    def of(cls, result: CallResult) -> ResultColumns:
        """Those of a result."""
        parties, conversation = result.parties, result.conversation
        silence = None if conversation is None else conversation.silence_seconds
        return cls(result.keywords, parties.caller.talk_seconds, parties.called.talk_seconds, silence)


class FillResultColumns:
    """Fills in the columns of results that an earlier version stored without, before an upgrade or after a way back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_done = False  # since this start, no result is stored without

    async def __call__(self) -> bool:
        """Some of them, in a transaction of its own; returns whether there may be more."""
        if not self._is_done:
            found = await self._database.read(_look)
            if found:
                await self._database.write(partial(results.fill_columns, filled=found))
            self._is_done = not found
        return not self._is_done


def _look(tx: Connection) -> list[ColumnsOfResult]:
    return [
        ColumnsOfResult(call_id, revision, **asdict(_columns(body)))
        for call_id, revision, body in results.without_columns(tx, AT_ONCE, CHARACTERS_AT_ONCE)
    ]


def _columns(body: str) -> ResultColumns:
    try:
        return ResultColumns.of(msgspec.json.decode(body, type=CallResult))
    except msgspec.MsgspecError as error:  # damaged: whoever opens the call is told
        logger.debug("nothing is counted of a result that cannot be read: %s", error)
        return ResultColumns("")
