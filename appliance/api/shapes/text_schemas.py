"""What the JSON Schemas say of texts; a program that makes requests from them makes none that is refused.

The checks of our own stand beside them, since they refuse with a better sentence. JSON Schema's patterns are
ECMAScript's, and are looked for anywhere in a text: each is anchored.
"""

from __future__ import annotations

from typing import Any

from appliance.domain.short_text import UNSEEN_PATTERN
from appliance.domain.vocabulary import LONGEST_ENTRY

LONGEST_TEXT = 200

# Not blank, and nothing that is not seen.
TEXT: dict[str, Any] = {
    "minLength": 1,
    "maxLength": LONGEST_TEXT,
    "pattern": rf"^[^{UNSEEN_PATTERN}]*[^{UNSEEN_PATTERN}\s][^{UNSEEN_PATTERN}]*$",
}
# As far as an id goes that a PBX has made: of what is not seen only the old controls are refused.
ID: dict[str, Any] = {**TEXT, "pattern": r"^[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s][^\x00-\x1f\x7f]*$"}
EMAIL: dict[str, Any] = {"format": "email"}
MOMENT: dict[str, Any] = {"format": "date-time"}
LANGUAGE: dict[str, Any] = {"pattern": "^[a-z]{2,3}$"}
LANGUAGE_OF_FORM: dict[str, Any] = {"pattern": "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$"}  # as whoever sends it has it
URL: dict[str, Any] = {"format": "uri", "maxLength": 2048}
CERTIFICATES: dict[str, Any] = {
    "format": "pem",
    "minLength": 1,
    "contentMediaType": "application/pem-certificate-chain",
}
FINGERPRINT: dict[str, Any] = {"pattern": "^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$"}
SECRET: dict[str, Any] = {
    "maxLength": LONGEST_TEXT,
    "pattern": "^whsec_([A-Za-z0-9+/]{4}){4,}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
ENTRY: dict[str, Any] = {**TEXT, "maxLength": LONGEST_ENTRY}  # of a vocabulary
# base64url of a sealed place: what is inside is nobody's business, and as many characters is the shortest.
CURSOR: dict[str, Any] = {"pattern": "^[A-Za-z0-9_-]{34,4096}$"}
