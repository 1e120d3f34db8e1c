"""All at one glance."""

from __future__ import annotations

from admin_gui.desk import Desk
from admin_gui.pages.page import Page
from admin_gui.session import Heard
from admin_gui.widgets import states
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid


class OverviewPage(Page):
    """What it is made of, and how each part is."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.grid = InfoGrid()
        card = Card(self.tr("Appliance"))
        card.content.addWidget(self.grid)
        self.content.addWidget(card)
        self.content.addStretch(1)
        desk.session.heard.connect(self._show)

    def title(self) -> str:
        return self.tr("Overview")

    def refresh(self) -> None:
        heard = self.desk.session.last_heard
        if heard is not None:
            self._show(heard)
        self.desk.session.look_now()

    def _show(self, heard: Heard) -> None:
        connection = self.desk.appliance.connection
        self.grid.put("state", self.tr("Health"), states.word(heard.health.status))
        self.grid.put("version", self.tr("Version"), heard.health.version)
        self.grid.put("address", self.tr("Address"), connection.url)
        self.ready.emit()
