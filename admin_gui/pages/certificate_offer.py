"""Where a receiver's certificate is not trusted: the one that it shows, to be compared and trusted on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Signal

from admin_gui.app_context import AppContext
from admin_gui.appearance.colors import Tone
from admin_gui.client.customers import Customer, ReceiverCertificate
from admin_gui.models.endpoints.certificate import is_trusted, known, to_compare
from admin_gui.models.webhook_advice import why_not_asked
from admin_gui.widgets.banner import Banner

translate = QCoreApplication.translate


def look_words() -> str:
    """What the button says that asks for it."""
    return translate("CertificateOffer", "Look at its certificate")


class CertificateOffer(Banner):
    """Hidden until somebody looks; what is trusted is saved at once, for this customer's address."""

    asks = Signal(bool)  # there is one to be compared, which needs its room, or no more
    trusted = Signal(object)  # by this Customer, as it is now

    def __init__(self, context: AppContext, then: Callable[[], tuple[str, Callable[[], object]] | None]) -> None:
        """`then`: what is offered once it is trusted, in a button's words, and what that does; None: nothing."""
        super().__init__(context.theme)
        self._context = context
        self._then = then
        self._customer: Customer | None = None
        self._failed_at: datetime | None = None
        self.leave_button.clicked.connect(self.forget)

    @property
    def customer_id(self) -> int | None:
        """Whose receiver is looked at; None: nobody's."""
        return None if self._customer is None else self._customer.id

    def forget(self) -> None:
        """Another's is on screen; what is on its way is not wanted any more."""
        self._customer = None
        self._context.calls.forget(self)
        self.clear()
        self.asks.emit(False)

    def is_open_after(self, failed_at: datetime) -> bool:
        """Whether it is looked at since this failure, and not since one before it."""
        return self._customer is not None and self._failed_at == failed_at

    def look(self, customer: Customer, failed_at: datetime | None = None) -> None:
        """Ask the appliance which one is shown to it now; `failed_at`: after which failure somebody asks."""
        if not self._context.session.may_change:
            return
        self._customer, self._failed_at = customer, failed_at
        customers, number = self._context.appliance.customers, customer.id
        self._tell(self.tr("Waiting for the receiver …"), "busy")
        self._context.calls.start(
            self, lambda: customers.webhook_certificate(number), self._offer, self._not_seen, latest="certificate"
        )

    def _offer(self, shown: ReceiverCertificate) -> None:
        customer = self._customer
        if customer is None:
            return
        if is_trusted(shown, customer.webhook_fingerprint):
            self._tell(known(shown), "good", self._then())
        else:
            self.asks.emit(True)
            self.ask(to_compare(shown), (self.tr("It is the same: trust it"), lambda: self._trust(customer, shown)))

    def _trust(self, customer: Customer, shown: ReceiverCertificate) -> None:
        customers, fields = self._context.appliance.customers, {"webhook_fingerprint": shown.fingerprint_sha256}

        def done(after: Customer) -> None:
            self._customer = after
            self.trusted.emit(after)
            self._tell(self.tr("It is trusted from now on, and its fingerprint is saved."), "good", self._then())

        self._context.calls.start(
            self, lambda: customers.update(customer.id, fields), done, self._context.say_error, latest="trust"
        )

    def _not_seen(self, error: Exception) -> None:
        self._customer = None  # there is nothing to be decided
        self._tell(why_not_asked(error), "bad")

    def _tell(self, text: str, tone: Tone, action: tuple[str, Callable[[], object]] | None = None) -> None:
        self.asks.emit(False)
        self.show_message(text, tone, action)
