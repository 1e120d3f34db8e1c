"""The way from page to page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.commands import native_keys
from admin_gui.local_storage.profiles import Memory
from admin_gui.pages.registry import PAGES
from admin_gui.shell.appliances.switcher import ApplianceSwitcher
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons

WIDTH, FOLDED_WIDTH = 188, 64
NARROW_WINDOW = 1000  # pages need the room more


class Sidebar(QWidget):
    """The appliances, a button for each section, and below them what belongs to the program."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._is_narrow = False
        self._is_folded = memory.text("sidebar") == "folded"
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        self._icons: list[tuple[QPushButton, str]] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(10, 16, 10, 10)
        self._layout.setSpacing(3)
        self.switcher = ApplianceSwitcher(theme)
        self._layout.addWidget(self.switcher)
        self._layout.addSpacing(14)
        self._tips: dict[QPushButton, str] = {}
        for entry in PAGES:
            if entry.label is not None:
                label = QCoreApplication.translate("sidebar", entry.label)
                button = self._button(label, entry.icon, checkable=True)
                button.clicked.connect(lambda _checked, name=entry.name: self.chosen.emit(name))
                self._group.addButton(button)
                self._buttons[entry.section] = button
        self._layout.addStretch(1)
        theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self._fold()

    @property
    def is_folded(self) -> bool:
        """Whether icons alone are seen."""
        return self._is_folded

    def toggle(self) -> None:
        """Fold it, or unfold it; remembered, but in a narrow window, which folds it by itself."""
        self._is_folded = not self._is_folded
        if not self._is_narrow:
            self._memory.remember("sidebar", "folded" if self._is_folded else "")
        self._fold()

    def fit(self, window_width: int) -> None:
        """The window is so wide now: in a narrow one it is folded, and as before when there is room again."""
        narrow = window_width < NARROW_WINDOW
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            self._is_folded = narrow or self._memory.text("sidebar") == "folded"
            self._fold()

    def add_button(self, label: str, icon: str, run: Callable[[], object], keys: str) -> QPushButton:
        """One at the lower end; its tooltip tells the keys that do the same."""
        button = self._button(label, icon)
        self._tips[button] = native_keys(keys)
        button.clicked.connect(lambda _checked: run())
        self._paint_icons()
        self._fold()
        return button

    def light(self, section: str) -> None:
        """Which section is seen."""
        button = self._buttons.get(section)
        if button is not None:
            button.setChecked(True)

    def button(self, section: str) -> QPushButton:
        return self._buttons[section]

    def _button(self, label: str, icon: str, *, checkable: bool = False) -> QPushButton:
        button = QPushButton()
        button.setAccessibleName(label)
        button.setCheckable(checkable)
        button.setAutoExclusive(checkable)  # so it is told as one of several, not as something to tick
        button.setIconSize(QSize(18, 18))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._layout.addWidget(button)
        self._icons.append((button, icon))
        return button

    def _fold(self) -> None:
        folded = self._is_folded
        self.setFixedWidth(FOLDED_WIDTH if folded else WIDTH)
        self.switcher.fold(folded)
        for button, _icon in self._icons:
            # Qt puts the words close to the icon.
            button.setText("" if folded else f"  {button.accessibleName()}")
            keys = self._tips.get(button, "")
            label = f"{button.accessibleName()} ({keys})" if keys else button.accessibleName()
            button.setToolTip(plain_tooltip(label if folded else keys))

    def _paint_icons(self) -> None:
        colors = self._theme.colors
        for button, name in self._icons:
            button.setIcon(icons.icon(name, colors.muted, checked=colors.accent))
