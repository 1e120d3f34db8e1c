"""`vbot demo`: a whole appliance in a throw-away folder receives a real call; ends with the webhook's JSON."""

from __future__ import annotations

import argparse
import json
import os
import queue
import secrets
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.errors import ApplianceError
from appliance.process.exit_reason import StandardError

if TYPE_CHECKING:
    from appliance.settings import Settings

# `vbot up` ends by itself when something cannot load; this is for what hangs.
START_SECONDS = 600.0
ANALYSIS_SECONDS = 300.0
STOP_SECONDS = 20.0
ENDING_SECONDS = 1.0
LOOK_EVERY_SECONDS = 1.0
LOG_LINES_SHOWN = 15


class DemoFailed(ApplianceError):
    """The demo did not get to its end; the message says where it stopped."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="see it work: a real call in, the webhook's JSON out",
        description="Starts a whole appliance in a throw-away data folder, posts a real recorded telephone "
        "conversation, and prints the JSON that the demo's own webhook receiver got.",
    )
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.demo.receiver import WebhookReceiver  # noqa: PLC0415

    # So that whatever ends us, the appliance is stopped and its folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    receiver = WebhookReceiver()
    with tempfile.TemporaryDirectory(prefix="vbot-demo-") as folder:
        try:
            body = _demonstrate(Path(folder), receiver, settings)
        finally:
            receiver.close()
    print(json.dumps(json.loads(body), indent=2, ensure_ascii=False))
    return 0


def _demonstrate(folder: Path, receiver: Any, settings: Settings) -> bytes:
    token = secrets.token_urlsafe(32)
    log = folder / "vbot.log"
    environment = {name: value for name, value in os.environ.items() if name != "VBOT_REDIS_URL"} | {
        "VBOT_DATA_DIR": str(folder / "data"),
        "VBOT_MODELS_DIR": str(settings.models_dir),
        "VBOT_LISTEN": "127.0.0.1:0",
        "VBOT_TLS": "auto",
        "VBOT_ADMIN_TOKEN": token,
        "VBOT_WEBHOOK_ALLOW": "127.0.0.0/8",
    }
    _say("starting an appliance (api, queue, worker)")
    with log.open("wb") as log_file:
        appliance = subprocess.Popen(
            [sys.executable, "-m", "appliance.cli", "up"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log_file,
        )
    try:
        return _exchange(appliance, _wait_until_ready(appliance), token, receiver)
    except Exception as error:
        reason = _last_line(log) if _ended_by_itself(appliance) else str(error)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
        print(tail, file=sys.stderr)
        raise DemoFailed(reason or str(error)) from error
    finally:
        _say("stopping it")
        _stop(appliance)


def _exchange(appliance: subprocess.Popen[bytes], url: str, token: str, receiver: Any) -> bytes:
    """Create a customer, post the call with its key, wait for the webhook."""
    import urllib3  # noqa: PLC0415

    # Our own appliance, a moment old, on loopback.
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    http = urllib3.PoolManager(cert_reqs=ssl.CERT_NONE, timeout=30.0)
    _say("creating a customer")
    customer = {
        "name": "Demo",
        "company_name": "Demo Ltd",
        "email": "demo@example.com",
        "webhook_url": receiver.url,
    }
    created = _reply(
        http.request("POST", f"{url}/api/customers", json=customer, headers={"Authorization": f"Bearer {token}"})
    )
    receiver.secret = created["webhook_secret"]

    _say("posting a real telephone conversation of 30 s")
    recording = resources.files("appliance.demo").joinpath("conversation.wav").read_bytes()
    fields: dict[str, str | tuple[str, bytes, str]] = {
        "file": ("conversation.wav", recording, "audio/wav"),
        "caller_number": "+15550100",
        "called_number": "+15550199",
    }
    headers = {"X-API-Key": created["api_key"]}
    accepted = _reply(http.request("POST", f"{url}/api/process-call", fields=fields, headers=headers))
    _say(f"accepted as {accepted['call_id']}; waiting for the webhook")
    began = time.monotonic()
    while True:
        try:
            body: bytes = receiver.received.get(timeout=LOOK_EVERY_SECONDS)
        except queue.Empty:
            if appliance.poll() is not None:
                raise DemoFailed("the appliance ended before the webhook came") from None
            if time.monotonic() - began > ANALYSIS_SECONDS:
                raise DemoFailed(f"no webhook came within {ANALYSIS_SECONDS:.0f} s") from None
        else:
            break
    _say(f"the webhook came after {time.monotonic() - began:.1f} s; its signature is right")
    return body


def _reply(response: Any) -> Any:
    if response.status != 200:
        raise DemoFailed(f"the api answered {response.status}: {response.data.decode(errors='replace')}")
    return response.json()


def _wait_until_ready(appliance: subprocess.Popen[bytes]) -> str:
    lines: queue.Queue[bytes] = queue.Queue()

    def read() -> None:
        for line in appliance.stdout or ():
            lines.put(line)
        lines.put(b"")

    threading.Thread(target=read, daemon=True).start()
    until = time.monotonic() + START_SECONDS
    while (left := until - time.monotonic()) > 0:
        try:
            line = lines.get(timeout=left)
        except queue.Empty:
            break
        if not line:
            raise DemoFailed("the appliance ended before it was ready")
        if line.startswith(b"ready "):
            return line.decode().split()[1]
    raise DemoFailed(f"the appliance was not ready within {START_SECONDS:.0f} s")


def _ended_by_itself(appliance: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended, or does now: its output closes a moment before."""
    try:
        appliance.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _last_line(log: Path) -> str:
    """Why it ended, in its own words."""
    lines = StandardError()
    lines.feed(log.read_bytes() + b"\n")
    return lines.last


def _stop(appliance: subprocess.Popen[bytes]) -> None:
    appliance.send_signal(signal.SIGTERM)
    try:
        appliance.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        appliance.kill()
        appliance.wait()


def _say(text: str) -> None:
    print(f"demo: {text}", file=sys.stderr, flush=True)
