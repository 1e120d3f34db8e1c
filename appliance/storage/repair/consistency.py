"""Rows that belong together, after a damage has taken some of them."""

from __future__ import annotations

from appliance.storage.database import Connection

_LOST_ITS_RESULT = """
    state = 'completed' AND NOT texts_erased AND NOT EXISTS (
        SELECT 1 FROM result WHERE result.call_id = call.call_id AND result.revision = call.revision)"""
# Of a call in which nothing was recorded there was none, as a rule.
_LOST_ITS_WEBHOOK = """
    state IN ('completed', 'failed') AND NOT texts_erased AND NOT coalesce(empty, false) AND NOT EXISTS (
        SELECT 1 FROM delivery WHERE delivery.call_id = call.call_id AND delivery.revision = call.revision)"""
_HAS_ITS_RECORDING = """
    EXISTS (SELECT 1 FROM recording WHERE recording.call_id = call.call_id AND recording.revision = call.revision
            AND recording.erased_at IS NULL)"""


def forget_parts_without_their_call(tx: Connection) -> None:
    """A recording that no call knows tells of its call itself; nothing may be in the way when it is taken in again."""
    for table in ("recording", "result", "delivery"):
        tx.execute(f"DELETE FROM {table} WHERE call_id NOT IN (SELECT call_id FROM call)")  # noqa: S608
    for table in ("delivery_attempt", "attempt_address"):
        tx.execute(f"DELETE FROM {table} WHERE delivery_id NOT IN (SELECT id FROM delivery)")  # noqa: S608


def analyse_again_what_lost_its_result(tx: Connection) -> tuple[int, int]:
    """Let calls wait for a worker that were final and lost what made them so; their webhook goes out under its old id.

    Returns how many wait, and of how many the texts are gone for good, because their recording is gone as well.
    """
    lost = f"(({_LOST_ITS_RESULT}) OR ({_LOST_ITS_WEBHOOK}))"
    again = [
        (call_id, revision)
        for call_id, revision in tx.execute(
            f"SELECT call_id, revision FROM call WHERE {lost} AND {_HAS_ITS_RECORDING}"  # noqa: S608
        ).fetchall()
    ]
    for call_id, revision in again:
        lost_with_it = "delivery_id IN (SELECT id FROM delivery WHERE call_id = ? AND revision = ?)"
        for table in ("delivery_attempt", "attempt_address"):
            tx.execute(f"DELETE FROM {table} WHERE {lost_with_it}", [call_id, revision])  # noqa: S608
        for table in ("delivery", "result"):
            tx.execute(f"DELETE FROM {table} WHERE call_id = ? AND revision = ?", [call_id, revision])  # noqa: S608
        tx.execute(
            "UPDATE call SET state = 'received', crashes = 0, started_at = NULL, finished_at = NULL, "
            "duration_seconds = NULL, speech_seconds = NULL, sentiment = NULL, error_code = NULL, "
            "error_message = NULL, empty = false, worker = NULL, worker_boot = NULL WHERE call_id = ?",
            [call_id],
        )
    (gone,) = tx.execute(f"SELECT count(*) FROM call WHERE {_LOST_ITS_RESULT}").fetchone() or (0,)  # noqa: S608
    return len(again), int(gone)
