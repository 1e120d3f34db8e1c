"""Names and numbers on one line: which characters nobody sees, and what stands in their place where they come."""

from __future__ import annotations

import re

# Controls (C0, C1), line and paragraph separators, what turns the order of others round (embeddings, overrides,
# isolates), what has no width (spaces, soft hyphens, invisible signs, the byte order mark), and halves of characters.
# Marks of direction and joiners are left: names in Hebrew, Arabic and Persian are written with them.
_RANGES = r"\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
_UNSEEN = re.compile(rf"[{_RANGES}\ud800-\udfff]")
# The same for JSON Schemas, as the inside of a class of characters.
UNSEEN_PATTERN = _RANGES


def holds_unseen(text: str) -> bool:
    """Whether something in it is not what it looks like."""
    return _UNSEEN.search(text) is not None


def with_unseen_shown(text: str) -> str:
    """The same with a sign in the place of each such character."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)
