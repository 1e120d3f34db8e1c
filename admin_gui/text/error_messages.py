"""Errors in the user's language, with what the appliance says about a field or its state."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from admin_gui.client.transport import errors
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate


def message_of(error: BaseException) -> str:  # noqa: PLR0911, PLR0912 - one sentence for each kind of error
    """One sentence about an error, for a status line or a banner."""
    match error:
        case errors.CertificateChanged():
            return translate(
                "errors",
                "The appliance shows another certificate than the one that was trusted. Nothing was sent to it.",
            )
        case errors.Unanswered():
            return translate(
                "errors", "%1 did not answer. Nobody knows whether it was done: look before you do it once more."
            ).replace("%1", error.address)
        case errors.Unreachable():
            return (
                translate("errors", "%1 cannot be reached: %2.")
                .replace("%1", error.address)
                .replace("%2", QCoreApplication.translate("errors", error.reason))
            )
        case errors.CutShort():
            return translate("errors", "The connection broke off in the middle of the answer.")
        case errors.Stopped():
            return translate("errors", "Stopped.")
        case errors.NothingToDo():
            return QCoreApplication.translate("errors", str(error))
        case errors.UnexpectedAnswer():
            return translate("errors", "No vBot appliance answers at that address: %1.").replace("%1", error.what)
        case errors.NotAuthorised():
            return translate("errors", "The token is not accepted: it is wrong, revoked or expired.")
        case errors.Forbidden():
            return translate("errors", "This token may not do that.")
        case errors.NotFound():
            return translate("errors", "That does not exist, or no longer.")
        case errors.Invalid():
            return translate("errors", "Refused: %1.").replace("%1", _refused(error))
        case errors.Conflict():
            if not error.reason:
                return translate("errors", "That cannot be done in the present state.")
            return translate("errors", "That cannot be done in the present state: %1.").replace(
                "%1", translated(error.reason)
            )
        case errors.TooMany():
            return translate("errors", "Too many requests: wait a little.")
        case errors.Unavailable():
            return translate("errors", "The appliance cannot do that at present.")
        case errors.DamagedFile():
            return translate("errors", "The file is damaged on the appliance's disk and cannot be read.")
        case errors.ServerFault():
            return translate("errors", "The appliance has a fault of its own (request %1).").replace(
                "%1", error.request_id or "?"
            )
        case errors.ClientError():
            return str(error)
        case OSError():
            return translate("errors", "That did not work: %1.").replace("%1", error.strerror or str(error))
        case _:
            return translate("errors", "That did not work: %1.").replace("%1", str(error) or type(error).__name__)


def _refused(error: errors.Invalid) -> str:
    """Each field with what is the matter with it."""
    told = "; ".join(f"{one.field} {translated(one.problem)}" for one in error.details)
    return told or translated(str(error))


def unsaved(error: BaseException) -> str:
    """The same of what was to be saved, and is not for certain."""
    return translate("errors", "Not saved: %1").replace("%1", message_of(error))


def reasons() -> list[str]:
    """The client's own words for why nobody was reached or asked, here so that they are translated."""
    return [
        translate("errors", "there is no webhook of it"),
        translate("errors", "there is no text of it"),
        translate("errors", "it has no webhook address"),
        translate("errors", "it does not answer"),
        translate("errors", "nothing listens there"),
        translate("errors", "no machine of that name is known"),
        translate("errors", "it closed the connection without an answer"),
    ]
