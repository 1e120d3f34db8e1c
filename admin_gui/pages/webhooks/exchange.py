"""What one attempt of a webhook sent, and what was answered, letter by letter."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit

from admin_gui.client.deliveries import Delivery, WebhookRequest
from admin_gui.models.webhook_request import readable
from admin_gui.pages.webhooks.attempts import Tried
from admin_gui.text.appliance_words.sentences import translated


class Exchange(QPlainTextEdit):
    """The answer first: it is what one looks for."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setProperty("mono", True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("What was sent and answered"))
        self.setMinimumHeight(110)

    def show_of(self, delivery: Delivery | None, tried: Tried | None, request: WebhookRequest | None) -> None:
        """`request`: as it would go out now; None where nobody can tell, or not yet."""
        if tried is None or delivery is None:
            self.clear()
            return
        attempt = tried.attempt
        fixed = {"Content-Type": "application/json"} if request is None else request.headers
        headers = fixed | {
            "webhook-id": delivery.webhook_id,
            "webhook-timestamp": str(int(attempt.at.timestamp())),
            "webhook-signature": "v1,…",  # of that moment; a new one is in what is copied
        }
        address = address_of(delivery, tried) or self.tr("to the address of then, which was not kept")
        sent = [f"POST {address}", *(f"{name}: {value}" for name, value in headers.items())]
        status = self.tr("no answer") if attempt.status is None else str(attempt.status)
        received = [self.tr("Answered after %1 ms: %2").replace("%1", str(attempt.latency_ms)).replace("%2", status)]
        if attempt.error:
            received.append(translated(attempt.error))
        if attempt.reply:
            received += ["", attempt.reply]
        body = [] if request is None else ["", readable(request.body)]
        self.setPlainText("\n".join([*received, "", *sent, *body]))


def address_of(delivery: Delivery | None, tried: Tried) -> str | None:
    """Where it went, never where it would go now; None where that was not kept."""
    if tried.attempt.url is None and delivery is not None and tried.number == len(delivery.attempts):
        return delivery.url  # which is where the last one went
    return tried.attempt.url
