"""Errors in the user's language. What the appliance says about a field stays as it says it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from admin_gui.client import errors


def _tr(text: str) -> str:
    return QCoreApplication.translate("words", text)


def told(error: BaseException) -> str:  # noqa: PLR0911, PLR0912 - one sentence for each kind of error
    """One sentence about an error, for a status line or a banner."""
    match error:
        case errors.CertificateChanged():
            return _tr("The appliance shows another certificate than the one that was trusted. Nothing was sent to it.")
        case errors.Unreachable():
            return _tr("%1 cannot be reached: %2.").replace("%1", error.address).replace("%2", _tr(error.reason))
        case errors.CutShort():
            return _tr("The connection broke off in the middle of the answer.")
        case errors.Stopped():
            return _tr("Stopped.")
        case errors.UnexpectedAnswer():
            return _tr("What answers there does not speak as a vBot appliance: %1.").replace("%1", str(error))
        case errors.NotAuthorised():
            return _tr("The token is not accepted: it is wrong, revoked or expired.")
        case errors.Forbidden():
            return _tr("This token may not do that.")
        case errors.NotFound():
            return _tr("That does not exist, or no longer.")
        case errors.Invalid():
            return _tr("Refused: %1.").replace("%1", str(error))
        case errors.Conflict():
            return _tr("That cannot be done in the present state.")
        case errors.TooMany():
            return _tr("Too many requests: wait a little.")
        case errors.Unavailable():
            return _tr("The appliance cannot do that at present.")
        case errors.ServerFault():
            return _tr("The appliance has a fault of its own (request %1).").replace("%1", error.request_id or "?")
        case errors.ClientError():
            return str(error)
        case OSError():
            return _tr("That did not work: %1.").replace("%1", error.strerror or str(error))
        case _:
            return _tr("That did not work: %1.").replace("%1", str(error) or type(error).__name__)


def reasons() -> list[str]:
    """The client's own words for why nobody was reached, here so that they are translated."""
    return [
        _tr("it does not answer"),
        _tr("nothing listens there"),
        _tr("no machine of that name is known"),
        _tr("it closed the connection without an answer"),
    ]
