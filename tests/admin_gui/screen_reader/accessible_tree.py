"""What the program tells over AT-SPI: https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    MessageType,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

ATSPI = "org.a11y.atspi"
ROOT = "/org/a11y/atspi/accessible/root"
REGISTRY = f"{ATSPI}.Registry"
LABELLED_BY = 2  # of AtspiRelationType
# How Qt answers for an object that it has taken away: by what it had found out of it until then.
GONE = {f"org.freedesktop.DBus.Error.{what}" for what in ("UnknownObject", "UnknownInterface", "UnknownMethod")}
# So many questions at once: a bus keeps what it has not delivered yet, but not without end.
AT_ONCE = 64
ANSWER_SECONDS = 30.0


class State(IntEnum):
    """AtspiStateType, those of it that are asked for here."""

    CHECKED = 4
    EDITABLE = 7
    ENABLED = 8
    FOCUSABLE = 11
    FOCUSED = 12
    SENSITIVE = 24
    SHOWING = 25
    CHECKABLE = 41
    READ_ONLY = 43


class AccessibleGone(Exception):
    """The program has taken it away since it was told of."""


@dataclass
class Accessible:
    """One object of the tree."""

    address: DBusAddress
    role: str
    name: str
    states: frozenset[int]
    children: list[Accessible] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)  # the names of what is told to be its label

    def within(self) -> Iterator[Accessible]:
        """It, and all that it has."""
        yield self
        for child in self.children:
            yield from child.within()

    def find(self, role: str, name: str) -> Accessible | None:
        """The first of that role that is called so."""
        return next((one for one in self.within() if (one.role, one.title) == (role, name)), None)

    def __getitem__(self, name: str) -> Accessible:
        """The first control that is called so."""
        return next(one for one in self.within() if one.title == name and State.FOCUSABLE in one.states)

    @property
    def title(self) -> str:
        """What it is called: by its label, or by itself.

        The name of a choice is what is chosen: there its label says what for.
        """
        if self.labels:
            return " ".join(self.labels)
        return "" if self.role == "combo box" else self.name


class Announcements:
    """What the program says by itself, from now on."""

    def __init__(self, address: str) -> None:
        self._connection: DBusConnection = open_dbus_connection(address)
        registry = DBusAddress("/org/a11y/atspi/registry", REGISTRY, REGISTRY)
        rule = MatchRule(type="signal", interface=f"{ATSPI}.Event.Object", member="Announcement")
        for asked in (
            message_bus.AddMatch(rule),
            new_method_call(registry, "RegisterEvent", "sass", ("object:announcement", [], "")),
        ):
            answer = self._connection.send_and_get_reply(asked, timeout=ANSWER_SECONDS)
            assert answer.header.message_type is MessageType.method_return, answer.body

    def close(self) -> None:
        self._connection.close()

    def next(self) -> str:
        """Its words."""
        while True:
            message = self._connection.receive(timeout=ANSWER_SECONDS)
            if message.header.fields.get(HeaderFields.member) == "Announcement":
                return str(message.body[3][1])


class AccessibleBus:
    """A connection to the bus of assistive technologies."""

    def __init__(self, address: str) -> None:
        self._connection: DBusConnection = open_dbus_connection(address)

    def close(self) -> None:
        self._connection.close()

    def applications(self) -> list[DBusAddress]:
        """Those that have registered."""
        return self._children([DBusAddress(ROOT, REGISTRY)])[0]

    def tree(self, application: DBusAddress) -> Accessible:
        """What of it is showing now: what is hidden is left out with all that it has. Raises AccessibleGone."""
        (root,) = self._told([application])
        level = [root]
        while level:
            found = self._children([one.address for one in level])
            children = iter(self._told([address for addresses in found for address in addresses]))
            for parent, addresses in zip(level, found, strict=True):
                told = [next(children) for _ in addresses]
                parent.children = [one for one in told if State.SHOWING in one.states or parent is root]
            level = [child for parent in level for child in parent.children]
        self._add_labels([one for one in root.within() if State.FOCUSABLE in one.states])
        return root

    def press(self, accessible: Accessible) -> None:
        """What its first action does."""
        self._ask([_call(accessible.address, "DoAction", "Action", "i", 0)])

    def write(self, accessible: Accessible, text: str) -> None:
        """In the place of what stands in it."""
        assert self._ask([_call(accessible.address, "SetTextContents", "EditableText", "s", text)])[0]

    def size(self, table: Accessible) -> tuple[int, int]:
        """Its rows and its columns."""
        rows, columns = self._ask(_property(table.address, "Table", name) for name in ("NRows", "NColumns"))
        return int(rows[1]), int(columns[1])

    def place(self, cell: Accessible) -> tuple[int, int]:
        """Its row and its column."""
        (place,) = self._ask([_property(cell.address, "TableCell", "Position")])
        row, column = place[1]
        return int(row), int(column)

    # Many at once

    def _told(self, addresses: Sequence[DBusAddress]) -> list[Accessible]:
        roles = self._ask(_call(one, "GetRoleName") for one in addresses)
        states = self._ask(_call(one, "GetState") for one in addresses)
        names = self._ask(_property(one, "Accessible", "Name") for one in addresses)
        return [
            Accessible(address, role, name[1], _bits(*words))
            for address, role, words, name in zip(addresses, roles, states, names, strict=True)
        ]

    def _children(self, addresses: Sequence[DBusAddress]) -> list[list[DBusAddress]]:
        found = self._ask(_call(one, "GetChildren") for one in addresses)
        return [[DBusAddress(path, bus) for bus, path in children] for children in found]

    def _add_labels(self, accessibles: Sequence[Accessible]) -> None:
        relations = self._ask(_call(one.address, "GetRelationSet") for one in accessibles)
        for accessible, related in zip(accessibles, relations, strict=True):
            by = [others for kind, others in related if kind == LABELLED_BY]
            labels = [DBusAddress(path, bus) for others in by for bus, path in others]
            accessible.labels = [name[1] for name in self._ask(_property(one, "Accessible", "Name") for one in labels)]

    def _ask(self, calls: Iterable[Message]) -> list[Any]:
        """The answers, in the order of the questions. Fails with the first that is an error."""
        asked = list(calls)
        answers: list[Any] = []
        for start in range(0, len(asked), AT_ONCE):
            answers += self._ask_some(asked[start : start + AT_ONCE])
        return answers

    def _ask_some(self, calls: Sequence[Message]) -> list[Any]:
        serials = []
        for call in calls:
            serials.append(next(self._connection.outgoing_serial))
            self._connection.send(call, serial=serials[-1])
        answers: dict[int, Message] = {}
        while len(answers) < len(serials):
            message = self._connection.receive(timeout=ANSWER_SECONDS)
            serial = message.header.fields.get(HeaderFields.reply_serial)
            if serial in serials:
                answers[serial] = message
        for call, serial in zip(calls, serials, strict=True):
            answer = answers[serial].header
            told = f"{call.header.fields} {call.body}: {answers[serial].body}"
            if answer.fields.get(HeaderFields.error_name) in GONE:
                raise AccessibleGone(told)
            assert answer.message_type is not MessageType.error, f"{answer.fields} {told}"
        return [answers[serial].body[0] for serial in serials]


def accessible_bus_address(session: str) -> str:
    """Where that bus is, as its launcher tells on the session bus; empty: it is not there yet."""
    launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
    asked = new_method_call(launcher, "GetAddress")
    asked.header.flags |= MessageFlag.no_auto_start  # one is started already
    with open_dbus_connection(session) as connection:
        answer = connection.send_and_get_reply(asked, timeout=ANSWER_SECONDS)
    return str(answer.body[0]) if answer.header.message_type is MessageType.method_return else ""


def _call(
    address: DBusAddress,
    method: str,
    interface: str = "Accessible",
    signature: str | None = None,
    *arguments: object,
) -> Message:
    return new_method_call(address.with_interface(f"{ATSPI}.{interface}"), method, signature, arguments)


def _property(address: DBusAddress, interface: str, name: str) -> Message:
    return Properties(address.with_interface(f"{ATSPI}.{interface}")).get(name)


def _bits(low: int, high: int) -> frozenset[int]:
    both = low | high << 32
    return frozenset(bit for bit in range(64) if both >> bit & 1)
