"""What pages are built of: secrets, questions before erasing, messages, buttons of admins."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QTextLayout
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from admin_gui import app_context
from admin_gui.app_context import AppContext
from admin_gui.appearance.colors import DARK, LIGHT
from admin_gui.appearance.theme import Theme
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.palette.keys_overlay import KeysOverlay
from admin_gui.widgets import icons
from admin_gui.widgets.card import Tile
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.elided_label import ElidedLabel
from admin_gui.widgets.icon_paths import ICON_PATHS
from admin_gui.widgets.layout.tile_rows import TileRows
from admin_gui.widgets.layout.two_column import TwoColumn
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.secret_field import SecretField
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance

SECRET = "vb_9a8b7c6d5e4f"


def test_tiles_take_as_many_rows_as_they_need(qtbot: QtBot) -> None:
    tiles = [QPushButton(str(number)) for number in range(5)]
    rows = TileRows(tiles, narrowest=100)
    qtbot.addWidget(rows)
    rows.resize(600, 200)
    rows.show()
    for width, expected in ((600, [5]), (500, [3, 2]), (300, [2, 2, 1]), (600, [5])):
        rows.resize(width, 200)
        qtbot.waitUntil(lambda lengths=expected: row_lengths(tiles) == lengths, timeout=WAIT_MS)  # type: ignore[misc]
        assert {abs(tile.width() - tiles[0].width()) <= 1 for tile in tiles} == {True}


def row_lengths(tiles: list[QPushButton]) -> list[int]:
    heights = [tile.y() for tile in tiles]
    return [heights.count(y) for y in sorted(set(heights))]


def test_what_was_copied_is_told_with_a_capital(qtbot: QtBot, context: AppContext) -> None:
    said: list[str] = []
    context.message_requested.connect(lambda text, _kind, _undo: said.append(text))
    context.copy("x", "token")
    context.copy_secret("x", "token")
    assert [text.partition(" ")[0] for text in said] == ["Token", "Token"]


def test_a_label_gives_way_and_its_tooltip_says_the_rest(qtbot: QtBot) -> None:
    label = ElidedLabel("Zuse Apparatebau Hünfeld Vertriebsgesellschaft")
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    assert not label.is_cut
    label.resize(80, label.height())
    assert label.is_cut
    at = label.rect().center()
    QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, at, label.mapToGlobal(at)))
    qtbot.waitUntil(lambda: QToolTip.text() == label.text(), timeout=WAIT_MS)
    assert label.minimumSizeHint().width() < 40


def test_two_columns_go_below_each_other_where_there_is_no_room(qtbot: QtBot) -> None:
    sides = TwoColumn(900)
    qtbot.addWidget(sides)
    sides.left.addWidget(QPushButton("left"))
    sides.right.addWidget(right := QPushButton("right"))
    sides.resize(1000, 200)
    sides.show()
    assert not sides.is_narrow
    assert right.x() > 400
    sides.resize(600, 200)
    qtbot.waitUntil(lambda: sides.is_narrow and right.x() < 20, timeout=WAIT_MS)


@pytest.fixture
def field(qtbot: QtBot, context: AppContext, monkeypatch: pytest.MonkeyPatch) -> SecretField:
    monkeypatch.setattr(app_context, "CLIPBOARD_SECONDS", 1)
    made = SecretField(context, "API key")
    qtbot.addWidget(made)
    made.set_secret(SECRET)
    made.show()
    return made


def test_a_secret_is_masked_until_it_is_asked_for(field: SecretField) -> None:
    assert SECRET not in field.shown
    assert len(field.shown) != len(SECRET), "its length is nobody's business"
    field.reveal_button.click()
    assert field.shown == SECRET
    field.set_secret("another")
    assert "another" not in field.shown


@pytest.mark.slow
def test_a_copied_secret_leaves_the_clipboard_by_itself(qtbot: QtBot, field: SecretField) -> None:
    field.copy_button.click()
    assert QApplication.clipboard().text() == SECRET
    qtbot.waitUntil(lambda: QApplication.clipboard().text() == "", timeout=WAIT_MS)


@pytest.mark.slow
def test_what_was_copied_since_stays_on_the_clipboard(qtbot: QtBot, field: SecretField) -> None:
    field.copy_button.click()
    QApplication.clipboard().setText("something else")
    qtbot.wait(1300)
    assert QApplication.clipboard().text() == "something else"


def test_what_a_viewer_sees_of_a_secret_is_neither_revealed_nor_copied(field: SecretField) -> None:
    field.set_secret("****c3d4")
    assert field.shown == "****c3d4"
    assert not field.reveal_button.isEnabled()
    assert not field.copy_button.isEnabled()


def test_what_is_erased_is_spelled_out_and_its_name_must_be_typed(qtbot: QtBot, context: AppContext) -> None:
    panel = ConfirmErase(context.theme)
    qtbot.addWidget(panel)
    erased: list[bool] = []
    panel.ask("Delete Ada?", ["her key", "312 calls"], "Delete", lambda: erased.append(True), type_word="Ada")
    assert "312 calls" in panel.accessibleName()
    assert not panel.yes_button.isEnabled()
    QTest.keyClick(panel.word_field, Qt.Key.Key_Return)
    assert erased == []
    QTest.keyClicks(panel.word_field, "Ada")
    QTest.keyClick(panel.word_field, Qt.Key.Key_Return)
    assert erased == [True]
    assert not panel.isVisible()


def test_escape_keeps_what_would_be_erased(qtbot: QtBot, context: AppContext) -> None:
    panel = ConfirmErase(context.theme)
    qtbot.addWidget(panel)
    erased: list[bool] = []
    panel.ask("Delete?", ["all"], "Delete", lambda: erased.append(True))
    with qtbot.waitSignal(panel.answered) as answer:
        QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert answer.args == [False]
    assert erased == []


def test_a_message_may_be_taken_back(empty_window: MainWindow, context: AppContext) -> None:
    taken: list[bool] = []
    context.say("Ada is inactive", "good", lambda: taken.append(True))
    line = empty_window.status_line
    assert line.message == "Ada is inactive"
    QTest.mouseClick(line.undo_button, Qt.MouseButton.LeftButton)
    assert taken == [True]
    assert line.message == ""
    assert not line.undo_button.isVisible()


def test_long_work_is_seen_and_stopped_on_the_status_line(
    qtbot: QtBot, empty_window: MainWindow, context: AppContext
) -> None:
    stopped = threading.Event()

    def work(progress: Progress, stop: Stop) -> None:
        progress(1, 4)
        while not stop.wait(0.02):
            pass
        stopped.set()

    context.run_long(empty_window, "Downloading a backup", work)
    line = empty_window.status_line
    qtbot.waitUntil(lambda: line.tasks == ["Downloading a backup"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: line.progress_of("Downloading a backup") == 25, timeout=WAIT_MS)
    line.stop_task("Downloading a backup")
    qtbot.waitUntil(stopped.is_set, timeout=WAIT_MS)
    assert line.tasks == []


def test_a_viewer_finds_what_changes_something_switched_off_and_why(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, context: AppContext
) -> None:
    button = QPushButton("Create", empty_window)
    button.setToolTip("Create a customer")
    context.only_admin(button)
    assert not button.isEnabled()
    empty_window.open(appliance.connection(appliance.viewer_token()), "x")
    qtbot.waitUntil(lambda: empty_window.page is not None, timeout=WAIT_MS)
    assert not button.isEnabled()
    assert button.toolTip() == "A viewer's token changes nothing"
    context.session.close()
    empty_window.open(appliance.connection(), "x")
    qtbot.waitUntil(button.isEnabled, timeout=WAIT_MS)
    assert button.toolTip() == "Create a customer"


def test_the_theme_follows_and_everything_is_painted_anew(empty_window: MainWindow, context: AppContext) -> None:
    assert context.theme.colors is LIGHT
    before = empty_window.grab().toImage().pixelColor(5, 5)
    context.theme.set_mode("dark")
    assert context.theme.colors is DARK
    after = empty_window.grab().toImage().pixelColor(5, 5)
    assert after.lightness() < 60 < before.lightness()
    context.theme.set_mode("light")


def _luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "good", "warn", "bad"])
@pytest.mark.parametrize("paper", ["window", "surface", "sunken"])
def test_every_colour_can_be_read_on_every_ground(colors: object, ink: str, paper: str) -> None:
    one, other = sorted((_luminance(getattr(colors, ink)), _luminance(getattr(colors, paper))))
    assert (other + 0.05) / (one + 0.05) >= 4.5, "WCAG AA"


@pytest.mark.parametrize("name", ICON_PATHS)
def test_every_icon_paints_something(qtbot: QtBot, name: str) -> None:
    picture = icons.pixmap(name, "#000000", 24).toImage()
    assert any(picture.pixelColor(x, y).alpha() > 128 for x in range(picture.width()) for y in range(picture.height()))


def test_all_keys_are_shown_in_the_overlay(window: MainWindow) -> None:
    window.go("overview")
    window.open_keys()
    overlay = window.findChild(KeysOverlay)
    assert isinstance(overlay, KeysOverlay)
    shown = overlay.shown
    assert ("Command palette", "Ctrl+K") in shown
    assert ("Plots over 24 hours", "Alt+2") in shown, "the page's own as well"
    QTest.keyClick(overlay, Qt.Key.Key_Escape)


def test_no_two_commands_of_a_page_want_the_same_keys(window: MainWindow) -> None:
    for name in ("overview", "customers", "calls", "webhooks", "system"):
        window.go(name)
        keys = [command.keys for command in window.commands.all() if command.keys]
        assert len(keys) == len(set(keys)), name


@pytest.mark.slow
def test_the_system_turning_dark_is_followed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    theme = Theme("system")
    changed: list[bool] = []
    theme.changed.connect(lambda: changed.append(True))
    monkeypatch.setattr(theme, "_wanted", lambda: DARK)
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.colors is DARK
    assert changed == [True]
    monkeypatch.undo()
    theme.set_mode("light")


def test_what_a_screen_reader_says_of_a_tile_is_a_sentence_or_two(qtbot: QtBot) -> None:
    tile = Tile("Disk free")
    qtbot.addWidget(tile)
    tile.show_number("42.9 GB", "of 252.0 GB")
    assert tile.accessibleName() == "Disk free: 42.9 GB, of 252.0 GB"
    tile.show_number("7", "The oldest go by themselves.")
    assert tile.accessibleName() == "Disk free: 7. The oldest go by themselves."


def test_an_option_of_a_command_is_broken_at_no_width(qtbot: QtBot) -> None:
    label = PlainLabel("Run “vbot backup recovery-key --kept” on the appliance")
    qtbot.addWidget(label)
    label.setWordWrap(True)
    shown = QLabel.text(label)
    for width in range(20, 400, 3):
        layout, lines = QTextLayout(shown, label.font()), list[str]()
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(shown[line.textStart() :][: line.textLength()])
        layout.endLayout()
        assert not [one for one in lines if one.lstrip("\u2060").startswith("kept")]
    assert label.text() == "Run “vbot backup recovery-key --kept” on the appliance"
