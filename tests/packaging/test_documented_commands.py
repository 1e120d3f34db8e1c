"""No page of ours tells anybody to send keys and recordings to whoever answers."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
KINDS = {".md", ".html", ".txt", ".toml", ".py", ".sh", ".ts"}
PAGES = [
    file
    for place in ("*", "appliance/**/*", "admin_gui/**/*", "engine/**/*", "packaging/**/*", "systemd/**/*")
    for file in sorted(CHECKOUT.glob(place))
    if file.suffix in KINDS
]


def test_curl_looks_whom_it_speaks_with() -> None:
    unchecked = [
        (file.name, command)
        for file in PAGES
        for command in re.findall(r"curl [^\n]*(?:\\\n[^\n]*)*", file.read_text(encoding="utf-8"))
        if re.search(r"\s(-k|--insecure)\b", command) and "--pinnedpubkey" not in command
    ]
    assert {"README.md", "guide.html"} <= {file.name for file in PAGES}
    assert unchecked == []
