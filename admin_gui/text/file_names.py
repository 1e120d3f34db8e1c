"""Names for files that every system takes, however they came about: an appliance tells some of them."""

from __future__ import annotations

import re

from admin_gui.text.plain_text import visible

LONGEST = 120
# What Windows and its file systems do not take in a name; a slash is a folder everywhere. The last is what `visible`
# puts in the place of what nobody would see.
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ufffd]')
# What Windows takes for a device, whatever follows the first dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)


def safe_file_name(name: str, ending: str) -> str:
    """The name with an ending of ours (`.tar`): what a file is opened with is never decided by who named it."""
    stem = _REFUSED.sub("_", visible(name))
    if stem.casefold().endswith(ending.casefold()):
        stem = stem[: -len(ending)]
    # A dot in front hides the file, and Windows cuts dots and spaces at its end off.
    stem = stem[:LONGEST].strip(". ") or "vbot"
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    return f"{stem}{ending}"
