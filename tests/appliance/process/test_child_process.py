"""One process of `vbot up`: when it counts as having been there."""

from __future__ import annotations

import sys
import time

import pytest

from appliance.process import child_process
from appliance.process.child_process import LONGEST_PAUSE_SECONDS, READY_AFTER_SECONDS, Child
from appliance.process.exit_reason import DEATHS_THAT_TELL


@pytest.fixture(autouse=True)
def _nothing_runs_between_fork_and_exec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where that is safe there is one thread, as in the supervisor; here there are those of earlier tests."""
    monkeypatch.setattr(child_process, "_as_our_child", None)


def child(code: str) -> Child:
    """As the queue is: it cannot say when it is ready."""
    return Child("valkey", [sys.executable, "-c", code], environment={})


def test_who_died_at_once_was_never_ready_however_late_that_is_seen() -> None:
    queue = child("raise SystemExit('no such socket')")
    now = time.monotonic()
    for _ in range(DEATHS_THAT_TELL):
        queue.look_after(now + LONGEST_PAUSE_SECONDS)
        assert queue.process is not None
        queue.process.wait(60)
        now = time.monotonic() + READY_AFTER_SECONDS
        queue.look_after(now)
        assert not queue.ready
    assert queue.cannot_load
    assert queue.sentence == f"valkey died {DEATHS_THAT_TELL} times while loading: no such socket"


def test_who_lives_so_long_without_a_word_is_ready() -> None:
    queue = child("import time; time.sleep(300)")
    queue.look_after(time.monotonic())
    try:
        queue.look_after(queue.started_at + READY_AFTER_SECONDS - 0.1)
        assert not queue.ready
        queue.look_after(queue.started_at + READY_AFTER_SECONDS)
        assert queue.ready
    finally:
        queue.end()
