"""Cases of which some stand for all: those run each time, the others with `packaging/check --all`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def long_but(usual: Collection[Any], cases: Iterable[Any]) -> list[Any]:
    """What `parametrize` takes: these cases, all marked `long` but the usual ones. A tuple holds several arguments."""
    given = list(cases)
    assert all(case in given for case in usual), "a case that is usual and not there"
    return [case if case in usual else _long(case) for case in given]


def _long(case: Any) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.long)
