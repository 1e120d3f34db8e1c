"""Changes single lines of vbot.toml and nothing else: comments, order and unknown lines are the installer's.

By hand, not by tomlkit: our settings are names and values on the top level, and that is 60 lines; the api would carry
a dependency for a command that runs once. What comes out is read again, and must say what was there and the change.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from appliance.errors import ConfigurationError
from appliance.settings import load
from appliance.storage.folder.data_folder import sync_folder

Value = str | list[str]

_WINDOWS_END = "\r\n"
_TABLE = re.compile(r"\s*\[")
_NEW_FILE_MODE = 0o644  # both users of the units read it, and no secret belongs there


def changed(text: str, changes: Mapping[str, Value]) -> str:
    """The file's text with these settings. Raises ValueError where a line cannot be found or changed safely.

    Its lines end as they did: with a carriage return, too, where an editor of Windows wrote it.
    """
    from_windows = _WINDOWS_END in text and text.count(_WINDOWS_END) == text.count("\n")
    plain = text.replace(_WINDOWS_END, "\n") if from_windows else text
    lines = plain.splitlines(keepends=True)
    for name, value in changes.items():
        lines = _with_setting(lines, name, f"{name} = {_written(value)}")
    result = "".join(lines)
    if tomllib.loads(result) != tomllib.loads(plain) | dict(changes):
        raise ValueError("the file is written in a way that is not understood")
    return result.replace("\n", _WINDOWS_END) if from_windows else result


def change_settings(path: Path, changes: Mapping[str, Value], environment: Mapping[str, str]) -> str | None:
    """Write them into the file, whole or not at all, with its mode and owner; returns what was there (None: no file).

    Raises ConfigurationError, and then nothing was changed.
    """
    path = path.resolve()  # where it is a link, the file that it leads to
    before = path.read_bytes().decode("utf-8") if path.exists() else None  # its ends of lines as they are
    try:
        after = changed(before or "", changes)
    except ValueError as error:
        lines = " and ".join(f"`{name} = {_written(value)}`" for name, value in changes.items())
        raise ConfigurationError(f"{path}: {error}: write {lines} there by hand") from error
    write_settings(path, after, environment)
    return before


def write_settings(path: Path, text: str, environment: Mapping[str, str]) -> None:
    """Replace the file by this text, if it can be read as settings."""
    path = path.resolve()
    new = path.with_name(f".{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        with new.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
            _take_after(path, file.fileno())
            file.flush()
            os.fsync(file.fileno())
        load(new, environment)
        new.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}: run this with sudo") from error
    finally:
        new.unlink(missing_ok=True)


def _take_after(path: Path, descriptor: int) -> None:
    try:
        there = path.stat()
    except FileNotFoundError:
        os.fchmod(descriptor, _NEW_FILE_MODE)
        return
    os.fchmod(descriptor, there.st_mode & 0o777)
    if os.geteuid() == 0:
        os.fchown(descriptor, there.st_uid, there.st_gid)


def _with_setting(lines: list[str], name: str, line: str) -> list[str]:
    top = next((number for number, one in enumerate(lines) if _TABLE.match(one)), len(lines))
    begins = re.compile(rf"\s*{name}\s*=")
    at = next((number for number, one in enumerate(lines[:top]) if begins.match(one)), None)
    if at is not None:
        end = _end_of_value(lines, at)
        return [*lines[:at], f"{line}{_comment_behind(''.join(lines[at:end]))}\n", *lines[end:]]
    # Behind the example that stands for it in a comment, else at the end of what is on the top level.
    example = re.compile(rf"\s*#\s*{name}\s*=")
    after = next((number + 1 for number, one in enumerate(lines[:top]) if example.match(one)), top)
    head = lines[:after]
    if head and not head[-1].endswith("\n"):
        head[-1] += "\n"
    return [*head, f"{line}\n", *lines[after:]]


def _end_of_value(lines: list[str], begin: int) -> int:
    """A value may go on over several lines."""
    for end in range(begin + 1, len(lines) + 1):
        try:
            tomllib.loads("".join(lines[begin:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    raise ValueError("a value does not end")


def _comment_behind(line: str) -> str:
    whole = tomllib.loads(line)
    for found in re.finditer(r"\s*#", line):
        try:
            if tomllib.loads(line[: found.start()]) == whole:
                return line[found.start() :].rstrip("\n")
        except tomllib.TOMLDecodeError:
            continue
    return ""


def _written(value: Value) -> str:
    """As TOML: its strings and arrays of strings are written as JSON's."""
    return json.dumps(value, ensure_ascii=False)
