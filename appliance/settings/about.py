"""What is told of a setting, where its value may come from, and whether it may be changed over the API."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """Where a value was found: the first of these that has one decides."""

    ENVIRONMENT = "environment"
    FILE = "file"
    APPLIANCE = "appliance"  # changed over the API, kept in the data folder
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Source:
    """`where`: the variable or the file; None for the default."""

    kind: SourceKind
    where: str | None = None


DEFAULT_SOURCE = Source(SourceKind.DEFAULT)


class Kind(StrEnum):
    """How a value is written by who changes it."""

    WHOLE = "whole"  # a whole number
    NUMBER = "number"
    WHOLES = "wholes"  # `count` whole numbers
    NUMBERS = "numbers"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Edit:
    """That it may be changed over the API: a slip locks nobody out, and opens nothing.

    `lowest` and `highest` hold for each number; `count` is how many there are.
    """

    kind: Kind
    lowest: float = 0
    highest: float = 0
    choices: tuple[str, ...] = ()
    count: int = 1
    at_once: bool = False  # without a restart


@dataclass(frozen=True, slots=True)
class About:
    """`meaning` is a sentence for an administrator; a `secret`'s value is shown to nobody."""

    meaning: str
    edit: Edit | None = None
    secret: bool = False
