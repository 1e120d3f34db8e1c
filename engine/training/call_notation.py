"""The notation in which people write calls for us, and its way into the JSON of `tests/data`.

One file a call, a head of `name: value` lines, an empty line, then one line for each turn:

    id: hire-car-bumper
    direction: inbound
    topic: car hire, a charge for a scratch
    overall: negative
    caller: negative
    called: neutral
    fact: The charge is 640 dollars and was posted on the 22nd. | six hundred and forty / the twenty-second
    keywords: damage charge / scratch; rear bumper; claims department
    note: Lowell Vandermeer called about a charge of 640 dollars ...

    called: Juniper Car Rental, Dana speaking.
    caller [reason]: Hi, this is Lowell Vandermeer, there's a charge on my card that I don't recognize.
    called [finding]: That's a damage charge, it's for a scratch on the rear bumper.

`fact` comes several times, most important first, each with phrases of which every one stands in some turn. Tags say
what a turn does in the call: `reason`, `problem`, `finding`, `agreed`, `next`, several with commas.

    python -m engine.training.call_notation FOLDER            checks and says what is wrong
    python -m engine.training.call_notation FOLDER --to JSON  writes the JSON, too
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

MOODS = ("positive", "neutral", "negative")
TAGS = ("reason", "problem", "finding", "agreed", "next")
PARTIES = ("caller", "called")
_TURN = re.compile(r"(caller|called)(?:\s*\[([a-z, ]*)\])?:\s*(\S.*)")
_HEAD = re.compile(r"([a-z]+):\s*(.*)")


class NotationError(ValueError):
    """What is wrong with a call, one sentence a line."""


def call_from_text(text: str) -> dict[str, Any]:
    """A call in the form of `tests/data`, its pauses drawn by the id, with `tags` on turns and the writer's `note`.

    Raises NotationError with every fault that it finds.
    """
    head, _, body = text.strip().partition("\n\n")
    values, faults = _head_values(head)
    turns = _turns(body, faults)
    name = values.get("id", [""])[0]
    if not re.fullmatch(r"[a-z0-9-]{3,60}", name):
        faults.append("id: lower-case words with hyphens")
    _add_pauses(turns, random.Random(f"pauses {name}"))  # noqa: S311 - the same in every run
    direction = values.get("direction", [""])[0]
    if direction not in ("inbound", "outbound", "internal"):
        faults.append("direction: inbound, outbound or internal")
    said = [turn["text"].lower() for turn in turns]
    expected: dict[str, Any] = {key: _moods(key, values, turns, faults) for key in ("overall", *PARTIES)}
    expected["facts"] = [_fact(value, said, faults) for value in values.get("fact", [])]
    groups = (values.get("keywords") or [""])[0].split(";")
    expected["key_phrases"] = [[_plain(phrase) for phrase in group.split("/")] for group in groups if group.strip()]
    for group in expected["key_phrases"]:
        if not any(phrase in " ".join(said) for phrase in group):
            faults.append(f"keywords: none of {group} is said")
    note = (values.get("note") or [""])[0]
    if len(note.split()) < 8:
        faults.append("note: a few sentences on one line")
    if len(expected["facts"]) < 1 or len(turns) < 1:
        faults.append("at least one fact and one turn")
    if faults:
        raise NotationError("\n".join(faults))
    topic = values.get("topic", [name])[0]
    return {
        "id": name,
        "direction": direction,
        "topic": topic,
        "turns": turns,
        "expected": expected,
        "note": note,
        "licence": "CC0",
    }


def _head_values(head: str) -> tuple[dict[str, list[str]], list[str]]:
    values: dict[str, list[str]] = {}
    faults = []
    for line in head.splitlines():
        match = _HEAD.fullmatch(line.strip())
        if match is None:
            faults.append(f"not a line of the head: {line}")
        else:
            values.setdefault(match[1], []).append(match[2].strip())
    return values, faults


def _turns(body: str, faults: list[str]) -> list[dict[str, Any]]:
    turns = []
    for line in filter(str.strip, body.splitlines()):
        match = _TURN.fullmatch(line.strip())
        if match is None:
            faults.append(f"not a turn: {line}")
            continue
        tags = [tag.strip() for tag in (match[2] or "").split(",") if tag.strip()]
        faults += [f"unknown tag {tag}: {line}" for tag in tags if tag not in TAGS]
        turns.append({"party": match[1], "text": match[3], "pause_before": 0.0, "tags": tags})
    return turns


def _add_pauses(turns: list[dict[str, Any]], rng: random.Random) -> None:
    # As in the other sets: short ones; now and then somebody looks a thing up or speaks over the end of a turn.
    for turn in turns:
        kind = rng.random()
        pause = (
            rng.uniform(2.5, 7) if kind > 0.96 else -rng.uniform(0.05, 0.5) if kind < 0.08 else rng.uniform(0.1, 0.9)
        )
        turn["pause_before"] = round(pause, 2)


def _moods(key: str, values: dict[str, list[str]], turns: list[dict[str, Any]], faults: list[str]) -> list[str]:
    speaks = key == "overall" or any(turn["party"] == key for turn in turns)
    moods = [_plain(mood) for mood in (values.get(key) or [""])[0].split(",") if mood.strip()]
    if any(mood not in MOODS for mood in moods) or bool(moods) != speaks:
        faults.append(f"{key}: one or two of {', '.join(MOODS)}; empty where that party does not speak")
    return moods


def _fact(value: str, said: list[str], faults: list[str]) -> dict[str, Any]:
    fact, _, phrases = value.partition("|")
    any_of = [_plain(phrase) for phrase in phrases.split("/") if phrase.strip()]
    faults += [f"fact: {phrase!r} is in no turn" for phrase in any_of if not any(phrase in text for text in said)]
    if not any_of or not fact.strip():
        faults.append(f"fact: a sentence | a phrase / a phrase, not {value}")
    return {"fact": fact.strip(), "any_of": any_of}


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def main(folder: Path, to: Path | None) -> int:
    """Check every `*.txt` of a folder; returns how many have faults."""
    faulty = 0
    for path in sorted(folder.glob("*.txt")):
        try:
            call = call_from_text(path.read_text())
        except NotationError as error:
            faulty += 1
            print(f"{path}:\n  " + str(error).replace("\n", "\n  "))
            continue
        if to is not None:
            to.mkdir(parents=True, exist_ok=True)
            (to / f"{call['id']}.json").write_text(json.dumps(call, ensure_ascii=False, indent=1) + "\n")
    return faulty


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Check calls in our notation, and write them as JSON.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, help="a folder for the JSON")
    arguments = parser.parse_args()
    sys.exit(min(1, main(arguments.folder, arguments.to)))
