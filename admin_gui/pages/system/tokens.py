"""Operators' tokens: who may do what, since when, until when; new ones; revoking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from admin_gui.app_context import AppContext
from admin_gui.client.tokens import Token
from admin_gui.client.transport.errors import Invalid
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.system.texts import role_word, token_state, token_tone, token_word
from admin_gui.models.table.columns import Column
from admin_gui.pages.page import Unsaved
from admin_gui.pages.system.selected.tokens import SelectedTokens
from admin_gui.pages.system.tab import SystemTab
from admin_gui.pages.system.token_cards import CreateLine, FreshToken
from admin_gui.text import formats
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.whole_lists import show_anew

translate = QCoreApplication.translate


class TokensTab(SystemTab):
    """The table, a line to create one, and the new token, shown once."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._wanted: int | None = None  # the one that a link names, until it is there
        self.creating = CreateLine(context)
        self.creating.create_button.clicked.connect(self.create_token)
        self.creating.name.returnPressed.connect(self.create_token)
        context.only_admin(self.creating.create_button)
        self.fresh = FreshToken(context)
        self.fresh.taken.connect(lambda: self.creating.tell_problem(""))
        self.table = PagedTable(
            context,
            "tokens",
            self.tr("Tokens"),
            token_columns(context.session.now),
            lambda token: token.id,
            empty=("key", self.tr("No token yet"), ""),
            searchable=False,
        )
        self.selected = SelectedTokens(context, self.table)
        self.selected.revoked.connect(self._forget)
        self.selected.confirm.asking.connect(lambda _asks: self._allow())
        context.session.changed.connect(self._allow)
        self.outer.addWidget(self.creating)
        self.outer.addWidget(self.fresh)
        self.outer.addWidget(self.selected.many.banner)
        self.outer.addWidget(self.selected.confirm)
        self.outer.addWidget(self.table, 1)
        self._allow()

    def show_link(self, link: Link) -> None:
        number = link.query.get("name", "")
        self._wanted = int(number) if number.isdecimal() else None
        self.refresh()

    def refresh(self) -> None:
        self.creating.customer.load()
        self.context.calls.start(self, self.context.appliance.tokens.all, self._show, self._failed, latest="tokens")

    def commands(self) -> list[Command]:
        group = self.tr("Tokens")
        return [
            Command(self.tr("New token"), self._begin_new, "Ctrl+N", group, changes=True),
            Command(self.tr("Revoke the token …"), self.selected.ask_to_revoke, "", group, changes=True),
        ]

    @property
    def chosen_name(self) -> str | None:
        token = self.table.current()
        return None if token is None else str(token.id)

    def unsaved(self) -> Unsaved | None:
        name = self.fresh.token_name
        if name is None:
            return None
        text = self.tr("The new token “%1” is still on the screen: nobody can read it again later.")
        stays = self.tr("The new token “%1” waits under System, Tokens: once it is gone, nobody can read it again.")
        return Unsaved(text.replace("%1", name), self.fresh.forget, stays=stays.replace("%1", name))

    def create_token(self) -> None:
        """As the line says; the token itself is shown this once."""
        line = self.creating
        if not line.create_button.isEnabled() or self.context.calls.is_under_way(self, "create"):
            return
        if not self.fresh.is_taken:
            first = self.tr("Copy “%1” first: once another takes its place, nobody can read it again")
            line.tell_problem(first.replace("%1", self.fresh.token_name or ""))
            return
        if not line.knows_its_customer:
            line.tell_problem(self.tr("There is no such customer: choose one of the list"))
            return
        role, name, only = line.role.currentData(), line.name.text().strip(), line.customer_ids
        reach: timedelta | None = line.expiry.currentData()
        expires_at = None if reach is None else self.context.session.now() + reach
        tokens = self.context.appliance.tokens
        line.tell_problem("")

        def done(token: Token) -> None:
            line.name.clear()
            line.customer.set_value(None)
            self.fresh.show_token(token)
            # In the place of what was said of the one before, such as that it was copied.
            self.context.say(self.tr("“%1” is created: copy it now").replace("%1", token.name), "good")
            self._wanted = token.id
            self.refresh()

        def failed(error: Exception) -> None:
            if isinstance(error, Invalid):
                line.tell_problem(str(error))
            else:
                self.context.say_error(error)

        self.context.calls.start(
            self, lambda: tokens.create(role, name, expires_at, only), done, failed, latest="create"
        )

    def _forget(self, numbers: list[int]) -> None:
        """These are revoked."""
        for number in numbers:
            self.fresh.forget(number)
        self.refresh()

    def _show(self, tokens: list[Token]) -> None:
        now = self.context.session.now()
        # Those that let somebody in stand first, the newest of them on top.
        ordered = sorted(tokens, key=lambda one: (token_state(one, now) != "valid", -one.id))
        show_anew(self.table, ordered)
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.table.select(wanted)
        self._allow()
        self.ready.emit()

    def _failed(self, error: Exception) -> None:
        self.context.say_error(error)
        self.ready.emit()

    def _allow(self) -> None:
        """In a small window there is no room for the question and for what a new one needs."""
        self.creating.setVisible(not self.context.session.is_viewer and not self.selected.confirm.is_asking)

    def _begin_new(self) -> None:
        self.selected.confirm.dismiss()
        self.creating.name.setFocus()


