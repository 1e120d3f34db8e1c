"""The way from page to page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.pages.registry import PAGES
from admin_gui.widgets import icons
from admin_gui.widgets.plain_label import PlainLabel

WIDTH = 188


class Sidebar(QWidget):
    """A button for each section; below them what belongs to the program."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        self._icons: list[tuple[QToolButton, str]] = []
        self._name = PlainLabel()
        self._name.setObjectName("applianceName")
        self._name.setWordWrap(True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(10, 16, 10, 10)
        self._layout.setSpacing(3)
        self._layout.addWidget(self._name)
        self._layout.addSpacing(10)
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

    def add_button(self, label: str, icon: str) -> QToolButton:
        """One at the lower end."""
        button = self._button(label, icon)
        self._paint_icons()
        return button

    def show_name(self, name: str) -> None:
        """Which appliance this is."""
        self._name.setText(name)
        self._name.setVisible(bool(name))

    def light(self, section: str) -> None:
        """Which section is seen."""
        button = self._buttons.get(section)
        if button is not None:
            button.setChecked(True)

    def button(self, section: str) -> QToolButton:
        return self._buttons[section]

    def _button(self, label: str, icon: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setText(f"  {label}")  # Qt puts the words close to the icon
        button.setAccessibleName(label)
        button.setCheckable(checkable)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(18, 18))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._layout.addWidget(button)
        self._icons.append((button, icon))
        return button

    def _paint_icons(self) -> None:
        colors = self._theme.colors
        for button, name in self._icons:
            button.setIcon(icons.icon(name, colors.muted, checked=colors.accent))
