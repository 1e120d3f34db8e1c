"""What the running api says of itself and of all other parts, asked once."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from appliance.commands.checks.finding import Doubtful, Finding, NotLookedAt, State, Wrong, as_root
from appliance.commands.checks.machine import what_takes_room
from appliance.domain.clock import contract_timestamp, utc_now
from appliance.errors import ConfigurationError
from appliance.process.lock_holder import UNKNOWN, unit_of
from appliance.process.own_addresses import addresses_of_the_lan
from appliance.process.port_holder import port_holder

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box
    from appliance.settings import Listen
    from appliance.storage.folder.data_folder import DataFolder

# As long as the api may take on a busy machine for what takes milliseconds.
ANSWER_SECONDS = 30.0
# An api that is started again is there after so long, on a slow machine too.
STARTING_SECONDS = 20.0
ASK_AGAIN_SECONDS = 0.25
# Longer than a worker takes for one call of usual length. Whoever waits longer waits for others' calls.
LONG_WAIT_SECONDS = 15 * 60.0
# What comes at once in the morning is worked off; what still waits then, while so many more come than are done, grows.
GROWS_AFTER_SECONDS = 5 * 60.0
GROWS_BY_CALLS = 10


@dataclass(frozen=True, slots=True)
class RunningApi:
    """`system`: its reply to `/api/system`; None where no api runs. `obstacle`: why one that runs does not answer."""

    system: Mapping[str, Any] | None = None
    obstacle: str | None = None

    def component(self, name: str) -> Finding | None:
        """What it says of one part."""
        return next((found for found in self.components() if found.name == name), None)

    def components(self) -> Iterator[Finding]:
        """What it says of each part."""
        for one in self.system["components"] if self.system is not None else ():
            yield Finding(name=one["name"], state=State(one["state"]), reason=one["reason"])


def ask_running_api(folder: DataFolder) -> RunningApi:
    """Ask over the Unix socket in the data folder, which its owner and root may."""
    from appliance.commands.local_api import LocalApiRefused, ask  # noqa: PLC0415

    try:
        answer = RunningApi(ask(folder.api_socket, "GET", "/api/system"))
        list(answer.components())
    except LocalApiRefused as error:
        return RunningApi(obstacle=str(error))
    except (KeyError, ValueError, TypeError):
        return RunningApi(obstacle="what it says of itself is another version's: restart it")
    return answer


def await_running_api(folder: DataFolder) -> RunningApi:
    """Ask, and ask again for a moment where one is just starting: what is said then is of what runs.

    One that has just come has not heard yet of queue and workers, and says that none is there.
    """
    until, has_just_come = time.monotonic() + STARTING_SECONDS, False
    while True:
        answer = ask_running_api(folder)
        is_there = answer.system is not None or answer.obstacle is not None
        if is_there and not (has_just_come and _misses_its_parts(answer)):
            return answer
        if time.monotonic() >= until or not (is_there or _starts_an_api(folder)):
            return answer
        has_just_come = True
        time.sleep(ASK_AGAIN_SECONDS)


def _misses_its_parts(answer: RunningApi) -> bool:
    found = [answer.component(name) for name in ("queue", "worker")]
    return any(one is not None and one.state is State.FAILED for one in found)


def _starts_an_api(folder: DataFolder) -> bool:
    from appliance.storage.folder.folder_lock import folder_holder  # noqa: PLC0415

    try:
        holder = folder_holder(folder)
    except ConfigurationError:
        return False  # of a folder that is at fault others tell
    return holder is not None and holder.may_keep_an_api


def check_api(box: Box) -> str:
    """Whether it runs, and answers where the PBX asks it."""
    if box.api.obstacle is not None:
        raise Wrong(box.api.obstacle, box.restart("vbot-api"))
    if box.api.system is None:
        return _without_socket(box)
    there = box.api.system["settings"]
    listen, scheme = str(there["listen"]), "http" if there["tls"] == "off" else "https"
    try:
        _health(_local_url(scheme, listen))
    except OSError as error:
        raise Wrong(f"it runs, but does not answer on {listen}: {error}", box.restart("vbot-api")) from None
    if listen != str(box.settings.listen):
        raise Doubtful(
            f"it listens on {listen} until it is started again; set is {box.settings.listen}", box.restart("vbot-api")
        )
    compare_families(box.settings.listen)
    return f"it runs, and answers on {listen}"


def compare_families(listen: Listen) -> None:
    """Where all of the office is IPv6, nobody reaches an api of IPv4; our own look at it is by loopback.

    Whoever comes by a tunnel is elsewhere: of that nothing is known, and nothing is said.
    """
    versions = {address.version for address in addresses_of_the_lan()}
    if versions == {6} and not listen.is_loopback and ":" not in listen.host:
        text = f"it listens on {listen}, and in the office's network this machine has IPv6 addresses alone"
        mend = f"no PBX there reaches it. Set VBOT_LISTEN to [::]:{listen.port}, which is for IPv4 as well"
        raise Doubtful(f"{text}: {mend}", as_root("vbot setup"))


def _without_socket(box: Box) -> str:
    """No api answers there, or we may not ask it: what the network shows."""
    if not box.is_set_up:
        return "none yet"
    listen = box.settings.listen
    if box.holder is not None:
        text = f"{box.holder} has the data folder, and no api answers yet"
        if not box.holder.may_keep_an_api:
            raise Doubtful(f"{text}: that command is at work, and ends", box.log("vbot-api"))
        if box.holder == UNKNOWN:
            raise Doubtful(f"{text}: it could not write down who it is, as on a full disk", box.log("vbot-api"))
        raise Doubtful(f"{text}, for {STARTING_SECONDS:.0f} s: what it writes says why", box.log("vbot-api"))
    if not _listens(listen) and box.is_unknown("listen"):
        why = "the default; where this box does is not for us to see"
        raise NotLookedAt(f"nothing listens on {listen}, {why}", "sudo vbot doctor")
    if not _listens(listen):
        raise Wrong(f"nothing listens on {listen}: no call is accepted", box.start())
    if box.withheld is None:
        raise _taken_by_another(listen)
    try:
        status = _health(box.settings.local_api_url)
    except OSError:
        raise _taken_by_another(listen) from None
    if status != "healthy":
        raise Wrong(f"it answers on {listen}, and says that it is {status}", "sudo vbot doctor")
    return f"it answers on {listen}, and says that it is healthy"


def _taken_by_another(listen: Listen) -> Wrong:
    """A program that is none of ours has the port."""
    holder = port_holder(listen.port)
    text = (
        f"{holder or 'another program'} listens on {listen}, so that this api cannot: stop it, or have VBOT_LISTEN "
        "name another port"
    )
    found = re.search(r"\(pid (\d+)\)", holder or "")
    if found is None:
        return Wrong(text, as_root(f"ss -ltnp 'sport = :{listen.port}'"))
    unit = unit_of(int(found[1]))
    return Wrong(text, as_root(f"systemctl stop {unit}" if unit else f"kill {found[1]}"))


def check_waiting_calls(box: Box) -> str:
    """Whether more comes in than is worked on, or somebody waits for long already."""
    if box.api.system is None:
        return "no api runs that could say"
    queue = box.api.system["queue"]
    waiting, oldest = queue["waiting"], queue["oldest_age_seconds"] or 0.0
    # An api of a version before counts no hour.
    came, done = queue.get("came_last_hour", 0), queue.get("done_last_hour", 0)
    if not waiting:
        return "none"
    said = f"{waiting}, the oldest for {_duration(oldest)}"
    is_growing = oldest >= GROWS_AFTER_SECONDS and came - done >= GROWS_BY_CALLS
    if oldest < LONG_WAIT_SECONDS and not is_growing:
        return said
    if not any(worker["state"] == "ready" for worker in box.api.system["workers"]):
        raise Doubtful(f"{said}, because no worker is ready")
    last_hour = f"in the last hour {came} came and {done} were done"
    if came <= done:
        raise Doubtful(f"{said}: {last_hour}", box.log("vbot-worker@*"))
    more = "Another worker, on a GPU or another box, takes its share"
    raise Doubtful(f"{said}: more come than the workers do ({last_hour}). {more}", "vbot doctor --sizing")


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"


def commands(box: Box) -> Mapping[str, str]:
    """What mends each part of which the api says that something is wrong, where it does not say so itself."""
    return {
        "database": box.log("vbot-api"),
        "disk": what_takes_room(box.folder.root),
        "queue": box.restart("vbot-valkey"),
        "worker": _mends_worker(box),
        "results": box.log("vbot-api"),
        "calls": box.log("vbot-*"),
        "relay": box.restart("vbot-api"),
        "deliverer": box.restart("vbot-api"),
        "housekeeping": box.restart("vbot-api"),
        "reading_log": box.restart("vbot-api"),
        "audit_export": box.restart("vbot-api"),
        "webhooks": _mends_webhooks(box),
        "addresses": "vbot-admin",
        "certificate": "vbot certificate renew",
        "clock": as_root("timedatectl set-ntp true"),
        "erasure": box.log("vbot-api"),
        "backups": "vbot backup create",
        "settings": as_root(f"editor {box.folder.own_settings}"),
        "tokens": "vbot token create --role admin",
        "siem": box.log("vbot-api"),
    }


def _mends_worker(box: Box) -> str:
    """Where there is none, the unit that is one."""
    workers = box.api.system["workers"] if box.api.system is not None else []
    if not box.has_units:
        is_loading = any(worker["state"] in ("loading", "ready") for worker in workers)
        return box.log("vbot-worker@*") if is_loading else box.restart("vbot-worker@*")
    known = sorted(unit.name for unit in box.units if unit.name.startswith("vbot-worker@"))
    if not known:
        return as_root("systemctl enable --now vbot-worker@cpu")
    if any(worker["state"] == "gone" for worker in workers):
        return as_root(f"systemctl restart {' '.join(known)}")
    return box.log("vbot-worker@*")


def _mends_webhooks(box: Box) -> str:
    """Enable the endpoint that is disabled; else look at what rests, or send again what was given up or is to be tried.

    Never what failed longer ago: somebody else's old calls would come anew, and nobody can call them back.
    """
    seen = box.api.system["deliveries"] if box.api.system is not None else {}
    ask = f"curl --unix-socket {box.folder.api_socket} -X POST"
    if disabled := seen.get("disabled_endpoints"):
        return as_root(f"{ask} 'http://localhost/api/customers/{disabled[0]['customer_id']}/enable-webhook'")
    if seen.get("resting"):
        url = "http://localhost/api/deliveries?state=disabled"
        return as_root(f"curl --unix-socket {box.folder.api_socket} '{url}'")
    which = '"state": "retrying"'
    if seen.get("failed_last_24_hours"):
        which = f'"state": "failed", "since": "{contract_timestamp(utc_now() - timedelta(hours=24))}"'
    return as_root(f"""{ask} -d '{{{which}}}' 'http://localhost/api/deliveries/redeliver'""")


def _listens(listen: Listen) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in listen.host else socket.AF_INET) as probe:
        probe.settimeout(ANSWER_SECONDS)
        return probe.connect_ex((listen.local_host, listen.port)) == 0


def _local_url(scheme: str, listen: str) -> str:
    from appliance.settings.values import Listen, address_and_port  # noqa: PLC0415

    there = address_and_port(listen)
    return f"{scheme}://{Listen(there.local_host, there.port)}"


def _health(url: str) -> str:
    """The word in `/health` of whoever answers there; raises OSError where nobody does so as our api would.

    Who it is does not matter: nothing is sent but the question, and on this machine.
    """
    at = urlsplit(url)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    connection = (
        http.client.HTTPConnection(str(at.hostname), at.port, timeout=ANSWER_SECONDS)
        if at.scheme == "http"
        else http.client.HTTPSConnection(str(at.hostname), at.port, timeout=ANSWER_SECONDS, context=trusting)
    )
    try:
        connection.request("GET", "/health")
        return str(json.loads(connection.getresponse().read())["status"])
    except (http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        raise OSError(f"what answers there is no api of ours ({type(error).__name__})") from error
    finally:
        connection.close()
