"""What is to be said where many calls fail: how many of how many, whose, why, and where they are listed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from admin_gui.client.system import FailureGroup, Failures, RefusedPosts
from admin_gui.links import Link
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate


def error_words(code: str) -> str:
    """Why calls failed, in the user's language; of a code that we do not know the code."""
    return {
        "unreadable_recording": translate("failures", "the recording cannot be read"),
        "empty_recording": translate("failures", "there is no sound in the recording"),
        "recording_too_long": translate("failures", "the recording is too long"),
        "decoded_too_large": translate("failures", "the recording is too large when decoded"),
        "no_room_to_decode": translate("failures", "the worker's disk had no room to decode it"),
        "unsupported_language": translate("failures", "the language is not supported"),
        "invalid_transcript": translate("failures", "the transcript is invalid"),
        "engine_error": translate("failures", "the analysis broke"),
        "model_pack": translate("failures", "a model pack is damaged or missing"),
        "recording_missing": translate("failures", "the recording is gone from the disk"),
        "recording_damaged": translate("failures", "the recording is damaged on the disk"),
        "worker_crashed": translate("failures", "the worker died of it"),
        "result_refused": translate("failures", "what the analysis reported could not be stored"),
    }.get(code, code)


def what_helps(code: str) -> str:
    """What somebody can do about a call that failed so."""
    if code in _OF_THE_RECORDING:
        return translate(
            "failures", "It would fail again: listen to the recording, and let the PBX send an intact one."
        )
    if code in ("recording_missing", "recording_damaged"):
        return translate("failures", "Its recording is gone: let the PBX send the call again.")
    if code == "no_room_to_decode":
        return translate("failures", "Make room on the worker's disk, and analyse it again.")
    if code == "model_pack":
        return translate("failures", "Look at the models in System, Status; then analyse it again.")
    return translate(
        "failures", "Analyse it again. If it fails again, the log and the support bundle (System) tell more."
    )


_OF_THE_RECORDING = (
    "unreadable_recording", "empty_recording", "recording_too_long", "decoded_too_large", "unsupported_language",
    "invalid_transcript",
)  # fmt: skip


def refused_words(refused: RefusedPosts) -> str:
    """How many posts of a customer were refused, and why."""
    name = refused.customer_name or translate("SendingAgain", "Customer %1").replace("%1", str(refused.customer_id))
    template = translate("failures", "Calls from %1 that were refused in the last hour: %2. The last one: %3")
    return (
        template.replace("%2", formats.number(refused.count))
        .replace("%3", translated(refused.last_problem))
        .replace("%1", name)
    )


def headline(failures: Failures) -> str:
    """How many failed, and what is usual where that is known."""
    text = translate("failures", "%1 of %2 calls of the last hour failed")
    if failures.usual_share is not None:
        text = translate("failures", "%1 of %2 calls of the last hour failed; usual is %3")
        text = text.replace("%3", _share(failures.usual_share))
    return text.replace("%1", formats.number(failures.failed)).replace("%2", formats.number(failures.finished))


def group_words(group: FailureGroup) -> str:
    """Whose, how many, why, and what the last of them says."""
    why = error_words(group.error_code)
    # Last of all what others wrote: nothing in it is taken for a place to fill.
    text = translate("failures", "%1 failed, %2").replace("%1", formats.number(group.count)).replace("%2", why)
    example = f" (“{translated(group.example)}”)" if group.example else ""
    return f"{_customer(group)}: {text}{example}"


def group_link(group: FailureGroup, failures: Failures) -> str:
    """Exactly these calls."""
    of_group = {"customer_id": str(group.customer_id), "error_code": group.error_code}
    return _link(failures, of_group)


def all_link(failures: Failures) -> str:
    """Every call that failed in this hour."""
    return _link(failures, {})


def _link(failures: Failures, more: dict[str, str]) -> str:
    hour = {"finished_since": failures.since.isoformat(), "finished_until": failures.until.isoformat()}
    return str(Link("calls", query={"state": "failed", **more, **hour}))


def _customer(group: FailureGroup) -> str:
    if group.customer_name:
        return group.customer_name
    return translate("failures", "Customer %1").replace("%1", str(group.customer_id))


def _share(share: float) -> str:
    return translate("failures", "less than 1 %") if 0 < share < 0.01 else f"{formats.number(share * 100)} %"
