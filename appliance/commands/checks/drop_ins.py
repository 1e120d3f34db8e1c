"""Drop-ins that take away what confines a unit. What systemd/README.md shows for other places, addresses and ports
does not; nor does what asks for less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SECTION = "[Service]"
VENDORS = Path("/usr/lib/systemd/system")
PORT = "CAP_NET_BIND_SERVICE"
# Each of these is on or off; off, it holds nothing.
SWITCHES = (
    "DynamicUser",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateIPC",
    "PrivateNetwork",
    "PrivateTmp",
    "PrivateUsers",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
)
# Any other value than the packaged one opens something.
AS_PACKAGED = ("KeyringMode", "LimitCORE", "ProcSubset", "ProtectHome", "ProtectProc", "ProtectSystem")
ON, OFF = frozenset({"yes", "true", "on", "1"}), frozenset({"no", "false", "off", "0", ""})
WHOLE_NETWORK = frozenset({"any", "0.0.0.0/0", "::/0"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One directive after all files: what is in force, the file that spoke last, and its words."""

    words: list[str]
    file: Path
    said: str

    @property
    def value(self) -> str:
        return " ".join(self.words)


# A directive that is given several times adds up, and begins anew where it is empty. All others are as given last.
LISTS = (
    "AmbientCapabilities",
    "CapabilityBoundingSet",
    "IPAddressAllow",
    "IPAddressDeny",
    "InaccessiblePaths",
    "ReadWritePaths",
    "RestrictAddressFamilies",
    "SystemCallArchitectures",
    "SystemCallFilter",
)
Service = dict[str, Setting]


@dataclass(frozen=True, slots=True)
class Undone:
    """A file, the lines of it that undo what the packaged unit says, and whether it says anything else."""

    file: Path
    lines: tuple[str, ...]
    has_more: bool


def undoing(unit: Path, drop_ins: Sequence[Path], vendors: Path = VENDORS) -> Iterator[Undone]:
    """Of the files that add to a unit as it is shipped, in systemd's order, those that undo its confinement.

    What lies beside `vendors`' own units came with them.
    """
    packaged = [unit, *(file for file in drop_ins if file.is_relative_to(vendors))]
    before, after = in_force(packaged), in_force([unit, *drop_ins])
    found: dict[Path, list[str]] = {}
    for name, opens in _RULES.items():
        there = after.get(name)
        if there is not None and there.file not in packaged and opens(name, before, after):
            found.setdefault(there.file, []).append(f"{name}={there.said}")
    for file, lines in found.items():
        yield Undone(file, tuple(lines), has_more=_assignments(file) > len(lines))


def _assignments(file: Path) -> int:
    """How many lines of a file, of whatever section, set something."""
    lines = (line.strip() for line in file.read_text(errors="replace").replace("\\\n", " ").splitlines())
    return sum("=" in line and not line.startswith(("#", ";")) for line in lines)


def in_force(files: Iterable[Path]) -> Service:
    """What these files come to, as systemd reads them one after the other. One that cannot be read says nothing."""
    service: Service = {}
    for file in files:
        try:
            lines = _lines(file.read_text(errors="replace"))
        except OSError:
            continue
        for name, value in lines:
            former = _words(service, name) if name in LISTS and value else []
            service[name] = Setting([*former, *value.split()], file, value)
    return service


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """The assignments of its service, with lines that go on put together."""
    section = ""
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped
        elif section == SECTION and "=" in stripped and not stripped.startswith(("#", ";")):
            name, _, value = stripped.partition("=")
            yield name.strip(), value.strip()


def _is_off(name: str, before: Service, after: Service) -> bool:
    if name == "PrivateUsers" and _may_take_the_port(after):
        return False  # in a user namespace of its own, no capability means anything
    return _says(before, name).lower() in ON and after[name].value.lower() in OFF


def _differs(name: str, before: Service, after: Service) -> bool:
    same = after[name].value == _says(before, name) or {after[name].value.lower(), _says(before, name).lower()} <= ON
    return name in before and not same


def _is_another_user(name: str, before: Service, after: Service) -> bool:
    """Also where it had one that exists only while it runs."""
    return after[name].value != _says(before, name)


def _adds_a_capability(name: str, before: Service, after: Service) -> bool:
    allowed = {PORT} if _is_the_apis(before) else set()
    more = {word.upper() for word in after[name].words} - allowed
    return name in before and bool(more)  # `~` takes away from all of them


def _adds_a_family(name: str, before: Service, after: Service) -> bool:
    if after[name].value == "none":
        return False
    return name in before and (not after[name].words or not set(after[name].words) <= set(before[name].words))


def _lets_out(name: str, before: Service, after: Service) -> bool:
    return bool(_says(before, name)) and not after[name].words


def _lets_the_network_in(name: str, before: Service, after: Service) -> bool:
    return bool(_says(before, "IPAddressDeny")) and bool(WHOLE_NETWORK & set(after[name].words))


def _opens_the_disk(name: str, _before: Service, after: Service) -> bool:
    roots = {"/", "/etc", "/usr", "/boot", "/home", "/root", "/var", "/opt"}
    return bool(roots & {word.lstrip("+-").rstrip("/") or "/" for word in after[name].words})


def _adds_calls(name: str, before: Service, after: Service) -> bool:
    """A call more is what a library of a new version may want; a whole group is not."""
    more = set(after[name].words) - set(_words(before, name))
    return _lets_out(name, before, after) or any(word.startswith("@") for word in more)


def _opens_devices(name: str, before: Service, after: Service) -> bool:
    return _says(before, name) == "closed" and after[name].value not in ("closed", "strict")


def _may_take_the_port(service: Service) -> bool:
    return _is_the_apis(service) and PORT in _words(service, "AmbientCapabilities")


def _is_the_apis(service: Service) -> bool:
    """Alone it listens where the office can reach it."""
    return "vbot-api" in _says(service, "SyslogIdentifier")


def _says(service: Service, name: str) -> str:
    return service[name].value if name in service else ""


def _words(service: Service, name: str) -> list[str]:
    return service[name].words if name in service else []


_RULES: dict[str, Callable[[str, Service, Service], bool]] = {
    **dict.fromkeys(SWITCHES, _is_off),
    **dict.fromkeys(AS_PACKAGED, _differs),
    **dict.fromkeys(("User", "Group"), _is_another_user),
    "AmbientCapabilities": _adds_a_capability,
    "CapabilityBoundingSet": _adds_a_capability,
    "RestrictAddressFamilies": _adds_a_family,
    "IPAddressDeny": _lets_out,
    "IPAddressAllow": _lets_the_network_in,
    "InaccessiblePaths": _lets_out,
    "ReadWritePaths": _opens_the_disk,
    "SystemCallArchitectures": _lets_out,
    "SystemCallFilter": _adds_calls,
    "DevicePolicy": _opens_devices,
}
