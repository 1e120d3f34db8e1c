"""The certificate of a customer's receiver in words, to be compared before it is trusted."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from admin_gui.client.customers import Customer, ReceiverCertificate
from admin_gui.client.deliveries import Attempt
from admin_gui.text import formats
from admin_gui.text.plain_text import isolated, visible

translate = QCoreApplication.translate


def is_untrusted(attempt: Attempt) -> bool:
    """Whether it ended because nobody vouches for the receiver's certificate."""
    return "certificate not trusted" in (attempt.error or "")


def may_be_looked_at(customer: Customer | None) -> bool:
    """Whether its receiver shows a certificate at all."""
    return customer is not None and customer.webhook_url is not None and customer.webhook_url.startswith("https:")


def is_trusted(shown: ReceiverCertificate, fingerprint: str | None) -> bool:
    """Whether this is the one that is set as trusted, however its digits are written."""
    return shown.fingerprint_sha256.lower() == (fingerprint or "").replace(":", "").strip().lower()


def to_compare(shown: ReceiverCertificate) -> str:
    """That it shows this one, and what it says of itself: whether that is true is known by comparing alone."""
    text = translate(
        "webhook certificate",
        "It shows a certificate with this SHA-256: %1. Compare it on the receiver's machine first.",
    )
    return described(shown, text)


def known(shown: ReceiverCertificate) -> str:
    """That it shows the one that is trusted already."""
    return described(shown, translate("webhook certificate", "It shows the certificate that is trusted already: %1"))


def described(shown: ReceiverCertificate, sentence: str) -> str:
    """A sentence with the fingerprint in it, and below it what the certificate says of itself."""
    return "\n".join((sentence.replace("%1", grouped(shown.fingerprint_sha256)), *_of_itself(shown)))


def grouped(fingerprint: str) -> str:
    """In groups of four digits."""
    return " ".join(fingerprint[place : place + 4] for place in range(0, len(fingerprint), 4))


def _of_itself(shown: ReceiverCertificate) -> list[str]:
    lines = []
    if shown.subject is not None:
        subject = translate("webhook certificate", "Made out to: %1").replace("%1", _name(shown.subject))
        if shown.issuer == shown.subject:
            issuer = translate("webhook certificate", "Signed by itself")
        else:
            issuer = translate("webhook certificate", "Signed by: %1").replace("%1", _name(shown.issuer or ""))
        lines.append(f"{subject} · {issuer}")
    if shown.not_before is not None and shown.not_after is not None:
        text = translate("webhook certificate", "Valid from %1 to %2")
        begins, ends = formats.moment(shown.not_before), formats.moment(shown.not_after)
        lines.append(text.replace("%1", begins).replace("%2", ends))
    return lines


def _name(name: str) -> str:
    return isolated(visible(name)) if name else formats.DASH
