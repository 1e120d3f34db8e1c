"""The error tree of the appliance. It knows no HTTP: `appliance.api.http.handler` maps it to status codes, once."""

from __future__ import annotations

from dataclasses import dataclass

# Of sysexits.h (EX_CONFIG). The units name it in RestartPreventExitStatus=, and `vbot up` ends with it.
NO_RESTART_EXIT_CODE = 78


class ApplianceError(Exception):
    """Base of every error that this program raises on purpose; `exit_code` is that of a command that it ends."""

    exit_code = 1


class ConfigurationError(ApplianceError):
    """A setting, a file or the machine is not as it must be; the message says what to change."""


class PermanentFailure(ConfigurationError):
    """What only a person can mend, such as a damaged database: a service that ends with it is not started again."""

    exit_code = NO_RESTART_EXIT_CODE


@dataclass(frozen=True, slots=True)
class Problem:
    """One field of a request that cannot be accepted, and why."""

    field: str
    problem: str


class InvalidRequest(ApplianceError):
    """The request is not of the documented form; `problems` names the fields."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{item.field}: {item.problem}" for item in problems))
        self.problems = problems


class InvalidCredential(ApplianceError):
    """No credential, or one that we do not know; `is_token`: it was given as an operator's."""

    def __init__(self, message: str = "", *, is_token: bool = False) -> None:
        super().__init__(message)
        self.is_token = is_token


class InsufficientRole(ApplianceError):
    """A known credential that may not do this."""


class NotFound(ApplianceError):
    """No such call, customer, delivery or token: or none that this caller may see."""


class Conflict(ApplianceError):
    """The thing is in a state in which this cannot be done: which part of it, and what is the matter."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.problems = (Problem(field, problem),)


class RecordingTooLarge(ApplianceError):
    """The upload exceeds the configured size."""


class LengthRequired(ApplianceError):
    """An upload that neither says how long it is nor comes in chunks."""


class UnsupportedRecording(ApplianceError):
    """The first bytes of the file in that field are no audio that we can read, or no legs that we can join."""

    def __init__(self, problem: str = "the first bytes are no audio that we can read", field: str = "file") -> None:
        super().__init__(problem)
        self.problems = (Problem(field, problem),)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a rate limit is left: `reset_seconds` until a slot frees."""

    limit: int
    remaining: int
    reset_seconds: int


class RateLimitExceeded(ApplianceError):
    """More requests in the last minute than allowed."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__("rate limit exceeded")
        self.allowance = allowance


class TooManyFailedLogins(ApplianceError):
    """An address that keeps failing to authenticate."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("too many failed logins")
        self.retry_after_seconds = retry_after_seconds


class TooManyConcurrentCalls(ApplianceError):
    """The customer already has as many unfinished calls as allowed."""

    retry_after_seconds = 10

    def __init__(self, limit: int = 10) -> None:
        super().__init__(f"{limit} calls are not final yet, as many as this customer may have at a time")
        self.problems = (Problem("file", str(self)),)


class AudioQuotaExceeded(ApplianceError):
    """The customer has had as much audio analysed within a day as it may; `retry_after_seconds` until there is room."""

    def __init__(self, hours: int = 500, retry_after_seconds: int = 60) -> None:
        super().__init__(f"more than {hours} h of audio in 24 h, calls in hand counted by their size")
        self.retry_after_seconds = retry_after_seconds
        self.problems = (Problem("file", str(self)),)


class StorageQuotaExceeded(ApplianceError):
    """The customer's recordings take as much of the disk as they may; they go by their age, or when they are erased."""

    def __init__(self, most_bytes: int = 500 * 1024**3) -> None:
        super().__init__(f"with this recording more than {most_bytes / 1024**3:.3g} GB would be stored")
        self.problems = (Problem("file", str(self)),)


class ResultNotReady(ApplianceError):
    """The analysis takes longer than somebody who waits for it would wait; it goes on."""


class AnalysisFailed(ApplianceError):
    """Who waits for a result gets none, through no fault of the recording's."""

    def __init__(self, reason: str = "the worker stopped 3 times while it analysed this recording") -> None:
        super().__init__(reason)
        self.problems = (Problem("file", reason),)


class Unavailable(ApplianceError):
    """Cannot be done now, may be possible later."""

    retry_after_seconds = 10


class DamagedFile(ApplianceError):
    """The disk does not give back what was written; it will not the next time."""

    def __init__(self, reason: str = "it is damaged between byte 65536 and 131072") -> None:
        super().__init__(reason)
        self.problems = (Problem("file", f"is damaged on the appliance's disk: {reason}"),)


class Obsolete(ApplianceError):
    """A claim or a result that concerns an attempt that is no longer the current one."""


class TargetRefused(ApplianceError):
    """A webhook address that the appliance will not connect to."""
