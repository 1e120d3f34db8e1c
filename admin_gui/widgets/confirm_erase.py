"""The question before what cannot be undone: what will be gone, in full, and a word to type where it is much."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel


class ConfirmErase(QWidget):
    """A panel within the page, no box over it. Hidden until `ask`; Esc is no, and so is to leave the page."""

    answered = Signal(bool)
    asking = Signal(bool)  # it asks from now on, or no more

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word = ""
        self._on_yes: Callable[[], object] | None = None
        self._title = PlainLabel()
        self._title.setWordWrap(True)  # a company's name may be longer than the page is wide, and is read to its end
        self._title.setObjectName("sectionTitle")
        self._text = PlainLabel()
        self._text.setWordWrap(True)
        self.word_field = QLineEdit()
        self.word_field.setMaximumWidth(320)
        self.word_field.textChanged.connect(self._look)
        self.word_field.returnPressed.connect(self._entered)
        self.yes_button = QPushButton()
        self.yes_button.setProperty("danger", True)
        self.yes_button.clicked.connect(lambda: self._answer(True))
        self.no_button = QPushButton()
        self.no_button.clicked.connect(lambda: self._answer(False))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addWidget(self.word_field)
        layout.addLayout(row(self.yes_button, self.no_button, stretch_after=1))
        theme.changed.connect(self.update)
        self.hide()

    def ask(
        self,
        title: str,
        erased: list[str],
        yes: str,
        on_yes: Callable[[], object],
        *,
        no: str = "",
        type_word: str = "",
    ) -> None:
        """`erased`: a line for each thing that will be gone; `type_word` must be typed.

        `yes` and `no` are the buttons' words; unless given, "Keep it" for no.
        """
        self._word = type_word
        self._on_yes = on_yes
        self._title.setText(title)
        self._text.setText("\n".join(f"•  {line}" for line in erased))
        self.yes_button.setText(yes)
        self.no_button.setText(no or self.tr("Keep it"))
        self.word_field.clear()
        self.word_field.setVisible(bool(type_word))
        self.word_field.setPlaceholderText(self.tr("Type “%1” to confirm").replace("%1", type_word))
        self.setAccessibleName(f"{title} {'; '.join(erased)}")
        self._look()
        self.asking.emit(True)  # before: whoever gives way to it does so at once
        self.show()
        (self.word_field if type_word else self.no_button).setFocus()

    @property
    def is_asking(self) -> bool:
        """Whether an answer counts."""
        return self._on_yes is not None

    def dismiss(self) -> None:
        """The question is of no use any more, and no answer to it counts."""
        self._on_yes = None
        self.hide()
        self.asking.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self._answer(False)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Whoever left the page is not asked when it is seen again; a window that is in the tray has left nothing."""
        super().hideEvent(event)
        if not self.isVisibleTo(self.window()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QColor(self._theme.colors.bad)
        edge.setAlpha(110)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(self._theme.colors.wash("bad"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 10, 10)
        painter.end()

    def _look(self) -> None:
        self.yes_button.setEnabled(self.word_field.text().strip() == self._word)

    def _entered(self) -> None:
        if self.yes_button.isEnabled():
            self._answer(True)

    def _answer(self, yes: bool) -> None:
        on_yes, self._on_yes = self._on_yes, None
        self.hide()
        self.asking.emit(False)
        self.answered.emit(yes)
        if yes and on_yes is not None:
            on_yes()
