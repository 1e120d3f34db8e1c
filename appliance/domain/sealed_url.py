"""A webhook's address as it is kept: its path and query may be all that a stranger needs to post to it."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.cell import Cell


@dataclass(frozen=True, slots=True)
class SealedUrl:
    """An address: what everybody may see of it, and the whole of it, encrypted (AES-256-GCM) for its place.

    Two of the same address are equal only if they were sealed together: one that is not changed is kept as it is.
    """

    masked: str
    sealed: bytes
    cell: Cell


def masked_url(url: SealedUrl | None) -> str | None:
    """What everybody may see of an address, where there is one."""
    return None if url is None else url.masked
