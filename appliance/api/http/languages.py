"""Languages that whoever analyses does not know are refused at the door, not when the recording has been read."""

from __future__ import annotations

from appliance.errors import InvalidRequest, Problem


def check_language_is_known(language: str | None, known: frozenset[str], field: str) -> None:
    """Raise InvalidRequest that names those that are known; nothing is refused while none is."""
    if language is not None and known and language not in known:
        raise InvalidRequest(Problem(field, f"must be one of {', '.join(sorted(known))}"))
