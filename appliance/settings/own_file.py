"""The settings that were changed over the API: a file in the data folder, the only place where the api may write.

Whatever is wrong with it, the appliance starts: what cannot be used is passed over, and told.
"""

from __future__ import annotations

import difflib
import errno
import json
import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.settings.about import Edit, Kind
from appliance.settings.schema import ABOUT, PARSERS

OWN_FILE = "settings.toml"
# What it held when a byte of it was damaged, kept by the change that wrote it anew.
DAMAGED_FILE = f"{OWN_FILE}.damaged"
RETENTION = "retention_days"
LARGEST_BYTES = 64 * 1024
_HEAD = "# Written by the appliance: what was changed over its API. vbot.toml and VBOT_ variables go before it.\n"


@dataclass(frozen=True, slots=True)
class OwnFile:
    """The parsed `values` by name, and what was `passed_over`, and why.

    Where the retention may have stood in what cannot be read, it `is_lost`, and the longest that there is stands among
    the values: what is erased by a guess is gone for good.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    passed_over: tuple[str, ...] = ()
    retention_is_lost: bool = False
    is_damaged: bool = False  # not only a name or value that cannot be used


def damage_once(aside: Path) -> str | None:
    """What was damaged, as long as it is kept `aside`: until somebody has seen to it."""
    if not os.path.exists(aside):  # noqa: PTH110 - where we may not look it says no, and a Path raises
        return None
    so = "; its retention was lost: recordings and texts are kept for ever until it is set again"
    lost = so if read_own_file(aside).retention_is_lost else ""
    return f"{OWN_FILE} was damaged once, and what it held is in {aside}{lost}. Once you have seen to it: `rm {aside}`"


def read_own_file(path: Path) -> OwnFile:
    """What stands there. In a folder that we may not read it is as if it were not there."""
    try:
        with open(path, "rb", opener=_open_as_it_lies) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return _own_file({}, [f"{path} is no file"], retention_is_lost=True)
            content = file.read(LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return OwnFile()
    except OSError as error:
        if isinstance(error, PermissionError) and not os.access(path.parent, os.R_OK | os.X_OK):
            return OwnFile()
        told = "is a link" if error.errno == errno.ELOOP else f"cannot be read: {error.strerror}"
        return _own_file({}, [f"{path} {told}"], retention_is_lost=True)
    if len(content) > LARGEST_BYTES:
        too_large = f"{path} is larger than anything that the appliance writes there"
        return _own_file({}, [too_large], retention_is_lost=True)
    written, unreadable = _written(content)
    passed_over = [f"{path}: {problem}" for problem in unreadable]
    is_lost = is_damaged = bool(unreadable)
    values = {}
    for name, value in written.items():
        try:
            values[name] = edited(name, value)
        except ValueError as error:
            passed_over.append(f"{path}: {name!r} {error}")
            # Also a name that one damaged byte has made of it.
            is_lost |= bool(difflib.get_close_matches(name, [RETENTION], cutoff=0.8))
    return _own_file(values, passed_over, retention_is_lost=is_lost and RETENTION not in values, is_damaged=is_damaged)


def _own_file(
    values: dict[str, Any], passed_over: list[str], *, retention_is_lost: bool, is_damaged: bool = False
) -> OwnFile:
    if retention_is_lost:
        edit = edit_of(RETENTION)
        values[RETENTION] = (int(edit.highest),) * edit.count
    return OwnFile(values, tuple(passed_over), retention_is_lost, is_damaged or retention_is_lost)


def _written(content: bytes) -> tuple[dict[str, Any], list[str]]:
    """What is written there by name, and what is no TOML. As we write it a line is a setting: a bad one costs no other.

    What somebody wrote by hand may go over several lines, where all of it is TOML.
    """
    try:
        whole = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        pass
    else:
        if not any(isinstance(value, dict) for value in whole.values()):  # else a table has taken in what follows it
            return whole, []
    found: dict[str, Any] = {}
    twice: set[str] = set()
    problems = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            written = tomllib.loads(line.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
            problems.append(f"line {number} is not valid TOML")
            continue
        twice |= found.keys() & written.keys()
        found |= written
    # Which of them was meant, nobody knows.
    problems += [f"{name!r} is there twice" for name in sorted(twice)]
    return {name: value for name, value in found.items() if name not in twice}, problems


def _open_as_it_lies(path: str, flags: int) -> int:
    """Root reads it, too, where the api may have put anything: no link is followed, and no pipe waited for."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def edit_of(name: str) -> Edit:
    """How a setting may be changed. Raises ValueError where it may not."""
    about = ABOUT.get(name)
    if about is None:
        raise ValueError("is no setting")
    if about.edit is None:
        raise ValueError("is changed on the appliance itself alone")
    return about.edit


def edited(name: str, value: Any) -> Any:
    """A new value of a setting, parsed. Raises ValueError, whose text goes on after the setting's name."""
    edit = edit_of(name)
    parsed = PARSERS[name](value)
    _check_form(value, edit)
    _check_bounds(parsed, edit)
    return parsed


def own_file_text(values: Mapping[str, Any]) -> str:
    """The file that holds these parsed values."""
    # Numbers, texts and lists of them are written in TOML as in JSON.
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in sorted(values.items())]
    return "".join([_HEAD, *lines])


def _check_form(value: Any, edit: Edit) -> None:
    """As the schema has it: a variable's other ways of writing leave out what would then be the default."""
    if edit.kind is Kind.CHOICE:
        return  # of which the parser has found it to be one
    kind = "whole number" if edit.kind in (Kind.WHOLE, Kind.WHOLES) else "number"
    if edit.count == 1:
        parts, must_be = [value], f"a {kind}"
    else:
        parts, must_be = value if isinstance(value, list) else [], f"a list of {edit.count} {kind}s"
    if len(parts) != edit.count or not all(isinstance(one, int | float) for one in parts):
        raise ValueError(f"must be {must_be}")


def _check_bounds(parsed: Any, edit: Edit) -> None:
    for number in _numbers(parsed):
        if number < edit.lowest:
            raise ValueError(f"must be at least {_in_digits(edit.lowest)}")
        if number > edit.highest:
            raise ValueError(f"must be at most {_in_digits(edit.highest)}")


def _in_digits(number: float) -> str:
    return f"{number:.15g}"  # a plain `g` makes 1e+06 of a million


def _numbers(parsed: Any) -> Iterator[float]:
    for one in parsed if isinstance(parsed, tuple) else (parsed,):
        if isinstance(one, int | float):
            yield one
