"""The certificate that the appliance shows: its fingerprint, names, end, and what to do about it."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from admin_gui.app_context import AppContext
from admin_gui.client.system import Certificate
from admin_gui.client.transport.certificate import grouped, normalised
from admin_gui.commands import Command
from admin_gui.pages.system.tab import SystemTab
from admin_gui.session import Snapshot
from admin_gui.text import formats
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel


class CertificateTab(SystemTab):
    """What telephone systems and this program know the appliance by."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.notice = Banner(context.theme)
        self.grid = InfoGrid()
        self.copy_button = QPushButton(self.tr("Copy the fingerprint"))
        self.copy_button.clicked.connect(self.copy)
        shown = Card(self.tr("Certificate"))
        shown.content.addWidget(self.grid)
        shown.content.addLayout(row(self.copy_button, stretch_after=0))
        self.advice = PlainLabel()
        self.advice.setWordWrap(True)
        advice = Card(self.tr("What to do"))
        advice.content.addWidget(self.advice)
        self._advice_card = advice
        self._shown = shown
        column = self.scrolled()
        column.addWidget(self.notice)
        column.addWidget(shown)
        column.addWidget(advice)
        column.addStretch(1)

    def refresh(self) -> None:
        if self.context.session.last_snapshot is not None:
            self.ready.emit()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        certificate = None if snapshot.system is None else snapshot.system.certificate
        self._shown.setVisible(certificate is not None)
        self._advice_card.setVisible(certificate is not None)
        if certificate is None:
            self.notice.show_message(
                self.tr("The appliance answers without TLS: whoever is on the way reads along. Set VBOT_TLS to auto."),
                "bad",
            )
            return
        self._show_certificate(certificate)

    def commands(self) -> list[Command]:
        group = self.tr("Certificate")
        return [Command(self.tr("Copy the fingerprint"), self.copy, "Ctrl+Shift+C", group)]

    def copy(self) -> None:
        """As 64 hex digits, the way settings take it."""
        snapshot = self.context.session.last_snapshot
        if snapshot is not None and snapshot.system is not None and snapshot.system.certificate is not None:
            self.context.copy(normalised(snapshot.system.certificate.fingerprint_sha256), self.tr("Fingerprint"))

    def _show_certificate(self, certificate: Certificate) -> None:
        left = certificate.days_left
        if left < 0:
            self.notice.show_message(self.tr("It has expired: callers that look at the end refuse it now."), "bad")
        elif certificate.needs_renewal:
            self.notice.show_message(self.tr("It ends in %Ln day(s).", "", left), "warn")
        else:
            self.notice.show_message(self.tr("It is good for another %Ln day(s).", "", left), "good")
        self.grid.put("fingerprint", self.tr("SHA-256 fingerprint"), grouped(certificate.fingerprint_sha256), mono=True)
        self.grid.put("pin", self.tr("Pin of its key"), certificate.public_key_pin or formats.DASH, mono=True)
        trusted = self.context.appliance.connection.fingerprint
        same = trusted == normalised(certificate.fingerprint_sha256)
        self.grid.put(
            "trusted",
            self.tr("This program"),
            self.tr("knows the appliance by this certificate")
            if same
            else self.tr(
                "knows the appliance by another one: it was replaced a moment ago, or something is in between"
            ),
        )
        self.grid.put("names", self.tr("Made for"), ", ".join(certificate.subject_alternative_names) or formats.DASH)
        self.grid.put_moment("not_after", self.tr("Ends"), certificate.not_after)
        self.grid.put("left", self.tr("Days left"), formats.number(left))
        self.advice.setText(self._advice(certificate))

    def _advice(self, certificate: Certificate) -> str:
        replace = self.tr(
            "“vbot certificate renew” makes it anew and keeps its key. If it is your own, put the new files where "
            "VBOT_TLS names them and send the API a SIGHUP. No call is lost."
        )
        text = self.tr(
            "Whoever has pinned the key has nothing to do. Whoever has pinned the fingerprint needs the new one: "
            "workers on other machines, and this program, which asks by itself. Whoever keeps a copy of the "
            "certificate needs the new one."
        )
        if not certificate.needs_renewal:
            nothing = self.tr(
                "Nothing now. Compare the fingerprint with what “vbot certificate show” prints on the appliance."
            )
            return f"{nothing}\n\n{replace} {text}"
        return f"{replace}\n\n{text}"
