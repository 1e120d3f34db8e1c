"""The settings that were changed over the API: a file in the data folder, the only place where the api may write.

Whatever is wrong with it, the appliance starts: what cannot be used is passed over, and told.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from appliance.settings.about import Edit
from appliance.settings.schema import ABOUT, PARSERS

OWN_FILE = "settings.toml"
LARGEST_BYTES = 64 * 1024
_HEAD = "# Written by the appliance: what was changed over its API. vbot.toml and VBOT_ variables go before it.\n"


def read_own_file(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The parsed values by name, and what was passed over, and why. What we may not read is as if it were not there."""
    try:
        with open(path, "rb", opener=_open_as_it_lies) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return {}, (f"{path} is no file",)
            content = file.read(LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}, ()
    except OSError as error:
        told = "is a link" if error.errno == errno.ELOOP else f"cannot be read: {error.strerror}"
        return {}, (f"{path} {told}",)
    if len(content) > LARGEST_BYTES:
        return {}, (f"{path} is larger than anything that the appliance writes there",)
    try:
        written = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return {}, (f"{path} is not valid TOML: {error}",)
    values, passed_over = {}, []
    for name, value in written.items():
        try:
            values[name] = edited(name, value)
        except ValueError as error:
            passed_over.append(f"{path}: {name!r} {error}")
    return values, tuple(passed_over)


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
    _check_bounds(parsed, edit)
    return parsed


def own_file_text(values: Mapping[str, Any]) -> str:
    """The file that holds these parsed values."""
    # Numbers, texts and lists of them are written in TOML as in JSON.
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in sorted(values.items())]
    return "".join([_HEAD, *lines])


def _check_bounds(parsed: Any, edit: Edit) -> None:
    for number in _numbers(parsed):
        if number < edit.lowest:
            raise ValueError(f"must be at least {edit.lowest:g}")
        if number > edit.highest:
            raise ValueError(f"must be at most {edit.highest:g}")


def _numbers(parsed: Any) -> Iterator[float]:
    for one in parsed if isinstance(parsed, tuple) else (parsed,):
        if isinstance(one, int | float):
            yield one
