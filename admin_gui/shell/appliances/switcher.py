"""The appliances at the top of the sidebar: a line for each, with a dot for how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from admin_gui.appearance.colors import Colors
from admin_gui.appearance.theme import Theme
from admin_gui.commands import native_keys
from admin_gui.local_storage.profiles import Profile
from admin_gui.models.notices.standing import Standing, State
from admin_gui.text.plain_text import plain_button, plain_tooltip, visible
from admin_gui.widgets import icons

# The pages below need the room; the others are in the palette.
MOST_SHOWN = 4
ICON = 18
LETTERED = 24  # so wide with a letter
TEXT_WIDTH = 108


@dataclass(frozen=True, slots=True)
class Line:
    """One appliance as it is shown."""

    profile: Profile
    standing: Standing
    is_current: bool
    keys: str = ""


class ApplianceSwitcher(QWidget):
    """`chosen` with a Profile; `renamed` and `forgotten` from the menu of a line, as soon as it is asked for."""

    chosen = Signal(object)
    renamed = Signal(object)
    forgotten = Signal(object)
    all_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("switcher")
        self._theme = theme
        self._is_folded = False
        self._lines: list[Line] = []
        self.buttons: list[QPushButton] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self.more_button = QToolButton()
        self.more_button.setAccessibleName(self.tr("All appliances"))
        self.more_button.setText(f"  {self.more_button.accessibleName()}")
        self.more_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.more_button.setIconSize(QSize(ICON, ICON))
        self.more_button.clicked.connect(lambda _checked: self.all_wanted.emit())
        self._layout.addWidget(self.more_button)
        theme.changed.connect(self._paint)
        self.show_lines([])

    def show_lines(self, lines: Sequence[Line]) -> None:
        """These; buttons that are there already stay, so that the keyboard stays on them."""
        shown = _shown(lines)
        self._lines = shown
        while len(self.buttons) < len(shown):
            button = self._button()
            self._layout.insertWidget(len(self.buttons), button)
            self.buttons.append(button)
        while len(self.buttons) > len(shown):
            self.buttons.pop().deleteLater()
        self.more_button.setVisible(len(lines) > len(shown))
        self._paint()

    def button_of(self, profile: Profile) -> QPushButton | None:
        """The one that goes there, if it is shown."""
        pairs = zip(self.buttons, self._lines, strict=True)
        return next((button for button, line in pairs if line.profile == profile), None)

    def fold(self, folded: bool) -> None:
        """Whether the names are not seen."""
        self._is_folded = folded
        self._paint()

    def _button(self) -> QPushButton:
        button = QPushButton()
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        button.clicked.connect(lambda _checked: self._choose(button))
        button.customContextMenuRequested.connect(lambda at: self._open_menu(button, at))
        return button

    def _choose(self, button: QPushButton) -> None:
        line = self._lines[self.buttons.index(button)]
        self._mark_current()  # it is that only when it is open
        self.chosen.emit(line.profile)

    def _mark_current(self) -> None:
        for button, line in zip(self.buttons, self._lines, strict=True):
            button.setAutoExclusive(False)  # while none is open, none of them is chosen
            button.setChecked(line.is_current)
        for button in self.buttons:
            button.setAutoExclusive(True)  # so it is told as one of several, not as something to tick

    def _open_menu(self, button: QPushButton, at: QPoint) -> None:
        profile = self._lines[self.buttons.index(button)].profile
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Rename …")).triggered.connect(lambda _checked: self.renamed.emit(profile))
        menu.addAction(self.tr("Forget it")).triggered.connect(lambda _checked: self.forgotten.emit(profile))
        menu.popup(button.mapToGlobal(at))

    def _paint(self) -> None:
        self._mark_current()
        style = Qt.ToolButtonStyle
        look = style.ToolButtonIconOnly if self._is_folded else style.ToolButtonTextBesideIcon
        for button, line in zip(self.buttons, self._lines, strict=True):
            name, standing = line.profile.name, line.standing
            button.setIconSize(QSize(LETTERED if self._is_folded else ICON, ICON))
            fitting = _metrics(button).elidedText(visible(name), Qt.TextElideMode.ElideRight, TEXT_WIDTH)
            button.setText("" if self._is_folded else plain_button(f"  {fitting}"))
            button.setAccessibleName(f"{name}: {standing.state.words}")
            keys = native_keys(line.keys)
            keys = f" ({keys})" if keys else ""
            button.setToolTip(plain_tooltip(f"{name}{keys}\n{line.profile.url}\n{standing.text}"))
            button.setIcon(_icon(line, self._theme.colors, lettered=self._is_folded))
        self.more_button.setToolButtonStyle(look)
        self.more_button.setIcon(icons.icon("more", self._theme.colors.muted))
        self.more_button.setToolTip(self.tr("All appliances"))


def _shown(lines: Sequence[Line]) -> list[Line]:
    """The first ones, and the one that is open in any case."""
    if len(lines) <= MOST_SHOWN:
        return list(lines)
    first = list(lines[:MOST_SHOWN])
    current = next((one for one in lines if one.is_current), None)
    if current is not None and current not in first:
        first[-1] = current
    return first


def _metrics(button: QPushButton) -> QFontMetrics:
    """Of its words while it is the one that is open: then they are bold."""
    button.ensurePolished()
    font = button.font()
    font.setWeight(QFont.Weight.DemiBold)
    return QFontMetrics(font)


def _icon(line: Line, colors: Colors, *, lettered: bool) -> QIcon:
    """The dot for its state; beside it the first letter of its name, where the name itself is not seen."""
    state, scale = line.standing.state, 3
    picture = QPixmap((LETTERED if lettered else ICON) * scale, ICON * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if lettered:
        font = painter.font()
        font.setPixelSize(14)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colors.text))
        painter.drawText(QRect(0, 0, 14, ICON), Qt.AlignmentFlag.AlignCenter, visible(line.profile.name[:1].upper()))
        painter.translate(12, 3)
        painter.scale(0.7, 0.7)
    color = QColor(colors.tone(state.tone))
    painter.setPen(QPen(color, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush if state is State.UNASKED else color)
    # A disc, a triangle, a square, a ring: also for who cannot tell the colours.
    match state:
        case State.LOOK:
            painter.drawPolygon(QPolygonF([QPoint(9, 4), QPoint(14, 13), QPoint(4, 13)]))
        case State.DOWN:
            painter.drawRect(5, 5, 8, 8)
        case _:
            painter.drawEllipse(5, 5, 8, 8)
    painter.end()
    return QIcon(picture)
