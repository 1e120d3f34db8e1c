"""What can go wrong with a request: every error of the client is one of these, in plain words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field of a request that was refused, in the appliance's own words."""

    field: str
    problem: str


class ClientError(Exception):
    """A request that did not do what it should. `str()` is a sentence for people."""


class Unreachable(ClientError):
    """No answer: nobody listens there, the network is down, or it took too long."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address} cannot be reached: {reason}")
        self.address = address
        self.reason = reason


class Unanswered(Unreachable):
    """What was to be changed was sent, and no answer came: nobody knows whether it was done."""


class CertificateChanged(ClientError):
    """The appliance shows another certificate than the one that was trusted; nothing was sent to it."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__("the appliance shows another certificate than the one that was trusted")
        self.expected = expected
        self.got = got


class CutShort(ClientError):
    """The answer began, and ended too early."""

    def __init__(self) -> None:
        super().__init__("the connection broke off in the middle of the answer")


class Stopped(ClientError):
    """We stopped it ourselves."""

    def __init__(self) -> None:
        super().__init__("stopped")


class NothingToDo(ClientError):
    """The appliance was not asked: what it would be asked for is not there."""


class UnexpectedAnswer(ClientError):
    """An answer that no vBot of ours gives: another program listens there, or a proxy stands between."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this does not answer as a vBot appliance does: {what}")
        self.what = what


class Refused(ClientError):
    """The appliance answered with an error. `request_id` finds it in the appliance's log."""

    words = "the appliance refused"

    def __init__(
        self, message: str = "", *, status: int = 0, request_id: str = "", details: tuple[FieldProblem, ...] = ()
    ) -> None:
        super().__init__(self._sentence(message, details))
        self.message = message
        self.status = status
        self.request_id = request_id
        self.details = details

    def problem_of(self, field: str) -> str | None:
        """What is wrong with one field, or None."""
        return next((one.problem for one in self.details if one.field == field), None)

    def _sentence(self, message: str, details: tuple[FieldProblem, ...]) -> str:
        return self.words or message


class NotAuthorised(Refused):
    """401: the token is unknown, revoked or expired."""

    words = "the token is not accepted: it is wrong, revoked or expired"


class Forbidden(Refused):
    """403: a viewer's token changes nothing, and a customer's API key is no token."""

    words = "this token may not do that"


class NotFound(Refused):
    """404: it does not exist, or no longer."""

    words = "that does not exist, or no longer"


class Invalid(Refused):
    """400: fields that were refused; `details` names each."""

    def _sentence(self, message: str, details: tuple[FieldProblem, ...]) -> str:
        return "; ".join(f"{one.field} {one.problem}" for one in details) or message


class Conflict(Refused):
    """409: not in the present state."""

    words = "that cannot be done in the present state"

    @property
    def reason(self) -> str:
        """What stands in the way, in the appliance's own words; empty where it does not say."""
        return "; ".join(one.problem for one in self.details)


class TooMany(Refused):
    """429: wait `retry_after_seconds`."""

    words = "too many requests: wait a little"
    retry_after_seconds: int | None = None


class Unavailable(Refused):
    """503: it is there, and cannot do it now."""

    words = "the appliance cannot do that at present"
    retry_after_seconds: int | None = None


class ServerFault(Refused):
    """5xx: a fault of the appliance's own."""

    words = "the appliance has a fault of its own"


class DamagedFile(ServerFault):
    """500 about a file: the appliance's disk does not give back what was written."""

    words = "the file is damaged on the appliance's disk"


BY_STATUS: dict[int, type[Refused]] = {
    400: Invalid,
    401: NotAuthorised,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: TooMany,
    503: Unavailable,
}
