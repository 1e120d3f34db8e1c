"""The fields of a customer, each with its name, what it means, and the appliance's problem with it below."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from admin_gui.client.customers import Customer
from admin_gui.client.transport.errors import Invalid
from admin_gui.models.customer_fields import Values, field_of, to_send, values_of, with_none
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.text.seen_typing import refuse_unseen
from admin_gui.widgets.focus_wheel import FocusWheelComboBox, FocusWheelSpinBox
from admin_gui.widgets.plain_label import PlainLabel

if TYPE_CHECKING:
    from admin_gui.app_context import AppContext
    from admin_gui.pages.customers.lost_answers import Sending

Editor = QLineEdit | QPlainTextEdit | QSpinBox | QComboBox

FIELD_WIDTH = 420
LONGEST_DAYS = 36_500
LARGEST_NUMBER = 100_000
LONGEST_TOLD = 80  # characters of a value that is told beside others
# Nobody sets a limit to this: below the smallest that can be set, it stands for the appliance's default.
UNSET = -1


class FormField(QWidget):
    """A name, an editor, a hint, and (when there is one) the problem with what was entered."""

    changed = Signal()

    def __init__(
        self, name: str, editor: Editor, hint: str = "", parent: QWidget | None = None, *, required: bool = False
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._required = self.tr("required") if required else ""
        label = PlainLabel(name)
        label.setBuddy(editor)
        label.setProperty("muted", True)
        editor.setAccessibleName(name)
        editor.setMaximumWidth(FIELD_WIDTH)
        self._hint = PlainLabel(hint)
        self._hint.setProperty("muted", True)
        self._hint.setWordWrap(True)
        self._problem, self._warning = PlainLabel(), PlainLabel()
        for red in (self._problem, self._warning):
            red.setProperty("error", True)
            red.setWordWrap(True)
            red.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (label, editor, self._hint, self._warning, self._problem):
            layout.addWidget(widget)
        layout.addStretch(1)
        self._hint.setVisible(bool(hint))  # in its place by now: what is shown without a parent is a window
        self._follow()
        if isinstance(editor, QLineEdit):
            refuse_unseen(editor, self.tell_problem)
            if required:
                editor.setPlaceholderText(self._required)
        self.tell_problem(None)

    @property
    def value(self) -> Any:
        """What stands in it; None where nothing is set."""
        match self.editor:
            case QLineEdit():
                return self.editor.text().strip()
            case QPlainTextEdit():
                return self.editor.toPlainText().strip()
            case QSpinBox():
                return None if self.editor.value() == UNSET else self.editor.value()
            case QComboBox():
                return self.editor.currentData()

    def set_value(self, value: Any) -> None:
        """Show a value; None means not set. Where it stands there already nothing moves: somebody may be typing."""
        if self.value == value or (value is None and self.value == ""):
            return
        match self.editor:
            case QLineEdit():
                place = self.editor.cursorPosition() if self.editor.hasFocus() else 0
                self.editor.setText(value or "")
                self.editor.setCursorPosition(place)
            case QPlainTextEdit():
                self.editor.setPlainText(value or "")
            case QSpinBox():
                self.editor.setValue(UNSET if value is None else value)
            case QComboBox():
                self.editor.setCurrentIndex(max(0, self.editor.findData(value)))

    def words(self, value: Any) -> str:
        """A value as it would stand in it, on one line."""
        match self.editor:
            case QComboBox():
                return self.editor.itemText(max(0, self.editor.findData(value)))
            case QSpinBox():
                return self.editor.specialValueText() if value is None else str(value)
            case _:
                line = ", ".join(str(value or "").splitlines())
                return (f"{line[:LONGEST_TOLD]}…" if len(line) > LONGEST_TOLD else line) or formats.DASH

    def tell_problem(self, problem: str | None) -> None:
        """In the appliance's words, below the editor; None: there is none."""
        self._problem.setText(problem or "")
        self._problem.setVisible(bool(problem))
        self.editor.setAccessibleDescription(problem or self._hint.text() or self._required)

    def tell_refused(self, problem: str) -> None:
        """The same as a sentence that names it: the appliance's words go on from its own name of the field."""
        name = self.editor.accessibleName()
        if self._required and not self.value:
            problem = self.tr("%1 must not be empty").replace("%1", name)
        elif not problem[:1].isupper():
            problem = f"{name}: {problem}"
        self.tell_problem(problem)

    def warn(self, warning: str) -> None:
        """In red, of what may be saved all the same; nothing: there is nothing to say."""
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))

    @property
    def warning(self) -> str:
        """What it is warned of."""
        return self._warning.text()

    @property
    def problem(self) -> str:
        """What is said to be wrong with it."""
        return self._problem.text()

    def set_editable(self, editable: bool) -> None:
        """A viewer reads; what it reads can be selected."""
        if isinstance(self.editor, QLineEdit | QPlainTextEdit):
            self.editor.setReadOnly(not editable)
        else:
            self.editor.setEnabled(editable)

    def _follow(self) -> None:
        match self.editor:
            case QLineEdit() | QPlainTextEdit():
                self.editor.textChanged.connect(lambda *_: self.changed.emit())
            case QSpinBox():
                self.editor.valueChanged.connect(lambda *_: self.changed.emit())
            case QComboBox():
                self.editor.currentIndexChanged.connect(lambda *_: self.changed.emit())


