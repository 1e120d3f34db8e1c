"""The one writer: work in the order in which it came, what waits together in one commit."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

import duckdb

from appliance.errors import Unavailable
from appliance.storage.file_format.damage import Damage, first_line

logger = logging.getLogger(__name__)

T = TypeVar("T")
Connection = duckdb.DuckDBPyConnection

# Work that waits together shares one commit (one fsync): this much at most, so that the first does not wait long.
GROUP_LIMIT = 64
FATAL_EXIT_CODE = 70


class _Work:
    """One piece of write work and the future of who waits for it; or what is done `instead`, in no transaction."""

    def __init__(self, run: Callable[[Connection], Any], instead: Callable[[], None] | None = None) -> None:
        self.run = run
        self.instead = instead
        self.outcome: Future[Any] = Future()


class Writer:
    """A thread that runs what is handed in.

    Called on it: `note_damage`, which says whether an error is the file's damage; and `on_write_error` for each piece
    of work that the database refused.
    """

    def __init__(
        self,
        open_cursor: Callable[[], Connection],
        note_damage: Callable[[BaseException], Damage | None],
        on_write_error: Callable[[], None],
    ) -> None:
        self._open_cursor = open_cursor
        self._note_damage = note_damage
        self._on_write_error = on_write_error
        self._waiting: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="duckdb-writer", daemon=True)
        self._thread.start()

    def hand_in(self, work: Callable[[Connection], T], instead: Callable[[], None] | None = None) -> Future[T]:
        """Let the work be done in a transaction; or, in its place in the order, something `instead` in none."""
        item = _Work(work, instead)
        self._waiting.put(item)
        return item.outcome

    def close(self) -> None:
        """Finish what was handed in, and end."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        cursor = self._open_cursor()
        while (item := self._waiting.get()) is not None:
            group = [item]
            ending = False
            while len(group) < GROUP_LIMIT:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    ending = True
                    break
                group.append(following)
            # Who gave up before it began gets nothing; from here on no future can be cancelled under our hands.
            wanted = [item for item in group if item.outcome.set_running_or_notify_cancel()]
            self._commit_group(cursor, [item for item in wanted if item.instead is None])
            for item in wanted:
                if item.instead is not None:
                    cursor.close()  # it may be that the connection is another one behind it
                    _do(item, item.instead)
                    cursor = self._open_cursor()
            if ending:
                break
        cursor.close()

    def _commit_group(self, cursor: Connection, group: list[_Work]) -> None:
        """Run a group of work in one transaction, or each alone when that fails."""
        try:
            with transaction(cursor):
                results = [item.run(cursor) for item in group]
        except Exception as error:  # noqa: BLE001 - whatever it was is handed to who waits for it
            found = self._note_damage(error)
            if found is None and isinstance(error, duckdb.FatalException):
                # DuckDB refuses everything from here on (it could not write its log, say). Our next life opens the file
                # anew and finds all that was acknowledged.
                logger.critical("the database is unusable, this process ends: %s", " ".join(str(error).split()))
                os._exit(FATAL_EXIT_CODE)
            if len(group) > 1:
                for item in group:
                    self._commit_group(cursor, [item])
                return
            if isinstance(error, duckdb.Error):
                self._on_write_error()
                if found is not None:
                    error = found.error()
                elif isinstance(error, duckdb.OperationalError):
                    # What the disk, the memory or a failed commit refuses, and not what is wrong with the work.
                    error = Unavailable(f"the database cannot be written: {first_line(error)}")
            group[0].outcome.set_exception(error)
            return
        for item, result in zip(group, results, strict=True):
            item.outcome.set_result(result)


def _do(item: _Work, work: Callable[[], None]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever it was is handed to who waits for it
        item.outcome.set_exception(error)
    else:
        item.outcome.set_result(None)


@contextlib.contextmanager
def transaction(cursor: Connection, access: str = "") -> Iterator[None]:
    """A transaction that is committed at the end, or rolled back."""
    cursor.execute(f"BEGIN TRANSACTION {access}")
    try:
        yield
        cursor.execute("COMMIT")
    except BaseException:
        # After an error DuckDB accepts nothing but ROLLBACK; after a failed COMMIT there is nothing left to roll back.
        with contextlib.suppress(duckdb.Error):
            cursor.execute("ROLLBACK")
        raise
