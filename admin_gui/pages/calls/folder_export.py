"""Several calls in one folder: a recording and a text of each, and one table of them all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, Literal

from admin_gui.client.calls import Call, Calls
from admin_gui.client.transport.errors import NotFound, NothingToDo
from admin_gui.client.transport.stop import Stop, no_progress
from admin_gui.models.call_texts import as_text
from admin_gui.models.table.columns import Column
from admin_gui.models.table.export import write_csv

Kind = Literal["sound", "text", "table"]
KINDS: tuple[Kind, ...] = ("sound", "text", "table")
LONGEST_NUMBER = 32
# What every file system takes.
_UNFIT = re.compile("[^0-9A-Za-z+-]")


def file_name(call: Call) -> str:
    """As the appliance calls its recording, without an ending: moment (UTC), numbers, id."""
    moment = (call.call_started_at or call.received_at).astimezone(UTC)
    numbers = (_UNFIT.sub("", number)[:LONGEST_NUMBER] for number in (call.caller_number, call.called_number))
    return "_".join([f"{moment:%Y-%m-%d_%H-%M-%S}", *filter(None, numbers), _UNFIT.sub("", call.call_id)])


def write_call(calls: Calls, folder: Path, kinds: Sequence[Kind], call: Call, stop: Stop) -> None:
    """Its files of these kinds. What is not there of it (NotFound, NothingToDo) does not keep the other back."""
    missing: list[Exception] = []
    if "text" in kinds:
        known = calls.one(call.call_id)
        if known.transcription is None:
            missing.append(NothingToDo("there is no text of it"))
        else:
            (folder / f"{file_name(call)}.txt").write_text(as_text(known), encoding="utf-8")
    if "sound" in kinds:
        try:
            calls.save_recording_as_told(call.call_id, folder / file_name(call), stop)
        except NotFound as error:
            missing.append(error)
    if missing:
        raise missing[0]


def write_table(folder: Path, columns: Sequence[Column[Any]], rows: Sequence[Call], stop: Stop) -> Path:
    """A CSV file of them, in the place of none that is there."""
    number, file = 1, folder / "calls.csv"
    while file.exists():
        number += 1
        file = folder / f"calls-{number}.csv"
    write_csv(file, columns, rows, no_progress, stop)
    return file
