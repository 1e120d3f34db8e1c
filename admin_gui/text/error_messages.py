"""Errors in the user's language. What the appliance says about a field stays as it says it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from admin_gui.client.transport import errors

translate = QCoreApplication.translate


def told(error: BaseException) -> str:  # noqa: PLR0911, PLR0912 - one sentence for each kind of error
    """One sentence about an error, for a status line or a banner."""
    match error:
        case errors.CertificateChanged():
            return translate(
                "words",
                "The appliance shows another certificate than the one that was trusted. Nothing was sent to it.",
            )
        case errors.Unreachable():
            return (
                translate("words", "%1 cannot be reached: %2.")
                .replace("%1", error.address)
                .replace("%2", QCoreApplication.translate("words", error.reason))
            )
        case errors.CutShort():
            return translate("words", "The connection broke off in the middle of the answer.")
        case errors.Stopped():
            return translate("words", "Stopped.")
        case errors.UnexpectedAnswer():
            return translate("words", "What answers there does not speak as a vBot appliance: %1.").replace(
                "%1", str(error)
            )
        case errors.NotAuthorised():
            return translate("words", "The token is not accepted: it is wrong, revoked or expired.")
        case errors.Forbidden():
            return translate("words", "This token may not do that.")
        case errors.NotFound():
            return translate("words", "That does not exist, or no longer.")
        case errors.Invalid():
            return translate("words", "Refused: %1.").replace("%1", str(error))
        case errors.Conflict():
            return translate("words", "That cannot be done in the present state.")
        case errors.TooMany():
            return translate("words", "Too many requests: wait a little.")
        case errors.Unavailable():
            return translate("words", "The appliance cannot do that at present.")
        case errors.ServerFault():
            return translate("words", "The appliance has a fault of its own (request %1).").replace(
                "%1", error.request_id or "?"
            )
        case errors.ClientError():
            return str(error)
        case OSError():
            return translate("words", "That did not work: %1.").replace("%1", error.strerror or str(error))
        case _:
            return translate("words", "That did not work: %1.").replace("%1", str(error) or type(error).__name__)


def reasons() -> list[str]:
    """The client's own words for why nobody was reached, here so that they are translated."""
    return [
        translate("words", "it does not answer"),
        translate("words", "nothing listens there"),
        translate("words", "no machine of that name is known"),
        translate("words", "it closed the connection without an answer"),
    ]
