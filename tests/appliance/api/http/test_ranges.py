"""Which part of a file a `Range` header asks for."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.api.http.ranges import Part, RangeNotSatisfiable, wanted_part

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", Part(0, 1)),
        ("bytes=0-999", Part(0, 1000)),
        ("bytes=0-", Part(0, 1000)),
        ("bytes=999-", Part(999, 1000)),
        ("bytes=10-5000", Part(10, 1000)),
        ("bytes=-1", Part(999, 1000)),
        ("bytes=-1000", Part(0, 1000)),
        ("bytes=-5000", Part(0, 1000)),
        ("bytes=0000000000000000000000000010-19", Part(10, 20)),
        (f"bytes=10-{'9' * 5000}", Part(10, 1000)),
        (f"bytes=-{'9' * 5000}", Part(0, 1000)),
        ("Bytes = 1-2 , ", Part(1, 3)),
    ],
)
def test_one_range_is_understood(header: str, part: Part) -> None:
    assert wanted_part(header, SIZE) == part


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=x-5",
        "bytes=5-x",
        "bytes=5",
        "bytes=5-4",
        "bytes=--5",
        "bytes=1-2-3",
        "bytes=+1-2",
        "bytes=\u0661-2",
        "items=0-5",
        "0-5",
        "bytes=0-1,5-6",
        "bytes=2000-,0-1",
    ],
)
def test_several_ranges_and_what_is_none_mean_the_whole(header: str) -> None:
    assert wanted_part(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-2000", f"bytes={'9' * 5000}-", "bytes=-0"])
def test_what_begins_behind_the_end_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        wanted_part(header, SIZE)
    assert refused.value.size == SIZE


def test_of_an_empty_file_there_is_no_part() -> None:
    for header in ("bytes=0-", "bytes=-5"):
        with pytest.raises(RangeNotSatisfiable):
            wanted_part(header, 0)


@given(st.binary(min_size=1, max_size=50), st.integers(0, 60), st.none() | st.integers(0, 60))
@example(b"x", 0, 0)
def test_a_part_is_the_slice_that_it_names(content: bytes, first: int, last: int | None) -> None:
    header = f"bytes={first}-{'' if last is None else last}"
    if last is not None and last < first:
        assert wanted_part(header, len(content)) is None
    elif first >= len(content):
        with pytest.raises(RangeNotSatisfiable):
            wanted_part(header, len(content))
    else:
        part = wanted_part(header, len(content))
        assert part is not None
        assert content[part.start : part.end] == content[first : None if last is None else last + 1]
        assert part.content_range(len(content)) == f"bytes {part.start}-{part.end - 1}/{len(content)}"


@given(st.text(max_size=30))
def test_no_header_breaks_it(header: str) -> None:
    try:
        part = wanted_part(header, SIZE)
    except RangeNotSatisfiable:
        return
    assert part is None or 0 <= part.start < part.end <= SIZE
