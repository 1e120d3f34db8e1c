"""What lists are narrowed by: a customer, a state, an answer, a stretch of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import NO_ANSWER
from admin_gui.models import states
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.elided_choice import ElidedChoice, width_for_choice

# Somebody looks elsewhere for a moment: what they were typing waits for them.
_STAYS = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)


class _TypedChoice(QComboBox):
    """One that can be typed into. A click opens all that there is, as it does elsewhere; what is typed narrows it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        # Not the box's own list: that takes the keyboard away from the field.
        self._offer = completer = QCompleter(self.model(), self)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(self.maxVisibleItems())
        self.setCompleter(completer)
        field = self.lineEdit()
        assert field is not None  # noqa: S101 - it can be typed into
        self._field = field
        field.returnPressed.connect(self._settle)
        field.installEventFilter(self)

    @property
    def is_open(self) -> bool:
        """Whether somebody chooses from its list."""
        lists = (self.view(), self._offer.popup())
        return any(one is not None and one.isVisible() for one in lists)

    def _settle(self) -> None:
        """Somebody has typed and is done with it."""

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() is Qt.FocusReason.OtherFocusReason:
            # Its page may be going this very moment: a list that nobody sees is narrowed no more.
            QTimer.singleShot(0, self, self._settle_if_seen)
        elif event.reason() not in _STAYS:
            self._settle()

    def _settle_if_seen(self) -> None:
        if self.isVisible() and not self.hasFocus():
            self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            watched is self._field
            and isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
            and not self._field.isModified()  # who is at typing moves the cursor
        ):
            self._field.selectAll()
            self._offer.setCompletionPrefix("")
            self._offer.complete()
        return super().eventFilter(watched, event)


class CustomerChoice(_TypedChoice):
    """One customer, found by typing any part of its name, or all.

    Where it `settles`, what stands there is what is chosen, once somebody has typed: the only one that matches, or who
    was chosen before.
    """

    chosen = Signal(object)  # its number, or None
    named = Signal()  # the names are known now, or others than before

    def __init__(self, context: AppContext, parent: QWidget | None = None, *, settles: bool = True) -> None:
        super().__init__(parent)
        self._context = context
        self._settles = settles
        self._wanted: int | None = None
        self._names: dict[int, str] = {}
        # Asked for and not among them; of these, which the appliance has not told since either.
        self._wondered: set[int] = set()
        self._gone: set[int] = set()
        self.setAccessibleName(self.tr("Customer"))
        self.setMaximumWidth(260)
        self.addItem(self.tr("All customers"), None)
        self.activated.connect(self._take)
        self.currentTextChanged.connect(lambda text: self.setToolTip(plain_tooltip(text)))

    @property
    def value(self) -> int | None:
        """The number of the one that is chosen; None: all."""
        return self._wanted

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As wide as the chosen name, unless that is very long."""
        return QSize(width_for_choice(self, self._wanted), super().minimumSizeHint().height())

    def set_value(self, customer_id: int | None) -> None:
        """Choose without telling."""
        self._wanted = customer_id
        place = self.findData(customer_id)
        if place < 0:
            self.addItem(self.tr("Customer %1").replace("%1", str(customer_id)), customer_id)
            place = self.count() - 1
        self.setCurrentIndex(place)
        self.updateGeometry()
        editor = self.lineEdit()
        if editor is not None:
            editor.setCursorPosition(0)  # of a long name its beginning is seen

    def load(self) -> None:
        """Ask for the customers, in the background."""
        customers = self._context.appliance.customers
        self._context.calls.start(
            self, customers.everyone, self._show, lambda _error: None, latest="customers"
        )  # without names there are still numbers

    def name_of(self, customer_id: int) -> str:
        """A customer's company, as far as it is known; of one that is gone the appliance tells the number alone."""
        name = self._names.get(customer_id)
        if name is not None:
            return name
        if customer_id in self._gone:
            return self.tr("%1 (deleted)").replace("%1", str(customer_id))
        if customer_id not in self._wondered:  # it may be a new one
            self._wondered.add(customer_id)
            self.load()
        return str(customer_id)

    def _show(self, customers: Sequence[Customer]) -> None:
        names = {customer.id: customer.company_name for customer in customers}
        gone = self._wondered - names.keys()
        if (names, gone) != (self._names, self._gone):
            self._names, self._gone = names, gone
            self.named.emit()
        if self.is_open and self.count() > 1:  # else nothing is there to choose from
            return
        typed = self.currentText()
        is_choice = typed == self.itemText(self.findData(self._wanted))
        self.clear()
        self.addItem(self.tr("All customers"), None)
        shared = Counter(customer.company_name.casefold() for customer in customers)
        for customer in sorted(customers, key=lambda one: (one.company_name.casefold(), one.id)):
            # Of two with one name the number says which.
            alike = shared[customer.company_name.casefold()] > 1
            self.addItem(f"{customer.company_name} (#{customer.id})" if alike else customer.company_name, customer.id)
        self.set_value(self._wanted)
        if not is_choice:
            self.setEditText(typed)  # somebody is at it: half a name must not become "All customers"

    def _settle(self) -> None:
        if not self._settles or not self._context.session.is_connected:
            return
        popup = self._offer.popup()
        if popup is not None:
            popup.hide()
        typed = self.currentText().strip().casefold()
        if typed == self.itemText(self.findData(self._wanted)).strip().casefold():
            return
        names = [self.itemText(place).casefold() for place in range(self.count())]
        if typed in ("", *names):
            found = [names.index(typed) if typed else 0]  # the first is all
        else:
            found = [place for place, name in enumerate(names) if place and typed in name]
        wanted = self.itemData(found[0]) if len(found) == 1 else self._wanted
        is_other = wanted != self._wanted
        self.set_value(wanted)
        if is_other:
            self.chosen.emit(wanted)

    def _take(self, place: int) -> None:
        self._wanted = self.itemData(place)
        self.updateGeometry()
        self.chosen.emit(self._wanted)


