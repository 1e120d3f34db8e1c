"""The support bundle: a ZIP that can be handed to a stranger. No secret, no telephone number, no word of a call."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from admin_gui.client.appliance import Appliance
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Delivery
from admin_gui.client.log import MOST_LINES, LogLine
from admin_gui.client.system import System
from admin_gui.client.transport.errors import Forbidden
from admin_gui.client.transport.paging import LARGEST_PAGE_ROWS
from admin_gui.client.transport.stop import Progress, Stop

ABOUT = """What this is
============
How a vBot appliance stood when this was saved, for whoever helps with it.

  versions.json    of the appliance, its workers and the desktop program
  system.json      health, parts, workers, queue, disk, certificate, backups
  settings.json    the settings that are not secret
  deliveries.json  the newest webhooks: states, answers and times
  log.txt          the newest lines of the log, oldest first

What is not in it
=================
API keys, tokens, webhook secrets, passwords; names and addresses of customers (they have their numbers instead);
telephone numbers; transcriptions, summaries and keywords; the contents of webhooks and what receivers answered.
Look into it before you hand it on: it is all plain text.
"""
NO_LOG = "The log is not in this bundle: only an administrator may read it, and a viewer saved this.\n"
STEPS = 5
SHORTEST_NAME = 3  # shorter ones are in every second word
_LEFT_OUT, _NUMBER, _ADDRESS = "[left out]", "[number]", "[address]"
_MASKED = "****"

_URL = re.compile(r"""\b([a-z][a-z0-9+.-]*)://([^\s"'<>)\]]+)""", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CREDENTIAL = re.compile(
    r"(?i)\b(bearer|basic|x-api-key|api[_-]?key|token|secret|password)\b(\s*[:=]\s*|\s+)[\"']?[\w+/=.~-]{12,}"
)
# +49 30 1234567, 030/1234567, or any long run of digits that is no part of an id.
_TELEPHONE = re.compile(r"(?<![\w-])(?:\+\d|0\d)[\d /().-]{4,}\d(?![\w-])|(?<![\w.-])\d{7,}(?![\w-])")
# The end of a Python traceback: what went wrong may quote what it was about.
_RAISED = re.compile(r"^([A-Za-z_][\w.]*): .+$")


class Redactor:
    """Takes out of a text what must not leave the house."""

    def __init__(self, customers: Iterable[Customer], *secrets: str) -> None:
        """`customers` with the secrets as they were given; `secrets`: others that are known."""
        places: dict[str, str] = {secret: _LEFT_OUT for secret in secrets if secret}
        for customer in customers:
            for secret in (customer.api_key, customer.webhook_secret):
                if secret and not secret.startswith(_MASKED):
                    places[secret] = _LEFT_OUT
            for name in (customer.company_name, customer.name, customer.email, customer.webhook_url):
                if name and len(name) >= SHORTEST_NAME:
                    places.setdefault(name, f"[customer {customer.id}]")
        # The longest first: a name may be part of another.
        known = sorted(places, key=len, reverse=True)
        self._places = places
        self._known = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in known)) if known else None

    def text(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub(lambda found: self._places[found[0]], text)
        text = _URL.sub(lambda found: f"{found[1]}://{host_of(found[0])}", text)
        text = _MAIL.sub(_ADDRESS, text)
        text = _CREDENTIAL.sub(rf"\1\2{_LEFT_OUT}", text)
        return _TELEPHONE.sub(_NUMBER, text)

    def everything(self, value: Any) -> Any:
        """The same for all texts within; customers' names go altogether."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.everything(inner) for name, inner in value.items() if name != "customer_name"}
        if isinstance(value, list):
            return [self.everything(inner) for inner in value]
        return value

    def log_line(self, line: LogLine) -> str:
        """A line of the log; of a traceback the way stays, and what was quoted at its end goes."""
        first, *rest = line.message.split("\n")
        lines = [self.text(first), *(self.text(_RAISED.sub(rf"\1: {_LEFT_OUT}", one)) for one in rest)]
        return f"{line.at.isoformat()} {line.level.upper()} {line.logger} " + "\n".join(lines)


def host_of(url: str) -> str:
    """The host and port of an address: whoever it names, and whatever it asks for, stays out."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or _LEFT_OUT
    except ValueError:
        return _LEFT_OUT


def delivery_state(delivery: Delivery, redactor: Redactor) -> dict[str, Any]:
    """What is kept of a webhook: nothing that it said, nor what was answered."""
    return {
        "id": delivery.id,
        "call_id": delivery.call_id,
        "customer_id": delivery.customer_id,
        "event": delivery.event,
        "state": delivery.state,
        "receiver": host_of(delivery.url) if delivery.url else None,
        "created_at": delivery.created_at,
        "next_attempt_at": delivery.next_attempt_at,
        "attempts": [
            {
                "at": attempt.at,
                "status": attempt.status,
                "latency_ms": attempt.latency_ms,
                "error": redactor.text(attempt.error) if attempt.error else None,
            }
            for attempt in delivery.attempts
        ],
    }


def versions(system: System | None, program: Mapping[str, str]) -> dict[str, Any]:
    """Of what takes part."""
    about: dict[str, Any] = {"program": dict(program)}
    if system is not None:
        about["appliance"] = system.version
        about["boot_id"] = system.boot_id
        about["started_at"] = system.started_at
        about["workers"] = {worker.name: worker.version for worker in system.workers}
    return about


def write_bundle(appliance: Appliance, file: Path, program: Mapping[str, str], progress: Progress, stop: Stop) -> Path:
    """Ask for everything and write it, on a thread; the file is there whole or not at all.

    `program`: this program's own versions by name. Raises Stopped, ClientError, OSError.
    """
    done = 0

    def step() -> None:
        nonlocal done
        stop.check()
        progress(done, STEPS)
        done += 1

    step()
    redactor = Redactor(appliance.customers.everyone_with_keys(), appliance.connection.token)
    step()
    system = appliance.system.state()
    step()
    deliveries = appliance.deliveries.page(None, LARGEST_PAGE_ROWS).rows
    step()
    log = _log(appliance, redactor)
    step()
    seen = {} if system is None else redactor.everything(msgspec.to_builtins(system))
    settings = seen.pop("settings", {})
    aside = file.with_name(f".{file.name}.part")
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("README.txt", ABOUT)
            out.writestr("versions.json", _json(versions(system, program)))
            out.writestr("system.json", _json(seen))
            out.writestr("settings.json", _json(settings))
            out.writestr("deliveries.json", _json([delivery_state(one, redactor) for one in deliveries]))
            out.writestr("log.txt", log)
        stop.check()
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    progress(STEPS, STEPS)
    return file


def _log(appliance: Appliance, redactor: Redactor) -> str:
    try:
        lines = appliance.log.newest(MOST_LINES)
    except Forbidden:
        return NO_LOG
    return "".join(f"{redactor.log_line(line)}\n" for line in reversed(lines))


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)
