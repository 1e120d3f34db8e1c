"""What `vbot setup` asks, and who answers: a person at a terminal, or a file that is checked whole beforehand."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from appliance.errors import ApplianceError, ConfigurationError

T = TypeVar("T")

LONGEST_LINE = 4096
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"  # what `vbot` makes of bytes that it cannot decode
LONGEST_FILE_BYTES = 64 * 1024


class Stopped(ApplianceError):
    """The person has left before the end."""


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """One thing to know. `key` is its name in an answers file, `customer.email` that of a table's field.

    `check` makes a value of what was answered, text or TOML; its ValueError goes on after the question's name.
    """

    key: str
    text: str
    check: Callable[[Any], T]
    shown: Callable[[T], str] = str
    # Of what is offered, too, as it is shown: a file of that name may be somebody else's.
    checks_kept: bool = False


class Source(Protocol):
    """Who answers."""

    is_person: bool

    def ask(self, question: Question[T], current: T | None) -> T:
        """The answer; without one it stays at `current`. None: it must be answered."""
        ...

    def has(self, key: str) -> bool:
        """Whether there is an answer, or somebody who can be asked."""
        ...


class Terminal:
    """A person. What cannot be right is said in one line and asked again."""

    is_person = True

    def __init__(self, read_line: Callable[[int], str], say: Callable[..., None]) -> None:
        """`read_line` returns at most so many characters of a line; "" at the end of the input."""
        self._read_line = read_line
        self._say = say

    def has(self, key: str) -> bool:
        return True

    def ask(self, question: Question[T], current: T | None) -> T:
        kept = "" if current is None else f" [{question.shown(current)}]"
        while True:
            self._say(f"{question.text}{kept}: ", end="")
            line = self._read_line(LONGEST_LINE)
            if not line:
                self._say()
                raise Stopped("stopped: what was done so far holds, and `vbot setup` goes on from there")
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                self._say(f"  {question.key} must have less than {LONGEST_LINE} characters")
                self._skip_line()
                continue
            if _UNREADABLE in line:
                self._say(f"  {question.key} came in another encoding than the language settings (LANG) name")
                continue
            written = line.strip()
            try:
                if not written and current is not None:
                    return question.check(question.shown(current)) if question.checks_kept else current
                return question.check(written)
            except (ValueError, ApplianceError) as error:
                self._say(f"  {question.key} {error}")

    def _skip_line(self) -> None:
        while (more := self._read_line(LONGEST_LINE)) and not more.endswith("\n"):
            pass


class AnswerFile:
    """A TOML file. What it does not name stays as it is."""

    is_person = False

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                content = file.read(LONGEST_FILE_BYTES + 1)
            if len(content) > LONGEST_FILE_BYTES:
                raise ConfigurationError(f"{path} is no answers file: it has more than {LONGEST_FILE_BYTES // 1024} KB")
            # As editors of any system write it: TOML itself knows both ends of a line, but no mark at the beginning.
            written = tomllib.loads(content.decode("utf-8-sig"))
        except OSError as error:
            raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} is not valid TOML: {error}") from error
        self._answers: dict[str, Any] = {}
        for key, value in written.items():
            inside = value if isinstance(value, Mapping) else None
            self._answers |= {key: value} if inside is None else {f"{key}.{name}": one for name, one in inside.items()}

    def has(self, key: str) -> bool:
        return key in self._answers

    def check(self, questions: list[Question[Any]]) -> None:
        """Every answer. Raises ConfigurationError naming the first that is wrong, or that nobody asked for."""
        asked = {question.key: question for question in questions}
        for key in self._answers:
            if key not in asked:
                raise ConfigurationError(f"{self._path}: unknown answer {key!r}")
        for question in questions:
            if self.has(question.key):
                self._checked(question)

    def ask(self, question: Question[T], current: T | None) -> T:
        if self.has(question.key):
            return self._checked(question)
        if current is None:
            raise ConfigurationError(f"{self._path}: {question.key} is missing")
        return current

    def _checked(self, question: Question[T]) -> T:
        try:
            return question.check(self._answers[question.key])
        except (ValueError, ApplianceError) as error:
            raise ConfigurationError(f"{self._path}: {question.key} {error}") from error


def yes_or_no(value: Any) -> bool:
    """What a question is answered with."""
    if isinstance(value, bool):
        return value
    if (word := str(value).strip().lower()) in ("y", "yes"):
        return True
    if word in ("n", "no"):
        return False
    raise ValueError("must be yes or no")


def shown_yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def one_of(*words: str) -> Callable[[Any], str]:
    """One of these words."""

    def check(value: Any) -> str:
        if (word := str(value).strip().lower()) in words:
            return word
        raise ValueError(f"must be {', '.join(words[:-1])} or {words[-1]}")

    return check


def as_text(value: Any) -> str:
    """Text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError("must be text, and not empty")


def as_path(value: Any) -> Path:
    """A path; `~` is the home of whoever runs this."""
    try:
        return Path(as_text(value)).expanduser()
    except RuntimeError as error:  # nobody is called so
        raise ValueError(f"names nobody's home: {error}") from error


def writable_file(value: Any) -> Path:
    """One that is there or can be made."""
    path = as_path(value)
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise ValueError(f"{path} cannot be written")
    return path
