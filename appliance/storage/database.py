"""The DuckDB file: one owner, one serialised writer, readers with a cursor each.

Why one writer: DuckDB lets concurrent transactions commit contradictions (an UPDATE and a DELETE of one row, 11 rows
where a count allowed 10). Work handed to `write` runs in the order in which it came, never beside other work.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from appliance.errors import Unavailable
from appliance.storage import rewriting
from appliance.storage.attached_database import copy_into
from appliance.storage.database_keys import DatabaseKeys, of_file, replacing
from appliance.storage.file_format.damage import Damage, damage_in, first_line
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.gate import Gate
from appliance.storage.migrations import Migration
from appliance.storage.opening import OpenFile, connect, new_cursor, written_anew
from appliance.storage.schema import apply_steps, pending_steps
from appliance.storage.writer import FATAL_EXIT_CODE, Writer, transaction

logger = logging.getLogger(__name__)

T = TypeVar("T")
Connection = duckdb.DuckDBPyConnection
Row = dict[str, Any]
# Given a file of an older program as it is, and the first step that it has not seen; says what it did about it.
BeforeMigration = Callable[["Database", Migration], str]

READER_THREADS = 4
# How a copy is ended that a backup is just making when the appliance stops.
INTERRUPT_EVERY_SECONDS = 0.1
INTERRUPT_FOR_SECONDS = 3.0


def rows(cursor: Connection) -> Iterator[Row]:
    """The rows of an executed query, as dicts keyed by column name."""
    names = [column[0] for column in cursor.description or ()]
    while batch := cursor.fetchmany(512):
        for values in batch:
            yield dict(zip(names, values, strict=True))


def marks(values: Collection[object]) -> str:
    """A `?` for each, to stand in `IN (…)`: of values that are named one by one each is looked up in an index."""
    return ", ".join("?" * len(values)) or "NULL"


def first_row(cursor: Connection) -> Row | None:
    """The first row of an executed query, or None."""
    return next(rows(cursor), None)


class Database:
    """The open database file.

    `write` and `read` may be called from the event loop; the work itself runs in threads of this class.
    Called on the writer's thread: `on_write_error` for each piece of work that the database refused, `on_damage` when
    it was refused because the file is damaged. An api ends then; its next life would come to the same place.
    """

    def __init__(
        self, opened: OpenFile, path: Path, beside: Iterable[Path] = (), keys: DatabaseKeys | None = None
    ) -> None:
        self.path = path
        self.on_write_error: Callable[[], None] = lambda: None
        self.on_damage: Callable[[], None] = lambda: None
        self._connection = opened.connection
        self._key = opened.key
        self._keys = keys
        self._beside = beside
        self._writer = Writer(self._new_cursor, self._note_damage_at_write, self._note_write_error)
        self._cursors = threading.local()
        self._readers = ThreadPoolExecutor(READER_THREADS, thread_name_prefix="duckdb-reader")
        self._closed = False
        self._damage: Damage | None = None
        self._gate = Gate()
        self._reader_cursors: list[Connection] = []
        self._is_replaced = False
        self._one_copy_at_a_time = threading.Lock()
        self._copying: Connection | None = None

    @classmethod
    def open(
        cls,
        path: Path,
        before_migration: BeforeMigration | None = None,
        *,
        existing: bool = False,
        beside: Iterable[Path] = (),
        keys: DatabaseKeys | None = None,
    ) -> Database:
        """Open or create the file and bring its schema up to date; what `existing` says must be there is not made.

        `beside`: databases, and folders of such, that may be attached to it: a copy is written into one of these.
        With `keys` one that is made, or written anew, is encrypted; without, none that is encrypted can be opened.

        A file of an older program is handed to `before_migration` as it is, which says in words what it did about it.
        Raises ConfigurationError when another process holds the file; PermanentFailure when a newer program wrote it,
        when it is damaged (DatabaseDamaged), or when it cannot be brought up to date (MigrationFailed).
        """
        beside = [*beside]
        opened = connect(path, existing=existing, beside=beside, keys=keys, keep_twice=True)
        database = cls(opened, path, beside, keys)
        try:
            if pending := pending_steps(opened.steps):
                first = pending[0]
                done = before_migration(database, first) if opened.steps and before_migration is not None else None
                apply_steps(opened.connection, pending, done)
        except BaseException as error:
            database.close()
            if found := database.damage or damage_in(path, error.__cause__ or error, opened.key):
                raise found.error() from error
            raise
        return database

    @property
    def damage(self) -> Damage | None:
        """What was found out about the file since it was opened: that it is damaged."""
        return self._damage

    @property
    def is_to_be_encrypted(self) -> bool:
        """Whether it is still plain, as an earlier version left it, and will not be once it is written anew."""
        return self._keys is not None and self._key is None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and return its result once it is on disk.

        Work that waited together shares one commit; when one piece raises, each is run again alone, so `work` must
        do nothing but read and write through the connection that it is given.
        """
        return await asyncio.wrap_future(self._hand_in(work))

    def write_blocking(self, work: Callable[[Connection], T]) -> T:
        """The same, for code that runs in a thread of its own or before the event loop does."""
        return self._hand_in(work).result()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a reader thread: all its queries see the same moment, after all that was committed before."""
        if self._closed:
            raise Unavailable("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def copy_blocking(self, target: Path) -> DatabaseKey | None:
        """Write a consistent copy of all that is committed into a new file, while the writer goes on.

        Where this file is encrypted the copy is, too, with a key of its own, which is returned.
        Raises Unavailable when the database is closed meanwhile, or the disk or the file do not allow it.
        """
        with self._one_copy_at_a_time:
            if self._closed:
                raise Unavailable("the database is closed")
            key = None if self._key is None else DatabaseKey.new()
            self._copying = self._new_cursor()
            try:
                with self._copying:
                    copy_into(self._copying, target, key)
            except duckdb.InterruptException as error:
                raise Unavailable("the database is closed") from error
            except duckdb.Error as error:
                found = self._note_damage(error)
                reason = found.sentence() if found else f"the database cannot be copied: {first_line(error)}"
                raise Unavailable(reason) from error
            finally:
                self._copying = None
            return None if key is None else of_file(key, target)

    def rewrite_blocking(self) -> None:
        """Write the file anew: of what was erased before this began, nothing is left. The new one has a new key.

        Its `written_anew` must be among what may be attached to it. Work goes on; at the end what is handed to `write`
        and `read` waits, for seconds where the calls are millions.
        Raises Unavailable when the database is closed meanwhile, or the disk or the file do not allow it: then the old
        file stays.
        """
        new = written_anew(self.path)
        with self._one_copy_at_a_time:
            if self._closed:
                raise Unavailable("the database is closed")
            rewriting.remove(new)
            key = None if self._keys is None else DatabaseKey.new()
            try:
                self._copying = self._new_cursor()
                with self._copying:
                    rewriting.copy_all(self._copying, new, key)
                    rewriting.read_back(self._copying, new, key, lambda: not self._closed)
                self._copying = None
                self._hand_in(lambda _: None, instead=lambda: self._replace_by(new, key)).result()
            except duckdb.InterruptException as error:
                raise Unavailable("the database is closed") from error
            except (duckdb.Error, OSError) as error:
                self._note_damage(error)
                raise Unavailable(f"the database cannot be written anew: {first_line(error)}") from error
            finally:
                self._copying = None
                self._give_up(new)

    @property
    def is_replaced(self) -> bool:
        """Whether the file is just being replaced: what is written waits for a moment, and is not refused."""
        return self._is_replaced

    def close(self) -> bool:
        """Finish the work that was handed in, then close the file.

        False when a copy could not be interrupted in time, and still runs: then this process has to end at once.
        """
        if self._closed:
            return True
        self._closed = True
        self._writer.close()
        self._readers.shutdown()
        if not self._interrupt_copies():
            return False
        self._connection.close()
        return True

    def _interrupt_copies(self) -> bool:
        # More than once: one that is just about to begin would not notice. While it writes a checkpoint, none does.
        until = time.monotonic() + INTERRUPT_FOR_SECONDS
        while not self._one_copy_at_a_time.acquire(timeout=INTERRUPT_EVERY_SECONDS):
            if (copying := self._copying) is not None:
                with contextlib.suppress(duckdb.ConnectionException):  # it has just come to its end by itself
                    copying.interrupt()
            if time.monotonic() > until:
                return False
        self._one_copy_at_a_time.release()
        return True

    def _replace_by(self, new: Path, key: DatabaseKey | None) -> None:
        """On the writer's thread: bring the new file up to date and put it in the place of the old one."""
        if self._closed:
            raise Unavailable("the database is closed")
        self._is_replaced = True
        try:
            with self._new_cursor() as cursor:
                rewriting.catch_up(cursor)
            with self._gate.alone():
                self._swap(new, key)
        finally:
            self._is_replaced = False

    def _swap(self, new: Path, key: DatabaseKey | None) -> None:
        self._connection.execute("CHECKPOINT")
        for cursor in self._reader_cursors:
            cursor.close()
        self._reader_cursors.clear()
        self._cursors = threading.local()
        self._connection.close()
        try:
            with replacing(self._keys, self.path, self._key, new, key):
                rewriting.put_in_place(new, self.path)
        finally:
            try:
                opened = connect(self.path, existing=True, beside=self._beside, keys=self._keys)
                self._connection, self._key = opened.connection, opened.key
            except Exception as error:  # noqa: BLE001 - our next life opens it, or says why not
                logger.critical("the database cannot be opened again, this process ends: %s", error)
                os._exit(FATAL_EXIT_CODE)

    def _give_up(self, new: Path) -> None:
        with contextlib.suppress(duckdb.Error), self._new_cursor() as cursor:
            rewriting.abandon(cursor)
        with contextlib.suppress(OSError):
            rewriting.remove(new)

    def _new_cursor(self) -> Connection:
        return new_cursor(self._connection, self._key)

    def _hand_in(self, work: Callable[[Connection], T], instead: Callable[[], None] | None = None) -> Future[T]:
        if self._closed:
            raise Unavailable("the database is closed")
        return self._writer.hand_in(work, instead)

    def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._gate.with_others(), transaction(cursor := self._reader_cursor(), "READ ONLY"):
                return work(cursor)
        except duckdb.Error as error:
            if not (self._note_damage(error) or isinstance(error, duckdb.OperationalError | duckdb.FatalException)):
                raise  # a fault of ours
            # The disk, the memory; or a write that failed has made the database unusable, and the writer ends us now.
            raise Unavailable(f"the database cannot be read: {first_line(error)}") from error

    def _note_damage(self, error: BaseException) -> Damage | None:
        """The damage, where the error is one. Said once: who reads other parts of the file goes on."""
        found = damage_in(self.path, error, self._key)
        if found is not None and self._damage is None:
            self._damage = found
            logger.critical("%s", found.sentence())
        return found

    def _note_damage_at_write(self, error: BaseException) -> Damage | None:
        if found := self._note_damage(error):
            self.on_damage()
        return found

    def _note_write_error(self) -> None:
        self.on_write_error()

    def _reader_cursor(self) -> Connection:
        cursor: Connection | None = getattr(self._cursors, "cursor", None)
        if cursor is None:
            cursor = self._cursors.cursor = self._new_cursor()
            self._reader_cursors.append(cursor)
        return cursor


@contextlib.contextmanager
def opened_database(
    path: Path,
    before_migration: BeforeMigration | None = None,
    *,
    existing: bool = False,
    beside: Iterable[Path] = (),
    keys: DatabaseKeys | None = None,
) -> Iterator[Database]:
    """The database for as long as a command needs it; raises as `Database.open`, also when an api has it open."""
    database = Database.open(path, before_migration, existing=existing, beside=beside, keys=keys)
    try:
        yield database
    finally:
        database.close()


@contextlib.contextmanager
def opened_as_it_is(path: Path, beside: Iterable[Path] = (), keys: DatabaseKeys | None = None) -> Iterator[Database]:
    """A database of any program that is not newer than we are, with the schema that it has."""
    opened = connect(path, existing=True, beside=beside, keys=keys)
    database = Database(opened, path)
    try:
        pending_steps(opened.steps)  # raises where a newer program wrote it
        yield database
    finally:
        database.close()
