"""Invariant 3: an upload whose call was not committed leaves nothing."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from tests.faults.test_kills_in_mid_call import API, await_back, kill
from tests.support.appliance import RunningAppliance
from tests.support.customer import Customer
from tests.support.ledger import Ledger
from tests.support.machine_time import MachineTime
from tests.support.processes import wait_until
from tests.support.recordings import conversation, silence
from tests.support.spool import Post, Said

pytestmark = pytest.mark.slow


def form(recording: bytes) -> bytes:
    """The body of an upload as a PBX hook sends it."""
    lines = [
        b'--sep\r\nContent-Disposition: form-data; name="caller_number"\r\n\r\n+491\r\n',
        b'--sep\r\nContent-Disposition: form-data; name="called_number"\r\n\r\n+492\r\n',
        b'--sep\r\nContent-Disposition: form-data; name="file"; filename="call.wav"\r\n\r\n',
    ]
    return b"".join([*lines, recording, b"\r\n--sep--\r\n"])


def begin_upload(box: RunningAppliance, customer: Customer, body: bytes, share: float = 1.0) -> socket.socket:
    """Send the head and a share of the body, and leave the connection open."""
    client = socket.create_connection(("127.0.0.1", box.port), timeout=60)
    head = (
        "POST /api/process-call HTTP/1.1\r\nHost: box\r\n"
        f"X-API-Key: {customer.key}\r\nContent-Type: multipart/form-data; boundary=sep\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    client.sendall(head.encode() + body[: int(len(body) * share)])
    return client


def half_an_upload(ledger: Ledger, box: RunningAppliance, customer: Customer) -> socket.socket:
    client = begin_upload(box, customer, form(conversation() * 4), 0.5)
    arrived = wait_until(lambda: any(_sizes(box.data_dir / "incoming")), 60)
    assert arrived, "nothing of the upload reaches the disk"
    modes = {stat.S_IMODE((box.data_dir / "incoming" / name).stat().st_mode) for name in ledger.incoming()}
    assert modes == {0o600}
    return client


def _is_held(box: RunningAppliance, client_port: int) -> bool:
    """Whether the api still has its end of the connection from this port."""
    established, close_wait = "01", "08"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *_ = line.split()
        ports = int(local.partition(":")[2], 16), int(remote.partition(":")[2], 16)
        if ports == (box.port, client_port) and state in (established, close_wait):
            return True
    return False


def _sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.iterdir()]


def test_kill_9_of_the_api_in_mid_upload_leaves_no_file(ledger: Ledger, box: RunningAppliance) -> None:
    customer = ledger.customer(max_concurrent_calls=1)
    kept = ledger.recordings()
    with half_an_upload(ledger, box, customer):
        killed = kill(box, API)
        await_back(box, API, not_these=killed)

        assert ledger.incoming() == []
        assert ledger.recordings() == kept

    ledger.final_within(ledger.accept(customer, silence(1.0)))


def test_a_client_that_hangs_up_in_mid_upload_leaves_no_file_and_no_slot_taken(
    ledger: Ledger, box: RunningAppliance
) -> None:
    customer = ledger.customer(max_concurrent_calls=1)
    with half_an_upload(ledger, box, customer):
        assert box.submit(customer.key, silence(1.0)).status_code == 429  # the upload holds the only slot

    # Less than an upload may be idle: that the client has gone is seen, not waited for.
    assert MachineTime(box.processes).wait_until(lambda: ledger.incoming() == [], 20), ledger.incoming()
    ledger.final_within(ledger.accept(customer, silence(1.0)))


def test_a_client_that_hangs_up_before_the_answer_leaves_a_whole_call_or_nothing(
    ledger: Ledger, box: RunningAppliance
) -> None:
    customer = ledger.customer(max_concurrent_calls=1)
    kept, told_before = ledger.recordings(), len(box.log_file.read_bytes())

    def has_ended() -> bool:
        """Whether the api has said how; before that it may still be letting the customer in."""
        told = box.log_file.read_bytes()[told_before:]
        return b"ended before it was whole" in told or b"POST /api/process-call " in told

    recording = conversation(0, 2)
    with begin_upload(box, customer, form(recording)) as client:
        client_port = client.getsockname()[1]
    assert wait_until(lambda: not _is_held(box, client_port), 30), "the api keeps a connection that is over"
    assert wait_until(has_ended, 30), "nobody is told how the upload ended"
    assert wait_until(lambda: "vbot_uploads_in_progress 0.0\n" in box.request("GET", "/metrics").text, 30)

    listed = box.request("GET", "/api/calls", key=customer.key).json()["calls"]
    assert len(ledger.recordings()) == len(kept) + len(listed)
    for call in listed:
        ledger.enter(customer, Said(Post(recording), call["call_id"]))
        ledger.final_within(call["call_id"])
    ledger.final_within(ledger.accept(customer, silence(1.0)))  # and no slot is taken


def test_a_recording_whose_call_was_never_committed_is_swept_at_the_next_start(
    ledger: Ledger, box: RunningAppliance
) -> None:
    # What a kill between the rename and the commit leaves: too short a moment to be hit from outside.
    folder = box.data_dir / "recordings/ab"
    folder.mkdir(mode=0o700, exist_ok=True)
    orphan = folder / "abandoned"
    orphan.write_bytes(silence(1.0))
    orphan.chmod(0o600)

    killed = kill(box, API)
    await_back(box, API, not_these=killed)

    assert wait_until(lambda: not orphan.exists(), 60), "swept at each api start"
    os.rmdir(folder) if not any(folder.iterdir()) else None  # noqa: PTH106
