"""What calls came to that were completed before one's eyes: their events tell no texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
from PySide6.QtCore import QObject, QTimer

from admin_gui.client.calls import Call, CallFilter
from admin_gui.client.transport import paging
from admin_gui.pages.page import Page
from admin_gui.widgets.table.paged_table import PagedTable

# However many calls are completed a second, one request asks for those that are on the screen. Each is a line of the
# appliance's audit.
INTERVAL_MS = 5_000
# The appliance tells moments in whole seconds.
MOMENT = timedelta(seconds=1)
# An answer holds whatever was received in between, whole: of what is far apart the rest is asked for by the next one.
SPAN = timedelta(minutes=1)


class MissingTexts(QObject):
    """Asks for the texts of the rows on the screen that lack them, every few seconds at most."""

    def __init__(self, page: Page, table: PagedTable, narrowed: Callable[[], CallFilter]) -> None:
        """`narrowed`: what the rows of the table are narrowed to."""
        super().__init__(page)
        self._page = page
        self._table = table
        self._narrowed = narrowed
        # Each is asked for once: what an answer does not hold is gone, or another revision by now.
        self._asked: set[tuple[str, int]] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        table.view.verticalScrollBar().valueChanged.connect(lambda _value: self.look_soon())
        table.loaded.connect(self.look_soon)

    def look_soon(self) -> None:
        """Rows have changed, or others are on the screen."""
        if not self._timer.isActive():
            self._timer.start(INTERVAL_MS)

    def _look(self) -> None:
        calls = self._page.context.calls
        if calls.is_under_way(self._page, "missing texts"):
            return  # one looks again when its answer is there; a second request would cancel it
        lacking = [call for call in self._table.view.rows_on_screen() if self._lacks_texts(call)]
        if not lacking or not self._page.is_seen:
            return
        if self._page.window().isMinimized() or not self._page.isVisible():  # the window is in the tray
            self.look_soon()  # nobody reads them now
            return
        newest = max(call.received_at for call in lacking)
        lacking = [call for call in lacking if call.received_at >= newest - SPAN]
        wanted = self._wanted(lacking)
        api = self._page.context.appliance.calls
        calls.start(
            self._page,
            lambda: api.page(None, paging.LARGEST_PAGE_ROWS, wanted),
            lambda page: self._take(lacking, page),
            lambda _error: self._look_again(),
            latest="missing texts",
        )

    def _wanted(self, lacking: list[Call]) -> CallFilter:
        """No more than the table shows. What it looks for in texts is left out: that would be slower than the rest."""
        moments = [call.received_at for call in lacking]
        return msgspec.structs.replace(
            self._narrowed(),
            state="completed",
            since=min(moments),
            until=max(moments) + MOMENT,
            q=None,
            keyword=None,
            warnings=None,
        )

    def _look_again(self) -> None:
        if self._page.context.session.is_connected:
            self.look_soon()

    def _lacks_texts(self, call: Call) -> bool:
        return call.state == "completed" and not call.tells_texts and (call.call_id, call.revision) not in self._asked

    def _take(self, lacking: list[Call], page: paging.Page[Call]) -> None:
        found = {call.call_id: call for call in page.rows}
        # Of very many calls in little time those that are not in the answer are asked for with the next one.
        is_all = page.next_cursor is None or not any(call.call_id in found for call in lacking)
        whole: list[Call] = []
        for call in lacking:
            if is_all or call.call_id in found:
                self._asked.add((call.call_id, call.revision))
            place, told = self._table.model.place_of(call.call_id), found.get(call.call_id)
            if place is None or told is None:
                continue
            known: Call = self._table.model.row_at(place)
            if (known.state, known.revision) == (told.state, told.revision):
                whole.append(told.told_anew(known))  # events may have come since it was asked for
        self._table.merge_known(whole)
        self.look_soon()
