"""What the api adds to a worker's result, since it alone knows it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from appliance.messages.bounds import MAX_LIST
from appliance.messages.call_result import CallResult


def with_warnings(result: CallResult, found: Sequence[str]) -> CallResult:
    """The analysis with what was found when the recording came, before what was found when it was read."""
    return replace(result, warnings=list(dict.fromkeys((*found, *result.warnings)))[:MAX_LIST]) if found else result
