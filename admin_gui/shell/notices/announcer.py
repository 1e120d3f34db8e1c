"""From what is wrong to what pops up: several things at once as one, and in quiet hours nothing until they are over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from admin_gui.local_storage.notification_settings import NotificationSettings, read_settings, save_settings
from admin_gui.local_storage.profiles import Memory
from admin_gui.models.notices.history import History, Told
from admin_gui.models.notices.ledger import Ledger, News
from admin_gui.models.notices.standing import Standing
from admin_gui.models.notices.wording import after_quiet, notification

# What comes within this is told together: one fault shows in several places, and appliances are asked one by one.
GATHER_MS = 2_000
LOOK_INTERVAL_MS = 30_000
PAUSE = timedelta(hours=1)
# Nobody reads more, and what was held for weeks is no news.
MOST_HELD = 200


def local_now() -> datetime:
    """With this computer's zone."""
    return datetime.now().astimezone()


class Announcer(QObject):
    """`told` with each Notification that is to pop up. Nothing is before `begin`."""

    told = Signal(object)
    settings_changed = Signal()

    def __init__(
        self,
        memory: Memory,
        names: Callable[[], dict[str, str]],
        parent: QObject | None = None,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        """`names`: what the user calls the appliances, by their addresses; `now`: in local time."""
        super().__init__(parent)
        self._memory = memory
        self._names = names
        self._now = now
        self._ledger = Ledger(memory)
        self._history = History(memory)
        self._news: list[News] = []
        self._held: list[News] = []
        self.settings = read_settings(memory)
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self._tell)
        self._watch = QTimer(self)
        self._watch.setInterval(LOOK_INTERVAL_MS)
        self._watch.timeout.connect(self.look)
        self._has_begun = False

    def begin(self) -> None:
        """Only from now on: until then it is another program that tells, and writes down what it has told."""
        self._memory.sync()  # what that one wrote since we started
        self._ledger = Ledger(self._memory)
        self._history = History(self._memory)
        self._held = _decoded(self._memory.text("held-news"))
        self.settings = read_settings(self._memory)
        if not self.settings.are_on:
            self._hold([])
        self._has_begun = True
        self._watch.start()

    def take(self, appliance: str, standing: Standing) -> None:
        """How an appliance stands at this moment."""
        now = self._now().astimezone(UTC)
        news = self._ledger.take(appliance, standing.troubles, now)
        if news and self.settings.are_on:
            self._history.note(news, now)
            self._news += news
            if not self._gather.isActive():
                self._gather.start()

    def forget(self, appliance: str) -> None:
        """It is no longer one of ours."""
        if not self._has_begun:
            return  # the record is another program's
        self._ledger.forget(appliance)
        self._history.forget(appliance, self._now().astimezone(UTC))
        self._news = [one for one in self._news if one.appliance != appliance]
        self._hold([one for one in self._held if one.appliance != appliance])

    def change(self, settings: NotificationSettings) -> None:
        """The user wants it otherwise."""
        self.settings = settings
        save_settings(self._memory, settings)
        if not settings.are_on:
            self._news.clear()
            self._hold([])
        self.settings_changed.emit()
        self.look()

    def told_lately(self) -> list[Told]:
        """What was told, or is held until it is quiet no more; the newest first."""
        return self._history.newest_first(self._now().astimezone(UTC))

    @property
    def is_paused(self) -> bool:
        return self.settings.is_paused(self._now())

    def pause(self) -> None:
        """Nothing for an hour; what comes meanwhile is told then."""
        until = self._now().astimezone(UTC) + PAUSE
        self.change(msgspec.structs.replace(self.settings, paused_until=until))

    def resume(self) -> None:
        self.change(msgspec.structs.replace(self.settings, paused_until=None))

    def look(self) -> None:
        """Whether it is quiet no more: then what was held is told, in one line."""
        if self.settings.paused_until is not None and not self.is_paused:
            self.change(msgspec.structs.replace(self.settings, paused_until=None))
            return
        if not self._held or self.settings.are_quiet(self._now()):
            return
        held = list(self._held)
        self._hold([])
        found = after_quiet(held, self._names())
        if found is not None:
            self.told.emit(found)

    def _tell(self) -> None:
        news, self._news = self._news, []
        if not news:
            return
        if self.settings.are_quiet(self._now()):
            self._hold([*self._held, *news])
            return
        self.look()  # first what came before
        self.told.emit(notification(news, self._names()))

    def _hold(self, held: list[News]) -> None:
        if held != self._held:
            self._held = held[-MOST_HELD:]
            self._memory.remember("held-news", msgspec.json.encode(self._held).decode())


def _decoded(text: str) -> list[News]:
    try:
        return msgspec.json.decode(text or "[]", type=list[News])
    except msgspec.MsgspecError:
        return []