def token_columns(now: Callable[[], datetime]) -> list[Column[Token]]:
    """`now` tells the appliance's clock."""

    def moment(key: str, title: str, never: str, *, hidden: bool = False, yields: int = 0) -> Column[Token]:
        def text(token: Token) -> str:
            found: datetime | None = getattr(token, key)
            return never if found is None else formats.moment(found)

        return Column(
            key,
            title,
            text,
            tooltip=lambda one: formats.utc_tooltip(getattr(one, key)),
            sort=lambda one: getattr(one, key),
            typical=formats.longest_moment(),
            hidden=hidden,
            yields=yields,
        )

    def state(token: Token) -> str:
        found = token_state(token, now())
        return "ends soon" if token.ends_soon and found == "valid" else found  # it may have ended since it was loaded

    def name(token: Token) -> str:
        return translate("tokens", "%1 (used here)").replace("%1", token.name) if token.is_own else token.name

    def customers(token: Token) -> str:
        if token.customer_ids is None:
            return translate("tokens", "all")
        return ", ".join(map(str, token.customer_ids)) or formats.DASH

    return [
        Column("name", translate("tokens", "Token"), name, sort=lambda one: one.name, width=160),
        Column(
            "role",
            translate("tokens", "Role"),
            lambda one: role_word(one.role),
            sort=lambda one: one.role,
            width=115,
            yields=3,
        ),
        Column(
            "customers",
            translate("tokens", "Customers"),
            customers,
            sort=customers,
            width=110,
            yields=2,
        ),
        Column(
            "state",
            translate("tokens", "State"),
            lambda one: token_word(state(one)),
            tone=lambda one: token_tone(state(one)),
            sort=state,
            width=130,
        ),
        moment("expires_at", translate("tokens", "Ends"), translate("tokens", "never")),
        Column(
            "last_used_at",
            translate("tokens", "Last used"),
            lambda one: formats.age(one.last_used_at, now()),
            tooltip=lambda one: formats.utc_tooltip(one.last_used_at),
            sort=lambda one: one.last_used_at,
            width=130,
        ),
        moment("created_at", translate("tokens", "Created"), formats.DASH, yields=1),
        moment("revoked_at", translate("tokens", "Revoked"), formats.DASH, hidden=True),
        Column(
            "id", translate("tokens", "Number"), lambda one: str(one.id), sort=lambda one: one.id, width=80, hidden=True
        ),
    ]
