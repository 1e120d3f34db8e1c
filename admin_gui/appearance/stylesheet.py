"""The style sheet: what the palette does not say. Sizes are in logical pixels."""

from __future__ import annotations

from pathlib import Path, PurePath
from string import Template

from PySide6.QtGui import QFontDatabase

from admin_gui.appearance.colors import Colors

IMAGES = Path(__file__).parents[1] / "images"

_SHEET = Template("""
QWidget { font-size: 13px; }
QMainWindow, QDialog { background: $window; }
QToolTip { background: $surface; color: $text; border: 1px solid $border; padding: 5px 7px; }

#sidebar { background: $sunken; border: none; border-right: 1px solid $border; }
#sidebar QPushButton {
    border: none; border-radius: 7px; padding: 8px 10px; text-align: left; color: $text; background: transparent;
    font-size: 13px;
}
#sidebar QPushButton:hover { background: $hover; }
#sidebar QPushButton:checked { background: $selection; color: $text; font-weight: 600; }
#sidebar QPushButton:focus { outline: none; border: 1px solid $accent; padding: 7px 9px; }
#sidebar #switcher QToolButton, #sidebar #switcher QPushButton {
    border: none; border-radius: 7px; padding: 5px 10px; text-align: left; color: $text; background: transparent;
    font-size: 13px;
}
#sidebar #switcher QToolButton:hover, #sidebar #switcher QPushButton:hover { background: $hover; }
#sidebar #switcher QPushButton:checked { background: $selection; color: $text; font-weight: 600; }
#sidebar #switcher QToolButton:focus, #sidebar #switcher QPushButton:focus {
    outline: none; border: 1px solid $accent; padding: 4px 9px;
}
#pageTitle { font-size: 21px; font-weight: 600; }
#sectionTitle { font-size: 15px; font-weight: 600; }
QLabel[muted="true"] { color: $muted; }
#bigNumber { font-size: 26px; font-weight: 600; }
#fingerprint { font-size: 15px; }
QLabel[error="true"] { color: $bad; }
QLabel[mono="true"], QLineEdit[mono="true"], QPlainTextEdit[mono="true"] {
    font-family: "$mono";
}

#card { background: $surface; border: 1px solid $border; border-radius: 10px; }
#card QLabel { background: transparent; }
#waiting, #floating { background: $surface; border: 1px solid $border; border-radius: 10px; }
#waiting QLabel, #floating QLabel { background: transparent; }

QPushButton {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 7px; padding: 6px 13px;
    min-height: 18px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selection; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $muted; background: $window; }
QPushButton[primary="true"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[primary="true"]:hover, QPushButton[primary="true"]:focus { border-color: $text; }
QPushButton[primary="true"]:disabled { background: $border; color: $muted; border-color: $border; }
QPushButton[danger="true"] { color: $bad; }
QPushButton[danger="true"]:hover { border-color: $bad; }
QPushButton[danger="true"]:disabled { color: $muted; border-color: $border; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; color: $accent; padding: 6px 8px; }
QPushButton[flat="true"]:hover { background: $hover; }
QPushButton[flat="true"]:focus { border-color: $accent; }
QPushButton[flat="true"]:disabled { color: $muted; }

QPushButton[link="true"] { background: transparent; border-color: transparent; padding: 0; }
QPushButton[link="true"] { color: $accent; text-align: left; }
QPushButton[link="true"]:hover { text-decoration: underline; }
QPushButton[link="true"]:focus { border-color: $accent; }
QPushButton[link="true"]:disabled { color: $muted; }

QPushButton[segment="true"] { padding: 4px 12px; background: transparent; }
QPushButton[chip="true"] { padding: 2px 10px; background: $selection; border-radius: 12px; }
QPushButton[segment="true"]:checked { background: $selection; border-color: $accent; }

QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 5px; background: transparent; color: $text; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $selection; }
QToolButton:focus { border-color: $accent; }
QToolButton[party="true"]:checked { background: transparent; }
QToolButton[party="true"]:!checked { color: $muted; }
QToolButton[party="true"]:checked:hover { background: $hover; }
QToolButton[source="true"] { padding: 0 4px; color: $accent; }
QToolButton:disabled { color: $muted; }
QSlider::groove:horizontal { height: 4px; background: $border; border-radius: 2px; }
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: $accent; border: 1px solid $surface;
}
QSlider::handle:horizontal:focus { border-color: $text; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateTimeEdit, QDateEdit {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: 7px; padding: 5px 8px;
    min-height: 20px; selection-background-color: $selection; selection-color: $text;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus,
QDateTimeEdit:focus, QDateEdit:focus { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QComboBox:disabled, QTimeEdit:disabled {
    color: $muted; background: $window;
}
QLineEdit:read-only { background: $window; }
QLineEdit[error="true"], QSpinBox[error="true"], QComboBox[error="true"] { border-color: $bad; }
QComboBox::drop-down, QDateTimeEdit::drop-down, QDateEdit::drop-down { border: none; width: 24px; }
QComboBox::down-arrow, QDateTimeEdit::down-arrow, QDateEdit::down-arrow {
    image: url("$images/down-$mode.svg"); width: 12px; height: 12px;
}
QSpinBox, QDoubleSpinBox, QTimeEdit { padding: 4px 22px 4px 0; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button,
QTimeEdit::up-button, QTimeEdit::down-button {
    border: none; background: transparent; width: 20px;
}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow, QTimeEdit::up-arrow {
    image: url("$images/up-$mode.svg"); width: 10px; height: 10px;
}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow, QTimeEdit::down-arrow {
    image: url("$images/down-$mode.svg"); width: 10px; height: 10px;
}
QComboBox { combobox-popup: 0; }
QComboBoxPrivateContainer { border: none; }

QTableView, QListView, QTreeView {
    background: $surface; alternate-background-color: $surface; border: 1px solid $border; border-radius: 10px;
    gridline-color: transparent; outline: none; selection-background-color: $selection; selection-color: $text;
}
QTableView:focus, QListView:focus, QTreeView:focus { border-color: $accent; }
QComboBox QAbstractItemView:focus { border-color: $edge; }
QComboBox QAbstractItemView { border: 1px solid $edge; border-radius: 0; padding: 4px; }
QCalendarWidget QTableView { border: 1px solid $edge; border-radius: 0; }
CommandPalette { background: $surface; border: 1px solid $edge; }
QListView#entries { border: none; }
QListView#entries::item { padding: 0; }
QListView::item { padding: 6px 8px; border-radius: 6px; }
QListView::item:hover { background: $hover; }
QListView::item:selected { background: $selection; color: $text; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: $surface; color: $muted; border: none; border-bottom: 1px solid $border; padding: 7px 8px;
    font-weight: 600;
}
QHeaderView::up-arrow { image: url("$images/up-$mode.svg"); width: 12px; height: 12px; }
QHeaderView::down-arrow { image: url("$images/down-$mode.svg"); width: 12px; height: 12px; }
QHeaderView::section:first { border-top-left-radius: 10px; }
QHeaderView::section:last { border-top-right-radius: 10px; }
QTableCornerButton::section { background: $surface; border: none; }

QMenu { background: $surface; border: 1px solid $border; border-radius: 8px; padding: 5px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 5px 6px; }

QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $muted; padding: 8px 14px; border: none; border-bottom: 2px solid transparent;
}
QTabBar[narrow="true"]::tab { padding: 8px 6px; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { color: $accent; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget#scrolled { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 2px; }
QScrollBar::handle { background: $border; border-radius: 3px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar {
    background: $sunken; border: none; border-radius: 4px; height: 8px; max-height: 8px; text-align: center;
    color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: 4px; }

QStatusBar { background: $sunken; border-top: 1px solid $border; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 2px 4px; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator, QTableView::indicator, QListView::indicator, QMenu::indicator {
    width: 16px; height: 16px; border: 1px solid $muted; border-radius: 4px; background: $surface;
}
QRadioButton::indicator { border-radius: 8px; }
QMenu::indicator { margin-left: 8px; }
QCheckBox::indicator:checked, QTableView::indicator:checked, QListView::indicator:checked, QMenu::indicator:checked {
    background: $accent; border-color: $accent; image: url("$images/check-$mode.svg");
}
QRadioButton::indicator:checked {
    background: $accent; border-color: $accent; image: url("$images/dot-$mode.svg");
}
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $border; background: $window; }
QSplitter::handle { background: transparent; }
QGroupBox { border: none; margin-top: 18px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
""")


def stylesheet(colors: Colors, images: PurePath = IMAGES) -> str:
    """The style sheet in these colours. Its one font is the system's for texts in columns: Consolas, Menlo, …"""
    names = (
        "window", "surface", "sunken", "border", "edge", "text", "muted", "accent", "on_accent", "selection", "hover",
        "good", "warn", "bad",
    )  # fmt: skip
    words = {name: getattr(colors, name) for name in names}
    mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return _SHEET.substitute(words, images=images.as_posix(), mono=mono, mode="dark" if colors.dark else "light")
