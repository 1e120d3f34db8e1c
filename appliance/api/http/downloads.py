"""What is said of routes that answer with a file: the same of each, and of its GET and HEAD."""

from __future__ import annotations

from dataclasses import replace

from appliance.api.http.operation import Content, Operation, Parameter
from appliance.api.http.ranges import RangeNotSatisfiable
from appliance.errors import DamagedFile

_OF_FILES = ("Accept-Ranges", "Content-Disposition", "ETag")
_RANGE = Parameter(
    "Range",
    "One range of bytes, such as `bytes=1000-1999`, `bytes=1000-` (all from there) or `bytes=-1000` (the last ones). "
    "Several ranges are answered with the whole.",
    example="bytes=0-1023",
)
_IF_RANGE = Parameter(
    "If-Range", "The `ETag` of the download that is resumed: another file is sent whole.", example='"9f86d081884c7d65"'
)
_IF_NONE_MATCH = Parameter(
    "If-None-Match", "The `ETag` of what you have: 304 when it is the same.", example='"9f86d081884c7d65"'
)


def download(described: Operation) -> Operation:
    """GET of a file: what it does with ranges and tags is added."""
    file = described.answers
    if not isinstance(file, Content):
        raise TypeError(f"{described.summary} does not answer with a file")
    return replace(
        described,
        answers=replace(file, headers=_OF_FILES),
        headers=(_RANGE, _IF_RANGE, _IF_NONE_MATCH),
        other_answers={
            206: Content(file.media_type, "The part that was asked for.", file.binary, (*_OF_FILES, "Content-Range")),
            304: Content("", "You have it already.", headers=("Accept-Ranges", "ETag")),
        },
        errors=(*described.errors, RangeNotSatisfiable, DamagedFile),
    )


def head_of(described: Operation) -> Operation:
    """HEAD of a file."""
    got = download(described)
    return replace(
        got,
        summary="The headers of this download, without the file.",
        headers=(_IF_NONE_MATCH,),
        other_answers={304: got.other_answers[304]},
        errors=described.errors,
        notes="Tells its length, type, name and `ETag`.",
    )
