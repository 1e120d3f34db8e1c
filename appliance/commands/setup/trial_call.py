"""A real recording through the whole chain, posted as a PBX does; ends with what the customer's server answered."""

from __future__ import annotations

import http
import time
from importlib import resources
from typing import TYPE_CHECKING, Any

from appliance.commands.setup.obstacles import Obstacles, what_mends
from appliance.commands.setup.questions import Question, shown_yes_or_no, yes_or_no
from appliance.commands.setup.running import ask_api, certificate_file
from appliance.errors import ApplianceError

if TYPE_CHECKING:
    from appliance.commands.setup.box import Box

TEST_CALL: Question[bool] = Question(
    "test_call",
    "Send a test call of 30 s through the box, whose result goes to the webhook",
    yes_or_no,
    shown_yes_or_no,
)
POST_SECONDS = 60.0
# A slow machine loads its models for minutes, and analyses 30 s in as long.
ANALYSIS_SECONDS = 900.0
# One attempt; the retries after it take up to 6 minutes, and the administrator is told of them.
DELIVERY_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.5
LOOK_AT_PARTS_EVERY_SECONDS = 2.0
TELL_EVERY_SECONDS = 10.0


class TrialFailed(ApplianceError):
    """It did not come to a webhook that was taken."""


def send_test_call(box: Box, customer: dict[str, Any]) -> None:
    """Raises TrialFailed with the reason in words and what mends it."""
    if not customer["webhook_url"]:
        raise TrialFailed(f"customer {customer['id']} has no webhook: give it one by `vbot setup`")
    call_id = _post(box, customer["api_key"])
    box.say(f"  accepted as call {call_id}")
    call = _final(box, call_id)
    if call["state"] == "failed":
        raise TrialFailed(f"the call failed: {call['error']['message']}; `vbot doctor` says more")
    words = " ".join(str(call["transcription"]).split())
    box.say(f"  understood: {words[:70]} ..." if words else "  nothing was understood")
    attempt = _first_attempt(box, call_id)
    said = in_words(attempt)
    if attempt["status"] is None or not 200 <= attempt["status"] < 300:
        raise TrialFailed(f"{said}; mend it at {customer['webhook_url']}, then `vbot setup` again")
    box.say(f"  {said}")


def in_words(attempt: dict[str, Any]) -> str:
    """What came of one delivery."""
    status = attempt["status"]
    if status is None:
        return f"the webhook's server did not answer: {attempt['error']}"
    try:
        word = f"{status} ({http.HTTPStatus(status).phrase})"
    except ValueError:
        word = str(status)
    if 200 <= status < 300:
        return f"the webhook's server answered {word} after {attempt['latency_ms']} ms: the whole chain works"
    return f"the webhook's server answered {word}, and so it did not take the result"


def _post(box: Box, api_key: str) -> str:
    """Over the address that a PBX uses, with the certificate that it shall see; nothing else gets the key."""
    import ssl  # noqa: PLC0415

    import urllib3  # noqa: PLC0415

    from appliance.services.access.certificate import read_certificate  # noqa: PLC0415

    trust: dict[str, Any] = {}
    if box.settings.tls != "off":
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        shown = read_certificate(certificate_file(box.settings, box.folder)).fingerprint_sha256
        trust = {"cert_reqs": ssl.CERT_NONE, "assert_fingerprint": shown, "assert_hostname": False}
    url = box.settings.local_api_url
    fields: dict[str, str | tuple[str, bytes, str]] = {
        "file": (
            "test-call.wav",
            resources.files("appliance.demo").joinpath("conversation.wav").read_bytes(),
            "audio/wav",
        ),
        "caller_number": "+15550100",
        "called_number": "+15550199",
        "metadata": '{"sent_by": "vbot setup"}',
    }
    try:
        with urllib3.PoolManager(timeout=POST_SECONDS, retries=False, **trust) as pool:
            reply = pool.request("POST", f"{url}/api/process-call", fields=fields, headers={"X-API-Key": api_key})
    except urllib3.exceptions.HTTPError as error:
        raise TrialFailed(f"{url} does not take it ({error}): `vbot doctor` says why") from error
    answer = reply.json()
    if reply.status != 200:
        raise TrialFailed(f"the box did not take the call: {answer.get('message', reply.status)}")
    return str(answer["call_id"])


def _final(box: Box, call_id: str) -> dict[str, Any]:
    began, told, told_at, looked_at = time.monotonic(), "", 0.0, 0.0
    obstacles, system = Obstacles(), {}
    while True:
        call: dict[str, Any] = ask_api(box.folder, "GET", f"/api/calls/{call_id}")
        seconds = time.monotonic() - began
        if call["state"] != told or seconds - told_at >= TELL_EVERY_SECONDS:
            told, told_at = call["state"], seconds
            box.say(f"  {told}, after {seconds:.0f} s")
        if told in ("completed", "failed"):
            return call
        if seconds - looked_at >= LOOK_AT_PARTS_EVERY_SECONDS:
            looked_at, system = seconds, ask_api(box.folder, "GET", "/api/system")
            if (part := obstacles.standing(system, seconds)) is not None:
                raise TrialFailed(f"the call waits: {what_mends(box, system, part).line}, then `vbot setup` again")
        if seconds > ANALYSIS_SECONDS:
            why = what_mends(box, system, "worker").line
            raise TrialFailed(f"no worker has analysed it in {ANALYSIS_SECONDS / 60:.0f} min: {why}")
        time.sleep(LOOK_EVERY_SECONDS)


def _first_attempt(box: Box, call_id: str) -> dict[str, Any]:
    until = time.monotonic() + DELIVERY_SECONDS
    while True:
        found = ask_api(box.folder, "GET", f"/api/deliveries?call_id={call_id}")["deliveries"]
        attempts: list[dict[str, Any]] = found[0]["attempts"] if found else []
        if attempts:
            return attempts[0]
        if found and found[0]["state"] == "disabled":
            raise TrialFailed("the customer's webhook is disabled: enable it in the desktop program (Customers)")
        if time.monotonic() > until:
            raise TrialFailed("the webhook was not tried yet: `vbot doctor` says why")
        time.sleep(LOOK_EVERY_SECONDS)
