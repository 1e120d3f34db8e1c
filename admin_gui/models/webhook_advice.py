"""What came of an attempt in words, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt, Delivery
from admin_gui.client.transport.errors import Conflict
from admin_gui.text import error_messages, formats
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate


def advice(attempt: Attempt) -> tuple[str, str]:
    """What happened, and what to do: two sentences. The second is empty where nothing is to be done."""
    if attempt.succeeded:
        return translate("advice", "It was taken."), ""
    if attempt.status is None:
        return _without_answer(attempt.error or "")
    return _by_status(attempt.status)


def why_disabled(reason: str | None) -> str:
    """Why an endpoint rests; what we do not know as the appliance says it. Empty when it does not rest."""
    if reason is None:
        return ""
    if reason == "the receiver answered 410 Gone":
        return translate("advice", "the receiver answered 410 Gone")
    begun = "no webhook was taken since "
    if reason.startswith(begun):
        try:
            since = formats.moment(datetime.fromisoformat(reason.removeprefix(begun)))
        except ValueError:
            return translated(reason)
        return translate("advice", "no webhook was taken since %1").replace("%1", since)
    return translated(reason)


def delivery_obstacle(customer: Customer | None) -> str:
    """Why nothing can be sent to this customer at present, as the appliance sees it; empty when it can."""
    if customer is None:
        return translate("advice", "the customer was deleted")
    if customer.webhook_url is None:
        return translate("advice", "it has no webhook address")
    if customer.webhook_disabled_reason is not None:
        return translate("advice", "its endpoint is disabled")
    return ""


def why_not_sent(customer: Customer | None, error: Exception | None) -> str:
    """Why one of its webhooks was not sent again; no error: the appliance was not even asked."""
    if error is not None and not isinstance(error, Conflict):
        return error_messages.message_of(error)
    if found := delivery_obstacle(customer):
        return found
    if error is not None and error.reason == "its body was erased":
        return translate("advice", "what it said was erased")
    return error_messages.message_of(error) if error is not None else translate("advice", "its endpoint is disabled")


def why_not_asked(error: Exception) -> str:
    """Why a receiver was not asked for its certificate, or sent a test: what came of that, and what to do about it."""
    if not isinstance(error, Conflict) or not error.reason:
        return error_messages.message_of(error)
    if error.reason == "the customer has no webhook URL":
        return translate("advice", "It has no webhook address.")
    if error.reason == "the webhook URL has no https":
        return translate("advice", "Its address has no https: no certificate is shown there.")
    if error.reason == "no certificate came":
        return translate("advice", "It shows no certificate.")
    return " ".join(_without_answer(error.reason)).strip()


def why_it_goes_by_itself(deliveries: Sequence[Delivery], now: datetime) -> str:
    """Of such as nobody has to send again: when they are tried, and where to. Empty where there are none."""
    retried = [one.next_attempt_at for one in deliveries if one.state == "retrying" and one.next_attempt_at is not None]
    if not retried:
        are_there = any(one.state in ("pending", "retrying") for one in deliveries)
        return translate("advice", "What is pending is sent by itself.") if are_there else ""
    if len(deliveries) == 1:
        text = translate("advice", "It is tried again by itself, at %1, at its customer's present address.")
    else:
        text = translate(
            "advice", "They are tried again by themselves, the first at %1, at their customers' present addresses."
        )
    return text.replace("%1", formats.short_moment(min(retried), now))


def _without_answer(error: str) -> tuple[str, str]:
    known = (
        (
            "certificate not trusted",
            translate("advice", "The receiver's certificate is not trusted."),
            translate("advice", "Enter its SHA-256, or the certificate of the authority that signed it."),
        ),
        (
            "no tls",
            translate("advice", "It does not speak TLS there."),
            translate("advice", "Does it listen on another port, or, within the office, speak http:// alone?"),
        ),
        (
            "plain http to a public address",
            translate("advice", "Nothing goes over plain HTTP to a public address: anybody could read it."),
            translate("advice", "Enter an address with https, or have VBOT_WEBHOOK_PLAIN_HTTP name its network."),
        ),
        (
            "is refused",
            translate("advice", "The appliance does not send to that address."),
            translate("advice", "It is outside the networks that the setting VBOT_WEBHOOK_ALLOW names."),
        ),
        (
            "connection refused",
            translate("advice", "Nothing listens there."),
            translate("advice", "Is the receiver's program running, and the port right?"),
        ),
        (
            "name ",
            translate("advice", "No machine of that name is known."),
            translate("advice", "Look for a typing error, and at the appliance's DNS server."),
        ),
        (
            "timed out",
            translate("advice", "It did not answer in time."),
            translate("advice", "The receiver should answer first and work afterwards; a firewall may be in the way."),
        ),
        (
            "not reachable",
            translate("advice", "There is no way to it in the network."),
            translate("advice", "Can the appliance reach that network at all?"),
        ),
    )
    found = next(((problem, todo) for word, problem, todo in known if word in error.lower()), None)
    return found or (translate("advice", "No answer came: %1.").replace("%1", translated(error)), "")


def _by_status(status: int) -> tuple[str, str]:
    answered = translate("advice", "The receiver answered %1.").replace("%1", str(status))
    if status in (401, 403):
        return answered, translate(
            "advice", "It asks for a login, or does not know the signature: does it have the present secret?"
        )
    if status in (404, 405):
        return answered, translate("advice", "Is the path of the address right?")
    if status == 410:
        return answered, translate("advice", "It wants no more webhooks. Enable it again once it does.")
    if 300 <= status < 400:
        return answered, translate("advice", "It redirects. Enter the address where it leads to.")
    if status == 429:
        return answered, translate("advice", "It is too busy; the retries come later.")
    return answered, translate("advice", "The fault is on the receiver's side: its own log says more.")
