"""Change settings over the API: audited, kept in the data folder, and in force at once where that can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.clock import Clock
from appliance.errors import ConfigurationError, Conflict, InvalidRequest, Problem, Unavailable
from appliance.services.configuration.shown_settings import ShownSetting, described, plain
from appliance.settings import ABOUT, Settings
from appliance.settings.about import DEFAULT_SOURCE, Source, SourceKind
from appliance.settings.own_file import edit_of, edited, own_file_text, read_own_file
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder, write_private
from appliance.storage.tables import audit


@dataclass(frozen=True, slots=True)
class EditableSetting:
    """A setting; `editable` here and now, and `next_value` where another one waits for a restart."""

    shown: ShownSetting
    editable: bool
    waits: bool
    next_value: Any


class OwnSettings:
    """All on the event loop; `follow` is told of the settings that are in force from now on."""

    def __init__(
        self, settings: Settings, folder: DataFolder, database: Database, now: Clock, follow: Callable[[Settings], None]
    ) -> None:
        self._running = settings
        self._folder = folder
        self._database = database
        self._now = now
        self._follow = follow
        self._one_at_a_time = asyncio.Lock()
        own = read_own_file(folder.own_settings)
        self._kept = dict(own.values)
        self._is_at_fault = bool(own.passed_over)

    def listing(self) -> list[EditableSetting]:
        """Every setting, as in the schema."""
        default = Settings()
        return [self._editable(one, default) for one in described(self._running)]

    async def change(self, actor: Actor, wanted: Mapping[str, Any]) -> None:
        """Set these; None: back to the default. All of them or none: raises InvalidRequest that names each problem."""
        async with self._one_at_a_time:
            kept = self._changed(wanted)
            changed = [name for name in wanted if self._next(name, kept) != self._next(name, self._kept)]
            if kept == self._kept and not (wanted and self._is_at_fault):
                return
            before = {name: plain(self._next(name, self._kept)) for name in changed}
            after = {name: plain(self._next(name, kept)) for name in changed}
            await self._note(actor, before, after)
            try:
                text = own_file_text(kept).encode()
                await asyncio.to_thread(self._write, text)
            except OSError as error:
                await self._note(actor, after, before)
                raise Unavailable(f"the settings cannot be written: {error.strerror}") from error
            self._kept, self._is_at_fault = kept, False
            self._put_in_force(wanted)

    def _write(self, text: bytes) -> None:
        if read_own_file(self._folder.own_settings).is_damaged:
            self._folder.keep_damaged_settings()
        write_private(self._folder.own_settings, text)

    def _changed(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        kept, problems = dict(self._kept), []
        for name, value in wanted.items():
            source = self._running.source_of(name)
            try:
                if source.kind in (SourceKind.ENVIRONMENT, SourceKind.FILE):
                    raise ValueError(f"is set by {source.where}: change it there")  # noqa: TRY301 - as the others
                edit_of(name)
                if value is None:
                    kept.pop(name, None)
                else:
                    kept[name] = edited(name, value)
            except ValueError as error:
                problems.append(Problem(name, str(error)))
        if problems:
            raise InvalidRequest(*problems)
        return kept

    def _put_in_force(self, wanted: Mapping[str, Any]) -> None:
        at_once = {name for name in wanted if (edit := ABOUT[name].edit) is not None and edit.at_once}
        if at_once or self._running.passed_over:
            own = Source(SourceKind.APPLIANCE, str(self._folder.own_settings))
            found = {name: own if name in self._kept else DEFAULT_SOURCE for name in at_once}
            sources = {**self._running.sources, **found}
            values = {name: self._next(name, self._kept) for name in at_once}
            # Nothing of the file that is there now was passed over.
            self._running = replace(self._running, **values, sources=sources, passed_over=())
            self._follow(self._running)

    def _next(self, name: str, kept: Mapping[str, Any]) -> Any:
        """What it will be after a start with this file."""
        if self._running.source_of(name).kind in (SourceKind.ENVIRONMENT, SourceKind.FILE):
            return getattr(self._running, name)
        return kept[name] if name in kept else getattr(Settings(), name)

    def _editable(self, shown: ShownSetting, default: Settings) -> EditableSetting:
        if shown.about.edit is None or shown.source.kind in (SourceKind.ENVIRONMENT, SourceKind.FILE):
            return EditableSetting(shown, editable=False, waits=False, next_value=shown.value)
        following = plain(self._kept.get(shown.name, getattr(default, shown.name)))
        return EditableSetting(shown, editable=True, waits=following != shown.value, next_value=following)

    async def _note(self, actor: Actor, before: Fields, after: Fields) -> None:
        subject = Subject(SubjectKind.APPLIANCE)
        line = AuditLine(self._now(), actor, Action.SETTINGS_CHANGED, subject, before, after)
        await self._database.write(lambda tx: audit.add(tx, line))


class Restart:
    """The api ends, and whoever started it starts it again; `end` is None where nobody would.

    `check` looks, in a thread, whether it could begin with what it is set to by now; else raises ConfigurationError.
    """

    def __init__(
        self, database: Database, now: Clock, end: Callable[[], None] | None, check: Callable[[], None] = lambda: None
    ) -> None:
        self.end = end
        self._check = check
        self._database = database
        self._now = now

    async def ask(self, actor: Actor) -> Callable[[], None]:
        """Write down who wants it; what is returned does it. Raises Conflict where it would not come again."""
        end = self.end
        if end is None:
            raise Conflict("restart", "nothing would start the appliance again: whoever started it can")
        try:
            await asyncio.to_thread(self._check)
        except ConfigurationError as error:
            raise Conflict("restart", f"it would not come again: {error}") from error
        line = AuditLine(self._now(), actor, Action.RESTARTED, Subject(SubjectKind.APPLIANCE))
        await self._database.write(lambda tx: audit.add(tx, line))
        return end
