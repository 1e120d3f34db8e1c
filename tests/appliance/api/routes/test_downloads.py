"""Recordings and backups on their way out: whole, in parts, by their tags, and to clients that do not read."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from tornado.web import RequestHandler

from appliance.api.http import files
from appliance.api.http.files import ENDINGS, Download
from appliance.api.routes.calls import file_name
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.tables import calls, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.api.raw_http import connected
from tests.appliance.builders import NOON, a_call, a_recording

AUDIO = a_recording(bytes(range(256)) * 8)
SHA256 = hashlib.sha256(AUDIO).hexdigest()
TAG = f'"{SHA256}"'
# More than the buffers between two sockets hold.
LARGE_BYTES = 64 * 1024 * 1024
PATH = "/api/calls/call/recording"

Ask = Callable[..., Awaitable[Answer]]


async def stored(api: Api, folder: DataFolder, content: bytes, call_id: str = "call", revision: int = 1) -> Path:
    """A call of customer 1 with this recording, as an upload leaves it."""
    path = folder.recordings / f"{call_id}-{revision}"
    path.write_bytes(content)
    recording = StoredRecording(call_id, revision, path.name, len(content), hashlib.sha256(content).hexdigest(), NOON)
    if revision == 1:
        call = a_call(call_id, customer_id=1, caller_number="+49 30/123", called_number="anonymous")
        await api.database.write(lambda tx: calls.insert(tx, call))
    else:
        await api.database.write(
            lambda tx: tx.execute("UPDATE call SET revision = ? WHERE call_id = ?", [revision, call_id])
        )
    await api.database.write(lambda tx: stored_recordings.insert(tx, recording))
    return path


@pytest.fixture
async def ask(api: Api, folder: DataFolder) -> Ask:
    """Asks for the recording of `call` as an administrator."""
    await stored(api, folder, AUDIO)
    token = await api.token()

    async def get(method: str = "GET", path: str = PATH, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await api.request(method, path, bearer=token, headers=named)

    return get


async def test_the_whole_comes_with_all_that_a_later_request_needs(ask: Ask) -> None:
    answer = await ask()

    assert (answer.status, answer.body) == (200, AUDIO)
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Etag"] == TAG
    assert answer.headers["Content-Length"] == str(len(AUDIO))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Range" not in answer.headers


async def test_it_is_saved_under_a_name_that_tells_whose_call_it_was(ask: Ask) -> None:
    assert (await ask()).headers["Content-Disposition"] == (
        'attachment; filename="2026-11-24_12-00-00_+4930123_anonymous_call.wav"'
    )


def test_a_file_name_holds_nothing_that_a_header_or_a_disk_dislikes() -> None:
    began = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    hostile = a_call("id", call_started_at=began, caller_number='"; x=\r\n../\u00fc*', called_number="9" * 200)

    assert file_name(hostile, 3) == f"2026-01-02_03-04-05_x_{'9' * 32}_id_r3"
    assert file_name(a_call("id", caller_number="\u260e", called_number="1"), 1) == "2026-11-24_12-00-00_1_id"


@pytest.mark.parametrize(
    ("asked", "content", "told"),
    [
        ("bytes=0-99", AUDIO[:100], f"bytes 0-99/{len(AUDIO)}"),
        ("bytes=100-", AUDIO[100:], f"bytes 100-{len(AUDIO) - 1}/{len(AUDIO)}"),
        ("bytes=-7", AUDIO[-7:], f"bytes {len(AUDIO) - 7}-{len(AUDIO) - 1}/{len(AUDIO)}"),
        ("bytes=0-", AUDIO, f"bytes 0-{len(AUDIO) - 1}/{len(AUDIO)}"),
    ],
)
async def test_a_part_is_sent_as_a_part(ask: Ask, asked: str, content: bytes, told: str) -> None:
    answer = await ask(Range=asked)

    assert (answer.status, answer.body) == (206, content)
    assert answer.headers["Content-Range"] == told
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["Content-Type"] == "audio/wav"  # of the file, wherever the part begins
    assert answer.headers["Etag"] == TAG


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=9-1", "seconds=1-2"])
async def test_what_is_not_one_range_is_answered_with_the_whole(ask: Ask, asked: str) -> None:
    answer = await ask(Range=asked)

    assert (answer.status, answer.body) == (200, AUDIO)


async def test_a_part_behind_the_end_is_refused_and_the_size_told(ask: Ask) -> None:
    answer = await ask(Range=f"bytes={len(AUDIO)}-")

    assert answer.status == 416
    assert answer.json() == {"status": "error", "message": "Range not satisfiable"}
    assert answer.headers["Content-Range"] == f"bytes */{len(AUDIO)}"
    assert answer.headers["Content-Type"].startswith("application/json")
    assert not {"Etag", "Content-Disposition"} & set(answer.headers)


@pytest.mark.parametrize(
    ("if_range", "status"),
    [(TAG, 206), (f"W/{TAG}", 200), ('"of another"', 200), ("Tue, 24 Nov 2026 12:00:00 GMT", 200)],
)
async def test_a_download_is_resumed_only_where_the_file_is_the_same(ask: Ask, if_range: str, status: int) -> None:
    answer = await ask(Range="bytes=10-", If_Range=if_range)

    assert (answer.status, answer.body) == (status, AUDIO[10:] if status == 206 else AUDIO)


async def test_if_range_of_another_file_makes_even_a_wrong_range_the_whole(ask: Ask) -> None:
    assert (await ask(Range="bytes=99999-", If_Range='"of another"')).status == 200


@pytest.mark.parametrize("tags", [TAG, f"W/{TAG}", f'"other", {TAG}', "*"])
async def test_who_has_it_is_told_so_and_sent_nothing(ask: Ask, tags: str) -> None:
    for method, asked in (("GET", {}), ("GET", {"Range": "bytes=0-1"}), ("HEAD", {})):
        answer = await ask(method, If_None_Match=tags, **asked)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["Etag"] == TAG
        assert not {"Content-Type", "Content-Length", "Content-Range", "Content-Disposition"} & set(answer.headers)


async def test_who_has_another_is_sent_the_file(ask: Ask) -> None:
    assert (await ask(If_None_Match='"other"')).body == AUDIO


async def test_head_tells_of_the_whole_whatever_part_is_asked_for(ask: Ask) -> None:
    whole = await ask()
    for headers in ({}, {"Range": "bytes=0-1"}, {"Range": "bytes=99999-"}):
        answer = await ask("HEAD", **headers)
        assert (answer.status, answer.body) == (200, b"")
        ours = {name: value for name, value in answer.headers.items() if name not in ("X-Request-Id", "Date")}
        assert ours == {name: value for name, value in whole.headers.items() if name in ours}
        assert ours["Content-Length"] == str(len(AUDIO))


async def test_each_revision_has_its_own_recording_and_the_last_is_the_calls(
    ask: Ask, api: Api, folder: DataFolder
) -> None:
    await stored(api, folder, b"OggS" + bytes(20), revision=2)

    assert (await ask()).headers["Content-Type"] == "audio/ogg"
    assert (await ask(path=f"{PATH}?revision=2")).headers["Content-Disposition"].endswith('_call_r2.ogg"')
    assert (await ask(path=f"{PATH}?revision=1")).body == AUDIO
    assert (await ask(path=f"{PATH}?revision=3")).status == 404
    for wrong in ("0", "-1", "x", "", "1.5", str(2**31), "9" * 5000):
        answer = await ask(path=f"{PATH}?revision={wrong}")
        assert answer.status == 400
        assert [one["field"] for one in answer.json()["details"]] == ["revision"]


async def test_an_erased_recording_and_one_that_the_disk_has_lost_are_not_found(
    ask: Ask, api: Api, folder: DataFolder
) -> None:
    (folder.recordings / "call-1").unlink()
    for method in ("GET", "HEAD"):
        assert (await ask(method, Range="bytes=0-1")).status == 404
    await api.database.write(lambda tx: stored_recordings.mark_erased(tx, "call", 1, NOON))
    assert (await ask()).status == 404


async def test_a_customer_gets_parts_of_its_own_recordings_only(ask: Ask, api: Api) -> None:
    first, its_key = await api.customer()
    _, other_key = await api.customer()
    assert first.id == 1

    assert (await api.request("GET", PATH, key=its_key, headers={"Range": "bytes=0-3"})).body == b"RIFF"
    for method in ("GET", "HEAD"):
        assert (await api.request(method, PATH, key=other_key)).status == 404
        assert (await api.request(method, PATH)).status == 401


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"RF64\0\0\0\0WAVE", "audio/wav"),
        (b"fLaC", "audio/flac"),
        (b"FORM\0\0\0\0AIFC", "audio/aiff"),
        (b".snd", "audio/basic"),
        (b"ID3", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\0\0\0\x18ftyp", "audio/mp4"),
        (b"\x1a\x45\xdf\xa3", "audio/webm"),
        (b"#!AMR\n", "audio/amr"),
        (b"RIFX\0\0\0\0WAVE", "audio/wav"),
        (b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb", "audio/x-w64"),
        (b"\xff\xf1", "audio/aac"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "audio/x-ms-wma"),
    ],
)
async def test_the_bytes_tell_type_and_ending(api: Api, folder: DataFolder, content: bytes, kind: str) -> None:
    await stored(api, folder, content + bytes(20), call_id="other")
    token = await api.token()
    for headers in ({}, {"Range": "bytes=-4"}):
        answer = await api.request("GET", "/api/calls/other/recording", bearer=token, headers=headers)
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"].endswith(f'_other{ENDINGS[kind]}"')


async def test_a_backup_is_downloaded_in_parts_too(api: Api, folder: DataFolder) -> None:
    name = "vbot-20261124T120000Z.tar"
    folder.backups.mkdir(exist_ok=True)
    (folder.backups / name).write_bytes(AUDIO)
    token = await api.token()
    head = await api.request("HEAD", f"/api/backups/{name}", bearer=token)
    resumed = {"Range": "bytes=100-", "If-Range": head.headers["Etag"]}
    rest = await api.request("GET", f"/api/backups/{name}", bearer=token, headers=resumed)

    assert (head.status, head.headers["Content-Length"]) == (200, str(len(AUDIO)))
    assert head.headers["Content-Type"] == "application/octet-stream"
    assert head.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (rest.status, rest.body) == (206, AUDIO[100:])
    (folder.backups / name).write_bytes(AUDIO + b"another")
    assert (await api.request("GET", f"/api/backups/{name}", bearer=token, headers=resumed)).status == 200
    assert (await api.request("HEAD", "/api/backups/vbot-20200101T000000Z.tar", bearer=token)).status == 404


async def test_a_client_that_stops_reading_is_let_go_and_harms_no_other(
    api: Api, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await stored(api, folder, AUDIO)
    with path.open("r+b") as file:
        file.truncate(LARGE_BYTES)
    token = await api.token()
    async with connected(api.port) as wire:
        await wire.head("GET", PATH, Authorization=f"Bearer {token}")
        assert (await api.request("GET", PATH, bearer=token)).body[: len(AUDIO)] == AUDIO
    monkeypatch.setattr(files, "UNREAD_LIMIT_SECONDS", 0.2)  # only now: whoever reads may be slow here
    async with connected(api.port) as wire:
        await wire.head("GET", PATH, Authorization=f"Bearer {token}")
        await wire.some_bytes()  # before them the file may not be open yet
        async with asyncio.timeout(60):
            while open_files(path):
                await asyncio.sleep(0.02)


async def test_a_client_that_hangs_up_leaves_nothing_open(api: Api, folder: DataFolder) -> None:
    path = await stored(api, folder, AUDIO)
    with path.open("r+b") as file:
        file.truncate(LARGE_BYTES)
    async with connected(api.port) as wire:
        await wire.head("GET", PATH, Authorization=f"Bearer {await api.token()}")
        await wire.some_bytes()
        assert open_files(path) == 1
        wire.abort()
        async with asyncio.timeout(60):
            while open_files(path):
                await asyncio.sleep(0.02)


async def test_who_is_cancelled_while_its_file_is_opened_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(AUDIO)
    begun, go_on = threading.Event(), threading.Event()
    kept: list[BinaryIO] = []  # so that it is not closed by being forgotten

    def opened() -> BinaryIO:
        begun.set()
        assert go_on.wait(60)
        kept.append(path.open("rb"))
        return kept[0]

    handler = cast("RequestHandler", None)  # it is not asked before the file is open
    sending = asyncio.create_task(files.send_file(handler, Download(path, opened=opened)))
    assert await asyncio.to_thread(begun.wait, 60)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    go_on.set()
    async with asyncio.timeout(60):
        while not kept or not kept[0].closed:
            await asyncio.sleep(0.02)


def open_files(path: Path) -> int:
    """How often this process has the file open."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            found += descriptor.readlink() == path
        except FileNotFoundError:  # the listing itself
            continue
    return found
