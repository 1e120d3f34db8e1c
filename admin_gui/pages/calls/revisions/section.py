"""The list of a call's revisions: when each came and why, what was delivered, and how it differs from the last."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call
from admin_gui.client.revisions import Revision, RevisionResult
from admin_gui.client.transport.errors import NotFound
from admin_gui.models.calls.revision_texts import cause_words, compared
from admin_gui.pages.calls.revisions.comparison import Comparison
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.layout.layouts import row, section_title
from admin_gui.widgets.plain_label import PlainLabel


class RevisionsSection(QWidget):
    """Hidden where there is one alone, and where the appliance is an older one, which does not tell."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._call: Call | None = None
        self.lines: list[PlainLabel] = []
        self.webhook_buttons: dict[int, QPushButton] = {}
        self.compare_buttons: dict[int, QPushButton] = {}
        self._shown: list[QWidget] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.addWidget(section_title(self.tr("Revisions")))
        layout.addLayout(self._rows)
        self.hide()

    def show_call(self, call: Call) -> None:
        """What is seen of another call goes at once."""
        is_another = self._call is None or self._call.call_id != call.call_id
        self._call = call
        if is_another or call.revision == 1:
            self._show([])
        if call.revision == 1:
            return
        revisions = self._context.appliance.revisions

        def came(found: list[Revision]) -> None:
            if self._call is not None and self._call.call_id == call.call_id:
                self._show(found)

        self._context.calls.start(
            self, lambda: revisions.of_call(call.call_id), came, self._unknown, latest="revisions"
        )

    def _unknown(self, error: Exception) -> None:
        self._show([])
        if not isinstance(error, NotFound):
            self._context.say_error(error)

    def _show(self, found: list[Revision]) -> None:
        for line in self._shown:
            self._rows.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines, self.webhook_buttons, self.compare_buttons = [], {}, {}
        latest = next((one for one in found if self._call is not None and one.revision == self._call.revision), None)
        self._shown = [self._line(one, latest) for one in found]
        for line in self._shown:
            self._rows.addWidget(line)
        self.setVisible(len(found) > 1)

    def _line(self, revision: Revision, latest: Revision | None) -> QWidget:
        line, number = QWidget(), str(revision.revision)
        at = formats.short_moment(revision.received_at, self._context.session.now())
        told = PlainLabel(f"{number} · {at} · {cause_words(revision.cause)}")
        told.setWordWrap(True)
        told.setToolTip(plain_tooltip(formats.utc_tooltip(revision.received_at)))
        self.lines.append(told)
        buttons = []
        if revision.delivery_id is not None:
            webhook = self._link(self.tr("Webhook"), self.tr("What was delivered of revision %1"), number)
            webhook.clicked.connect(partial(self._context.go, f"webhook/{revision.delivery_id}"))
            self.webhook_buttons[revision.revision] = webhook
            buttons.append(webhook)
        if latest is not None and revision is not latest and None not in (revision.analysed_at, latest.analysed_at):
            compare = self._link(self.tr("Compare"), self.tr("Compare revision %1 with the latest one"), number)
            compare.clicked.connect(partial(self._compare, revision.revision, latest.revision))
            self.compare_buttons[revision.revision] = compare
            buttons.append(compare)
        layout = QVBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(told)
        if buttons:
            layout.addLayout(row(*buttons, stretch_after=len(buttons) - 1))
        return line

    def _link(self, text: str, meaning: str, number: str) -> QPushButton:
        """Of several of the same words each says whose it is, also to who does not see it."""
        made = QPushButton(text)
        made.setProperty("link", True)
        meaning = meaning.replace("%1", number)
        made.setToolTip(plain_tooltip(meaning))
        made.setAccessibleName(meaning)
        return made

    def _compare(self, former: int, later: int) -> None:
        call, revisions = self._call, self._context.appliance.revisions
        if call is None:
            return

        def ask() -> tuple[RevisionResult, RevisionResult]:
            return revisions.result(call.call_id, former), revisions.result(call.call_id, later)

        def came(found: tuple[RevisionResult, RevisionResult]) -> None:
            if self._call is not None and self._call.call_id == call.call_id and self.isVisible():
                Comparison(self._context.theme, former, later, compared(*found), self.window()).open()

        self._context.calls.start(self, ask, came, self._context.say_error, latest="comparison")
