"""What strangers write is seen letter by letter on every page: no picture is loaded, no heading is made of it.

Strangers are whoever calls (his number), the telephone system (ids), the receiver of webhooks (its replies), whoever
speaks (the transcript), and whoever may name a customer or a token.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QHelpEvent, QImage
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QTabBar,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from admin_gui.pages.registry import PAGES, SYSTEM_TABS
from admin_gui.shell.main_window import FIRST_SIZE, MainWindow
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.elided_label import ElidedLabel
from admin_gui.widgets.plain_label import PlainLabel
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.fake_worker import UNREADABLE, that_says
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import silence, stereo_conversation

SHOUT = QColor(255, 0, 255)  # of the picture, and of nothing that is ours
SIDE = 40
RIGHT_TO_LEFT = "\u202eevil\u2066"
LONG = "x" * 100


@dataclass(frozen=True)
class Scene:
    """What is there to be looked at."""

    picture: str
    links: tuple[str, ...]
    call_id: str
    customer_id: int


@pytest.fixture(scope="module")
def scene(appliance: TlsAppliance, receiver: WebhookReceiver) -> Iterator[Scene]:
    """A customer, calls, deliveries, a token and audit lines that are full of markup."""
    with tempfile.TemporaryDirectory() as folder:  # names are short, and a path has to be in one
        yield made_scene(appliance, receiver, Path(folder) / "p.png")


def made_scene(appliance: TlsAppliance, receiver: WebhookReceiver, file: Path) -> Scene:
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(SHOUT)
    assert image.save(str(file))
    picture = f'<img src="{file}">'
    endpoint = receiver.endpoint(Answer(500, body=f"<h1>{picture} Internal & broken</h1>".encode()))
    customer = appliance.new_customer(
        name='<a href="file:///etc/passwd">Ada</a>',
        company_name=f"{picture} Smith & Co <h2>big</h2>",
        webhook_url=endpoint.url,
    )
    key = customer["api_key"]
    turns = [
        {"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": f"{picture} My parcel <h1>is</h1> lost."},
        {"start": 4.0, "end": 6.5, "channel": 1, "party": "called", "text": f"<table>\n{LONG} & so on"},
    ]
    call_id = appliance.accepted(
        key,
        that_says(stereo_conversation(), turns),
        caller_number=f"{picture} & 1 {RIGHT_TO_LEFT}",
        called_number=f"<h2>{LONG}</h2>",
        external_id=f"<h2>{picture}</h2> {RIGHT_TO_LEFT}",
        queue=f"{picture} <b>queue</b>",
        metadata=f'{{"note": "{picture.replace(chr(34), chr(39))} <b>bold</b>"}}',
    )
    failed = appliance.accepted(key, silence(0.5) + UNREADABLE, caller_number=picture)
    delivery = appliance.delivery_in_state(call_id, "failed", seconds=90)
    appliance.final_call(failed)
    appliance.admin("POST", "/api/tokens", json={"role": "viewer", "name": f"{picture} & <i>token</i>"})
    answer = appliance.admin(
        "PUT", f"/api/customers/{customer['id']}", json={"company_name": f"{picture} Smith & Co <h2>big</h2> {LONG}"}
    )
    assert answer.status_code == 200, answer.text
    links = (
        "overview",
        "customers",
        f"customer/{customer['id']}",
        "customer/new",
        f"calls?customer_id={customer['id']}",
        f"call/{call_id}",
        f"call/{failed}",
        "insights",
        "welcome",
        "webhooks",
        "webhooks?view=endpoints",
        f"webhook/{delivery['id']}",
        *(f"system?tab={tab}" for tab in SYSTEM_TABS),
    )
    assert {link.partition("?")[0].partition("/")[0] for link in links} == {entry.name for entry in PAGES}
    return Scene(picture, links, call_id, customer["id"])


@pytest.fixture(params=["light", pytest.param("dark", marks=pytest.mark.long)])
def hostile_window(request: pytest.FixtureRequest, qtbot: QtBot, window: MainWindow, scene: Scene) -> MainWindow:
    """Connected under a name that is markup, too."""
    window.context.theme.set_mode(request.param)
    window.context.session.name = f"{scene.picture} & Co"
    return window


def shouts(image: QImage) -> bool:
    """Whether a piece of the picture is on it."""
    step = SIDE // 4
    return any(
        image.pixelColor(x, y) == SHOUT for x in range(0, image.width(), step) for y in range(0, image.height(), step)
    )


def is_ours(tip: str) -> bool:
    """A tooltip that Qt takes as it is, or one of ours that says with markup of our own that there is none."""
    inner = tip.removeprefix("<qt>").removesuffix("</qt>").replace("<br>", "")
    return not GuiQt.mightBeRichText(tip) or (tip.startswith("<qt>") and "<" not in inner and ">" not in inner)


def tips_of(root: QWidget) -> Iterator[str]:
    for widget in [root, *root.findChildren(QWidget)]:
        yield widget.toolTip()
        if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
            yield from _tips_of_model(widget.model())


def _tips_of_model(model: QAbstractItemModel | None) -> Iterator[str]:
    role = Qt.ItemDataRole.ToolTipRole
    if model is None:
        return
    columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount())
    for row in range(min(model.rowCount(), 50)):
        for column in columns:
            yield str(model.index(row, column).data(role) or "")
    for column in columns:
        yield str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")


def shown_tip(widget: QWidget) -> QImage:
    """What the pointer would bring up over it."""
    at = QPoint(3, 3)
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    found = [one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel") and one.isVisible()]
    image = found[0].grab().toImage() if found else QImage()
    QToolTip.hideText()
    return image


def unescaped_keys(root: QWidget) -> list[str]:
    """Buttons and menu entries in which a single & of somebody's name would become a key."""
    words = [one.text() for one in root.findChildren(QAbstractButton)]
    words += [one.text() for one in root.findChildren(QAction)]
    words += [bar.tabText(place) for bar in root.findChildren(QTabBar) for place in range(bar.count())]
    return [text for text in words if "Smith" in text and re.search(r"(?<!&)&(?!&)", text)]


