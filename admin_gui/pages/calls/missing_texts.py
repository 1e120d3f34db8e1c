"""What calls came to that were completed before one's eyes: their events tell no texts."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QObject, QTimer

from admin_gui.client.calls import Call, CallFilter
from admin_gui.client.transport.paging import LARGEST_PAGE_ROWS, Page
from admin_gui.pages.page import Page as ShownPage
from admin_gui.widgets.table.paged_table import PagedTable

# However many calls are completed a second, one request asks for those that are on the screen.
INTERVAL_MS = 1_000
# The appliance tells moments in whole seconds.
MOMENT = timedelta(seconds=1)


class MissingTexts(QObject):
    """Asks for the texts of the rows on the screen that lack them, at most once a second."""

    def __init__(self, page: ShownPage, table: PagedTable) -> None:
        super().__init__(page)
        self._page = page
        self._table = table
        # Each is asked for once: what an answer does not hold is gone, or another revision by now.
        self._asked: set[tuple[str, int]] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._look)
        table.view.verticalScrollBar().valueChanged.connect(lambda _value: self.look_soon())

    def look_soon(self) -> None:
        """Rows have changed, or others are on the screen."""
        if not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        lacking = [call for call in self._table.view.rows_on_screen() if self._lacks_texts(call)]
        if not lacking or not self._page.isVisible():
            return
        moments = [call.received_at for call in lacking]
        wanted = CallFilter(state="completed", since=min(moments), until=max(moments) + MOMENT)
        calls = self._page.context.appliance.calls
        self._page.context.calls.start(
            self._page,
            lambda: calls.page(None, LARGEST_PAGE_ROWS, wanted),
            lambda page: self._take(lacking, page),
            lambda _error: None,  # the next event asks again
            latest="missing texts",
        )

    def _lacks_texts(self, call: Call) -> bool:
        return call.state == "completed" and not call.tells_texts and (call.call_id, call.revision) not in self._asked

    def _take(self, lacking: list[Call], page: Page[Call]) -> None:
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
        self._table.merge(whole)
        self.look_soon()
