"""The samples of the documentation, as they stand on the page."""

from __future__ import annotations

import html
import re


def code_of(page: str, name: str) -> str:
    """The sample that stands under this id."""
    source = re.search(rf'<code id="{name}">(.*?)</code>', page, re.DOTALL)
    assert source
    return html.unescape(source[1])
