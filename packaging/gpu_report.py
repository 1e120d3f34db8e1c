"""What gpu-check found, for people (report.md) and for programs (report.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DRY = (
    "**A dry run on a processor. It shows that the way through works, and says nothing about a card**: not how quick "
    "any of these is on one, nor how much of its memory it takes."
)
COLUMNS = """\
- × real time: seconds of recordings heard in a second, the median of the rounds; loading and warm-up are not in it.
- to ours: how many times as long as ours (the first row) it took in the same round.
- WER: words wrong, missing or too many, for each word that was said; – where nobody has written down what was.
- load, warm-up: seconds until the weights were in memory, and then for a first recording (kernels are chosen and
  compiled in it).
- memory: of the card, at most, over what others had of it; in a dry run of the process instead.
- CPU s: processor time in a round: what is left for others on the machine."""


def write_report(folder: Path, found: dict[str, Any]) -> None:
    """Write both files. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(as_markdown(found), encoding="utf-8")


def as_markdown(found: dict[str, Any]) -> str:
    """The report as a page."""
    card = found["card"] or "no card"
    lines = [f"# gpu-check: {card}", ""]
    if found["dry_run"]:
        lines += [DRY, ""]
    lines += [f"{found['at']}, {found['seconds']:.0f} s in all. {found['machine']}", ""]
    lines += [f"## The tests for a card: {card}", "", _tests(found["tests"]), ""]
    measured = found["recognition"]
    lines += [f"## Recognition: {card}", ""]
    if measured.get("contenders"):
        lines += [
            f"{measured['calls']} calls, {measured['seconds'] / 60:.1f} minutes, the same weights for all. "
            f"{measured['hardware']}",
            "",
            "| | × real time | to ours | WER | load s | warm-up s | memory MB | CPU s |",
            "|---|---|---|---|---|---|---|---|",
            *map(_row, measured["contenders"]),
            "",
        ]
    if measured.get("fault"):
        lines += [f"Not measured: {measured['fault']}", ""]
    lines += [COLUMNS, ""]
    return "\n".join(lines)


def _tests(tests: dict[str, Any]) -> str:
    if tests.get("fault"):
        return f"Not run: {tests['fault']}"
    told = f"{tests['passed']} passed, {tests['failed']} failed, {tests['skipped']} skipped."
    return (
        told if tests["passed"] + tests["failed"] else f"{told} None ran: none was marked for a card, or none is there."
    )


def _row(one: dict[str, Any]) -> str:
    name = one["name"]
    if one["fault"]:
        fault = one["fault"].replace("|", "\\|")
        return f"| {name} | not measured: {fault} | | | | | | |"
    rate = "–" if one["wer"] is None else f"{one['wer']:.4f}"
    return (
        f"| {name} | {one['times_real_time']:.1f} | {one['wall_ratio']:.2f} | {rate} | {one['load']:.1f} | "
        f"{one['warm_up']:.1f} | {one['memory_mb']} | {one['cpu']:.1f} |"
    )