def assert_plain(root: QWidget, where: str) -> None:
    """Every label and every tooltip of it, and all that can be painted."""
    for label in root.findChildren(QLabel):
        if label.inherits("QTipLabel"):
            continue  # of Qt's own: what it shows is looked at apart
        assert isinstance(label, PlainLabel), f"{where}: {label.text()}"
        assert label.textFormat() == Qt.TextFormat.PlainText, f"{where}: {label.text()}"
        if "<img" in label.text():
            assert not shouts(label.grab().toImage()), f"{where}: {label.text()}"
    odd = [tip for tip in tips_of(root) if not is_ours(tip)]
    assert odd == [], where
    assert unescaped_keys(root) == [], where
    assert not shouts(root.grab().toImage()), where


def test_no_page_takes_what_strangers_write_for_markup(qtbot: QtBot, hostile_window: MainWindow, scene: Scene) -> None:
    window = hostile_window
    for link in scene.links:
        opened(qtbot, window, link)
        qtbot.wait(50)  # until it is laid out and painted
        assert_plain(window, link)
        assert window.minimumSizeHint().width() <= FIRST_SIZE.width(), f"{link}: a long word makes the window wider"
        for label in window.findChildren(ElidedLabel):
            if "<" in label.text():
                assert not shouts(shown_tip(label)), link


def test_the_words_are_really_there_to_be_read(qtbot: QtBot, hostile_window: MainWindow, scene: Scene) -> None:
    """Or a page that shows nothing would pass as well."""
    window = hostile_window
    page = opened(qtbot, window, f"customer/{scene.customer_id}")
    assert page.title().startswith(f"{scene.picture} Smith & Co <h2>big</h2>")
    page = opened(qtbot, window, f"call/{scene.call_id}")
    texts = [label.text() for label in window.findChildren(PlainLabel)]
    assert any("<h1>is</h1>" in text for text in texts), "the summary"
    assert any(scene.picture in text and "→" in text for text in texts), "the title"
    label = next(one for one in window.findChildren(PlainLabel) if one.text().startswith(f"<h2>{scene.picture}"))
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.sizeHint().width() * 4, "the external id"
    page = opened(qtbot, window, f"calls?customer_id={scene.customer_id}")
    assert any(row.caller_number == f"{scene.picture} & 1 \ufffdevil\ufffd" for row in page.table.model.rows)
    page = opened(qtbot, window, next(link for link in scene.links if link.startswith("webhook/")))
    qtbot.waitUntil(lambda: "<h1>" in page.exchange.toPlainText(), timeout=WAIT_MS)


def test_questions_messages_and_the_palette_are_plain_too(
    qtbot: QtBot, hostile_window: MainWindow, scene: Scene
) -> None:
    window = hostile_window
    page = opened(qtbot, window, f"call/{scene.call_id}")
    click(page.erase_button)
    assert_plain(window, "erasing a call")
    page = opened(qtbot, window, f"customer/{scene.customer_id}")
    click(page.delete_button)
    assert_plain(window, "deleting a customer")
    for kind in ("info", "good", "bad"):
        window.context.say(f"{scene.picture} <h1>{kind}</h1>", kind)  # type: ignore[arg-type]
        assert_plain(window, kind)
    window.open_palette()
    window.open_keys()
    for other in QApplication.topLevelWidgets():
        if other.isVisible() and not other.inherits("QTipLabel"):
            assert_plain(other, other.windowTitle())


def test_what_turns_the_order_of_letters_round_is_seen(qtbot: QtBot) -> None:
    label = PlainLabel(f"Call of {RIGHT_TO_LEFT} erased")
    qtbot.addWidget(label)
    assert label.text() == f"Call of {RIGHT_TO_LEFT} erased", "as it was given"
    assert plain_tooltip(RIGHT_TO_LEFT) == "\ufffdevil\ufffd"
    assert label.sizeHint().width() == PlainLabel("Call of \ufffdevil\ufffd erased").sizeHint().width()


def test_a_label_of_qts_own_would_show_the_picture(qtbot: QtBot, scene: Scene) -> None:
    """So that the tests above would see it."""
    label = QLabel(f"{scene.picture} Smith")
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    assert shouts(label.grab().toImage())
    own = PlainLabel(f"{scene.picture} Smith")
    qtbot.addWidget(own)
    own.resize(own.sizeHint())
    assert not shouts(own.grab().toImage())
    own.setToolTip(plain_tooltip(own.text()))
    assert not shown_tip(own).isNull()
    assert not shouts(shown_tip(own))
    label.setToolTip(label.text())
    assert shouts(shown_tip(label))