class FieldGrid(QWidget):
    """Fields in two columns."""

    COLUMNS = 2

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        for column in range(self.COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._cells = 0

    def add(self, field: FormField, *, wide: bool = False) -> FormField:
        """The next field; a wide one has a row of its own."""
        if wide and self._cells % self.COLUMNS:
            self._cells += 1
        place, column = divmod(self._cells, self.COLUMNS)
        self._grid.addWidget(field, place, column, 1, self.COLUMNS if wide else 1, Qt.AlignmentFlag.AlignTop)
        if wide:
            field.editor.setMaximumWidth(FIELD_WIDTH * self.COLUMNS)
        self._cells += self.COLUMNS if wide else 1
        return field


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, and for which customer; None for one that is not there yet."""

    customer: tuple[int, datetime] | None
    typed: Values
    sending: Sending | None = None  # it was sent, and what came of that is not known


class CustomerForm(QObject):
    """All fields of a customer's page together: what the appliance has, what was changed, what it refused."""

    changed = Signal()
    entered = Signal()  # by the Enter key, in a field of one line

    def __init__(self, fields: dict[str, FormField], parent: QObject) -> None:
        super().__init__(parent)
        self.fields = fields
        self._customer: tuple[int, datetime] | None = None  # its number may be another's on another appliance
        self._before: Values = values_of(None)
        self._filling = False
        for field in fields.values():
            field.changed.connect(self._edited)
            if isinstance(field.editor, QLineEdit):
                field.editor.returnPressed.connect(self.entered)

    def show_customer(self, customer: Customer | None, *, keep_typed: bool = False) -> None:
        """What the appliance has; `keep_typed` leaves what was typed over it."""
        typed = self.typed() if keep_typed else {}
        self._customer = None if customer is None else (customer.id, customer.created_at)
        self._before = values_of(customer)
        self._fill({**self._before, **typed})

    def show_saved(self, customer: Customer, sent: Values) -> None:
        """What the appliance has made of `sent`; what was typed since then stays typed."""
        since = self.typed_since(sent)
        self._before = values_of(customer)
        self._fill({**self._before, **since})

    def typed_since(self, sent: Values) -> Values:
        """What stands in it by now and was not sent."""
        return {name: value for name, value in self.values().items() if value != sent[name]}

    @property
    def before(self) -> Values:
        """What the appliance has, as far as is known here."""
        return self._before

    def is_outdated_by(self, customer: Customer) -> bool:
        """Whether the appliance has other values by now than those that were changed here."""
        return values_of(customer) != self._before

    def draft(self) -> Draft | None:
        """What was typed, to be put back later; None where that is nothing."""
        typed = self.typed()
        return Draft(self._customer, typed) if typed else None

    def type_in(self, draft: Draft) -> bool:
        """Put it back, if it is this customer's, beside what was typed since; tell whether it was."""
        if draft.customer != self._customer:
            return False
        self._fill({**self.values(), **draft.typed})
        return True

    def discard(self) -> None:
        """Back to what the appliance has."""
        self._fill(self._before)

    def forget(self, sent: Values | None = None) -> None:
        """What was typed, or of that what was sent, is no change any more."""
        self._before = self.values() if sent is None else sent

    def changes(self) -> dict[str, object]:
        """The fields of a request that saves what was typed."""
        return to_send(self._before, self.values())

    def typed(self) -> Values:
        """The fields that differ from what the appliance has."""
        return {name: value for name, value in self.values().items() if value != self._before[name]}

    def told(self, values: Values, names: Container[str]) -> str:
        """These of the values in words, each with the name of its field."""
        return "; ".join(
            f"{field.editor.accessibleName()}: {field.words(values[name])}"
            for name, field in self.fields.items()
            if name in names
        )

    def tell_problems(self, error: Invalid) -> tuple[FormField | None, list[str]]:
        """Put each problem at its field; the first field at fault, and problems that belong to none."""
        self.forget_problems()
        elsewhere = []
        for problem in error.details:
            field = self.fields.get(field_of(problem.field))
            if field is None:
                elsewhere.append(f"{problem.field} {translated(problem.problem)}")
            else:
                field.tell_refused(translated(problem.problem))
        return next((field for field in self.fields.values() if field.problem), None), elsewhere

    def tell_unsaved(self, context: AppContext, error: Exception, *, may_be_saved: bool = False) -> FormField | None:
        """Why it was not saved; the first field at fault, which has the keyboard then."""
        if not isinstance(error, Invalid):
            context.say_unsaved(error, self.typed, may_be_saved=may_be_saved)
            return None
        shown, elsewhere = self.tell_problems(error)
        if shown is not None:
            shown.editor.setFocus()
        context.say_marked(elsewhere)
        return shown

    def forget_problems(self) -> None:
        for field in self.fields.values():
            field.tell_problem(None)

    def set_editable(self, editable: bool) -> None:
        """A viewer reads."""
        for field in self.fields.values():
            field.set_editable(editable)

    def values(self) -> Values:
        """What stands in all of them."""
        return {name: with_none(name, field.value) for name, field in self.fields.items()}

    def _fill(self, values: Values) -> None:
        self._filling = True
        for name, field in self.fields.items():
            field.set_value(values[name])
        self.forget_problems()
        self._filling = False
        self.changed.emit()

    def _edited(self) -> None:
        if not self._filling:
            self.changed.emit()


def whole_number(unset_words: str, smallest: int, largest: int, suffix: str = "") -> QSpinBox:
    """A number that may be left to the appliance, which is said in `unset_words`."""
    made = FocusWheelSpinBox()
    made.setRange(UNSET, largest)
    made.setSpecialValueText(unset_words)
    made.setSuffix(suffix)
    # One step up from "not set" is the smallest that is allowed, not what lies between.
    made.valueChanged.connect(lambda value: made.setValue(smallest) if UNSET < value < smallest else None)
    return made


def choice(*options: tuple[str, str | bool | None]) -> QComboBox:
    """One of a few; each with its words and its value."""
    made = FocusWheelComboBox()
    for words, value in options:
        made.addItem(words, value)
    return made
