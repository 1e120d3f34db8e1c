"""What an appliance has, as lines of the palette: customers, webhooks, backups, tokens, settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from admin_gui.app_context import AppContext
from admin_gui.client.backups import Backup
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Delivery
from admin_gui.client.tokens import Token
from admin_gui.links import Link
from admin_gui.models import states
from admin_gui.models.system.settings import settings_of
from admin_gui.models.system.texts import backup_word, role_word, token_state, token_word
from admin_gui.shell.palette.entries import Entry, Group, Parameter
from admin_gui.text import formats

translate = QCoreApplication.translate

# The newest ones; the others are found by number and id (`delivery_finder`).
WEBHOOKS_LOOKED_AT = 100


class Things(QObject):
    """Each kind is asked for when it is first looked for after an opening; until it comes the former ones are shown.

    A kind that our token may not see is empty.
    """

    changed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._asked: set[Parameter] = set()
        self._found: dict[Parameter, list[Any]] = {}

    def ask_anew(self, *kinds: Parameter) -> None:
        """The palette is opened again: what is known may be old."""
        self._asked.clear()
        self.ask(*kinds)

    def forget(self) -> None:
        """Another appliance has others; what is still asked of this one is not wanted any more."""
        self._context.calls.forget(self)
        self._asked.clear()
        self._found.clear()

    def ask(self, *kinds: Parameter) -> None:
        """Ask for these, in the background."""
        if not self._context.session.is_connected:
            return
        appliance = self._context.appliance
        work: dict[Parameter, Callable[[], list[Any]]] = {
            Parameter.CUSTOMER: appliance.customers.everyone,
            Parameter.WEBHOOK: lambda: list(appliance.deliveries.page(None, WEBHOOKS_LOOKED_AT).rows),
            Parameter.BACKUP: appliance.backups.all,
            Parameter.TOKEN: appliance.tokens.all,
        }
        hidden = () if self._context.session.sees_appliance else (Parameter.BACKUP, Parameter.TOKEN)
        for kind in kinds:
            if kind in work and kind not in self._asked and kind not in hidden:
                self._asked.add(kind)
                self._context.calls.start(
                    self, work[kind], partial(self._came, kind), lambda _error: None, latest=kind.name
                )

    def is_asking(self, kind: Parameter) -> bool:
        """Whether these are still on their way."""
        return self._context.calls.is_under_way(self, kind.name)

    @property
    def customers(self) -> list[Customer]:
        """As far as they have come."""
        return self._found.get(Parameter.CUSTOMER, [])

    def company(self, customer_id: int) -> str:
        """A customer's company, or its number."""
        return next((one.company_name for one in self.customers if one.id == customer_id), str(customer_id))

    def entries(self) -> list[Entry]:
        """All of them; choosing one goes there. None while no appliance has let us in."""
        if not self._context.session.is_connected:
            return []
        go = self._context.go
        chosen = [
            *(self.entry_of(kind, one, go) for kind in self._found for one in self._found[kind]),
            *self._settings(),
        ]
        return chosen

    def of_kind(self, kind: Parameter, then: Callable[[Link], Any]) -> list[Entry]:
        """Those of one kind; choosing one does something else there than to show it."""
        return [self.entry_of(kind, one, then) for one in self._found.get(kind, [])]

    def entry_of(self, kind: Parameter, thing: Any, then: Callable[[Link], Any]) -> Entry:
        """One of them."""
        made: dict[Parameter, Callable[[Any], tuple[Entry, Link]]] = {
            Parameter.CUSTOMER: self._customer,
            Parameter.WEBHOOK: self._webhook,
            Parameter.BACKUP: self._backup,
            Parameter.TOKEN: self._token,
        }
        entry, link = made[kind](thing)
        return Entry(entry.key, entry.title, entry.group, partial(then, link), entry.detail, also=entry.also)

    def _came(self, kind: Parameter, found: list[Any]) -> None:
        self._found[kind] = found
        self.changed.emit()

    def _customer(self, one: Customer) -> tuple[Entry, Link]:
        detail = f"{one.name} · #{one.id}"
        entry = Entry(f"customer:{one.id}", one.company_name, Group.CUSTOMERS, _nothing, detail, also=one.email)
        return entry, Link("customer", str(one.id))

    def _webhook(self, one: Delivery) -> tuple[Entry, Link]:
        title = f"{one.event} · {self.company(one.customer_id)}"
        attempt = one.last_attempt
        tried = "" if attempt is None else f" · {formats.short_moment(attempt.at, self._context.session.now())}"
        detail = f"{states.word(states.of_delivery(one))}{tried}"
        also = f"{one.id} {one.webhook_id} {one.call_id} {one.url or ''} {translate('palette', 'webhook')}"
        return Entry(f"webhook:{one.id}", title, Group.WEBHOOKS, _nothing, detail, also=also), Link("webhook", one.id)

    def _backup(self, one: Backup) -> tuple[Entry, Link]:
        title = translate("palette", "Backup of %1").replace("%1", formats.moment(one.created_at))
        detail = f"{backup_word(one)} · {formats.size(one.bytes)}"
        also = f"{one.name} {self._context.session.name} {one.created_at:%Y-%m-%d %d.%m.%Y %d %B}"
        entry = Entry(f"backup:{one.name}", title, Group.BACKUPS, _nothing, detail, also=also)
        return entry, Link("system", query={"tab": "backups", "name": one.name})

    def _token(self, one: Token) -> tuple[Entry, Link]:
        state = token_word(token_state(one, self._context.session.now()))
        title = one.name or translate("palette", "Token %1").replace("%1", str(one.id))
        entry = Entry(f"token:{one.id}", title, Group.TOKENS, _nothing, f"{role_word(one.role)} · {state}")
        return entry, Link("system", query={"tab": "tokens", "name": str(one.id)})

    def _settings(self) -> list[Entry]:
        snapshot = self._context.session.last_snapshot
        system = None if snapshot is None else snapshot.system
        if system is None:
            return []
        go, word = self._context.go, translate("palette", "setting")
        return [
            Entry(
                f"setting:{one.name}",
                one.name,
                Group.SETTINGS,
                partial(go, Link("system", query={"tab": "settings", "name": one.name})),
                one.value,
                also=f"{one.title} VBOT_{one.name.upper()} {one.name.replace('_', ' ')} {word}",
            )
            for one in settings_of(system.settings)
        ]


def _nothing() -> None:
    """What an entry does before it is said what is to be done with it."""