class StateChoice(ElidedChoice):
    """One state, or all; or one of other words that `states` knows."""

    chosen = Signal(object)  # the state, or None

    def __init__(
        self, names: Sequence[str], parent: QWidget | None = None, *, title: str = "", everything: str = ""
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title or self.tr("State"))
        self.addItem(everything or self.tr("All states"), None)
        for name in names:
            self.addItem(states.word(name), name)
        self.activated.connect(lambda place: self.chosen.emit(self.itemData(place)))

    @property
    def value(self) -> str | None:
        found: str | None = self.currentData()
        return found

    def set_value(self, state: str | None) -> None:
        """Choose without telling."""
        self.setCurrentIndex(max(0, self.findData(state)))


class AnswerField(_TypedChoice):
    """What a receiver answered: any, none, or a status that is chosen or typed."""

    chosen = Signal(object)  # the status, 0 for no answer, or None for any
    USUAL = (200, 400, 401, 403, 404, 410, 429, 500, 502, 503)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Answer"))
        self.setToolTip(self.tr("What the last attempt was answered with; type any status"))
        self.addItem(self.tr("Any answer"), None)
        self.addItem(self.tr("No answer"), NO_ANSWER)
        for status in self.USUAL:
            self.addItem(str(status), status)
        self._wanted: int | None = None
        self.activated.connect(lambda place: self._take(self.itemData(place)))
        editor = self.lineEdit()
        if editor is not None:
            editor.editingFinished.connect(self._typed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As wide as the chosen name, unless that is very long."""
        return QSize(width_for_choice(self, self._wanted), super().minimumSizeHint().height())

    @property
    def value(self) -> int | None:
        return self._wanted

    def set_value(self, status: int | None) -> None:
        """Choose without telling."""
        self._wanted = status
        place = self.findData(status)
        if place >= 0:
            self.setCurrentIndex(place)
        else:
            self.setEditText(str(status))
        self.updateGeometry()

    def _typed(self) -> None:
        text = self.currentText().strip()
        place = self.findText(text)
        if place >= 0:
            self._take(self.itemData(place))
        elif text.isdecimal() and 100 <= int(text) <= 599:
            self._take(int(text))
        else:
            self.set_value(self._wanted)

    def _take(self, status: int | None) -> None:
        if status != self._wanted:
            self._wanted = status
            self.updateGeometry()
            self.chosen.emit(status)


_REACHES = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}


_OTHER = "?"


class TimeChoice(ElidedChoice):
    """The last hour, day, week, month, or all time."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Time"))
        for words, name in (
            (self.tr("All time"), None),
            (self.tr("Last hour"), "hour"),
            (self.tr("Last 24 hours"), "day"),
            (self.tr("Last 7 days"), "week"),
            (self.tr("Last 30 days"), "month"),
        ):
            self.addItem(words, name)
        self.activated.connect(lambda *_: None if self.currentData() == _OTHER else self.chosen.emit())

    @property
    def value(self) -> str | None:
        """As links call it; None: all time, or another one."""
        found: str | None = self.currentData()
        return None if found == _OTHER else found

    def show_other(self, is_other: bool) -> None:
        """Whether a time is looked at that is none of these, beside which "All time" would be wrong."""
        place = self.findData(_OTHER)
        if is_other and self.value is None:
            if place < 0:
                self.addItem(self.tr("Other time"), _OTHER)
            self.setCurrentIndex(self.findData(_OTHER))
        elif place >= 0:
            if self.currentIndex() == place:
                self.setCurrentIndex(0)
            self.removeItem(place)

    def set_value(self, name: str | None) -> None:
        """Choose without telling."""
        self.setCurrentIndex(max(0, self.findData(name)))

    def since(self, now: datetime) -> datetime | None:
        """Where the chosen time begins; `now` is the appliance's."""
        return None if self.value is None else now - _REACHES[self.value]
