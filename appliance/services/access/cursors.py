"""Cursors of lists: where a page ended, as a text that tells nobody how many rows of others lie before it.

Each is encrypted and authenticated together with the list and the order that it belongs to, and valid nowhere else.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from appliance.storage.folder.keys import Keys
from appliance.storage.tables.keyset import Place, Sorting

Order = Literal["asc", "desc"]
# As many bytes for each number: else the length would tell its digits.
_NUMBER_BYTES = 8


class Cursors:
    """Writes and reads them under a key of the appliance, so that they outlive a restart."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def write(self, path: str, sorting: Sorting | None, place: Place) -> str:
        """The cursor of the page that begins behind this place of a list; without `sorting` the list's own order."""
        value = place.value.astimezone(UTC) if isinstance(place.value, datetime) else place.value
        plain = place.number.to_bytes(_NUMBER_BYTES) + msgspec.json.encode(value)
        return base64.urlsafe_b64encode(self._keys.seal_cursor(plain, _bound_to(path, sorting))).decode().rstrip("=")

    def read(self, path: str, sorting: Sorting | None, kind: type | None, text: str) -> Place:
        """The place, whose value is of this type; raises ValueError for a text that we did not write for this list."""
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        plain = self._keys.unseal_cursor(sealed, _bound_to(path, sorting))
        form: Any = None if kind is None else kind | None
        value = msgspec.json.decode(plain[_NUMBER_BYTES:], type=form)
        place = Place(value, int.from_bytes(plain[:_NUMBER_BYTES]))
        if self.write(path, sorting, place) != text:  # base64 reads more than one text as the same
            raise ValueError
        return place


def _bound_to(path: str, sorting: Sorting | None) -> bytes:
    direction: Order = "desc" if sorting is not None and sorting.descending else "asc"
    # As JSON: no two are written alike.
    return msgspec.json.encode([path] if sorting is None else [path, sorting.field, direction])
