"""The address on which the api listens, and the names by which the office reaches it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.commands.setup.questions import Question
from appliance.settings import Listen
from appliance.settings.values import address_and_port, host_names

if TYPE_CHECKING:
    from appliance.commands.setup.box import Box
    from appliance.commands.setup.questions import Source

_UNPRIVILEGED = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


def listen_question(current: Listen) -> Question[Listen]:
    """What is on this machine now is looked at: nothing is written on which the api could not start."""

    def check(value: Any) -> Listen:
        listen = address_and_port(value)
        if listen != current:
            _check_free(listen, current)
        return listen

    return Question("listen", "Address and port on which the box listens", check)


NAMES: Question[tuple[str, ...]] = Question(
    "names",
    "Names by which the office reaches it, such as vbot.example.lan, with commas between them (- for none)",
    lambda value: () if value == "-" else host_names(value),
    lambda names: ", ".join(names) or "none",
)


def set_address(source: Source, box: Box) -> None:
    """Ask for both, and write what is different."""
    for name, question in (("listen", listen_question(box.settings.listen)), ("names", NAMES)):
        if box.is_fixed(name):
            box.say(f"{name} is set in the environment: {getattr(box.settings, name)}")
            continue
        _set(source, box, name, question)
    listen = box.settings.listen
    if listen.is_loopback:
        box.say(f"  {listen}: nobody on another machine reaches it, no PBX either")
    elif listen.local_host == listen.host:
        box.say(f'  under systemd a worker may not reach {listen.host} yet: systemd/README.md, "One address only"')


def _set(source: Source, box: Box, name: str, question: Question[Any]) -> None:
    current = getattr(box.settings, name)
    answer = source.ask(question, current)
    if answer != current:
        box.change(**{name: list(answer) if isinstance(answer, tuple) else str(answer)})


def _check_free(listen: Listen, current: Listen) -> None:
    """Raise ValueError where the api could not listen there."""
    if listen.port == 0:
        raise ValueError("must have a port")
    if listen.port < _lowest_port():
        raise ValueError(f"must have a port of {_lowest_port()} or more (systemd/README.md has the way to a lower one)")
    with socket.socket(socket.AF_INET6 if ":" in listen.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen.host, listen.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE and listen.port == current.port:
                return  # by our own api, which lets go of it
            raise ValueError(_reason(error, listen)) from error


def _reason(error: OSError, listen: Listen) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{listen} is in use by another program"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{listen.host} is no address of this machine"
    return f"{listen} cannot be used: {error.strerror}"


def _lowest_port(read: Callable[[], str] = _UNPRIVILEGED.read_text) -> int:
    try:
        return int(read())
    except (OSError, ValueError):
        return 1024
