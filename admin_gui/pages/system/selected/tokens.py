"""What can be done with the selected tokens: revoked, once it is said what that means. The one in use goes last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from admin_gui.app_context import AppContext
from admin_gui.client.many import Outcome
from admin_gui.client.tokens import ADMIN, WORKER, Token
from admin_gui.models.system.texts import token_state
from admin_gui.pages.many_at_once import ManyAtOnce
from admin_gui.text import formats
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar

MOST_NAMED = 5


class SelectedTokens(QObject):
    """The bar under the table of tokens. The tab lays out `confirm` and `many.banner`."""

    revoked = Signal(list)  # the numbers of those that are

    def __init__(self, context: AppContext, table: PagedTable) -> None:
        super().__init__(table)
        self._context, self._table = context, table
        self.many = ManyAtOnce(context, table)
        self.confirm = ConfirmErase(context.theme)
        self.confirm.answered.connect(lambda _yes: table.view.setFocus())
        self._asked_about: set[int] = set()
        table.selection_changed.connect(self._look_again)
        self.bar = SelectionBar(context, table)
        self.revoke_button = self.bar.add(
            self.tr("Revoke …"),
            self.ask_to_revoke,
            fits=lambda: bool(self._valid()),
            why_not=lambda: self.tr("Nobody is let in by it any more"),
        )
        self.revoke_button.setProperty("danger", True)

    def ask_to_revoke(self) -> None:
        """What it means, before."""
        chosen = self._valid()
        if not chosen or not self.revoke_button.isEnabled():
            return
        own = next((one for one in chosen if one.is_own), None)
        if len(chosen) == 1:
            title = self.tr("Revoke “%1”?").replace("%1", chosen[0].name)
            yes = self.tr("Revoke my own token") if own else self.tr("Revoke it")
            no, word = self.tr("Keep it"), chosen[0].name if own else ""
            lines = self._of_one(chosen[0])
        else:
            title = self.tr("Revoke %n token(s)?", "", len(chosen))
            yes = self.tr("Revoke %n token(s)", "", len(chosen))
            no, word = self.tr("Keep them"), str(len(chosen))
            lines = self._of_several(chosen)
        self._asked_about = {one.id for one in chosen}
        self.confirm.ask(title, lines, yes, self._of_these(chosen), no=no, type_word=word)

    def _of_one(self, token: Token) -> list[str]:
        used = formats.age(token.last_used_at, self._context.session.now())
        lines = [
            self.tr("Whoever uses it is refused from then on; nobody has used it yet.")
            if token.last_used_at is None
            else self.tr("Whoever uses it is refused from then on; it was last used %1.").replace("%1", used),
            self.tr("It cannot be given back: a new one must be created and handed over."),
        ]
        if token.role == WORKER:
            lines.append(self.tr("Workers that joined with it leave; the calls in their hands wait for others."))
        if token.is_own:
            lines.insert(0, self.tr("This program uses this very token: it is refused at once, and needs another one."))
        elif token.is_own is None and token.role == ADMIN:
            lines.append(self.tr("If it is the one that this program uses, the program is refused too."))
        return lines

    def _of_several(self, chosen: Sequence[Token]) -> list[str]:
        named = ", ".join(f"“{one.name}”" for one in chosen[:MOST_NAMED])
        if len(chosen) > MOST_NAMED:
            named += " " + self.tr("and %n more", "", len(chosen) - MOST_NAMED)
        lines = [
            named,
            self.tr("Whoever uses them is refused from then on."),
            self.tr("They cannot be given back: new ones must be created and handed over."),
        ]
        if any(one.role == WORKER for one in chosen):
            lines.append(self.tr("Workers that joined with one of them leave; their calls wait for others."))
        own = next((one for one in chosen if one.is_own), None)
        if own is not None:
            text = self.tr("“%1” among them is the one that this program uses: it is refused at once.")
            lines.insert(0, text.replace("%1", own.name))
        elif any(one.is_own is None and one.role == ADMIN for one in chosen):
            lines.append(self.tr("If one of them is the one that this program uses, the program is refused too."))
        return lines

    def _of_these(self, chosen: Sequence[Token]) -> Callable[[], None]:
        """A yes is about those that were asked about, or it is asked anew about those of now."""

        def answered() -> None:
            if {one.id for one in self._valid()} == {one.id for one in chosen}:
                self._revoke(chosen)
            else:
                self.ask_to_revoke()

        return answered

    def _revoke(self, chosen: Sequence[Token]) -> None:
        tokens = self._context.appliance.tokens
        self._asked_about = set()
        only = chosen[0].name if len(chosen) == 1 else ""

        def success(count: int) -> str:
            if only:
                return self.tr("“%1” is revoked").replace("%1", only)
            return self.tr("%n token(s) are revoked", "", count)

        def then(outcome: Outcome[Token, None]) -> None:
            self.revoked.emit([token.id for token, _ in outcome.done])

        self.many.do(
            self.tr("Revoking"),
            sorted(chosen, key=lambda one: bool(one.is_own)),  # with it the others could not be any more
            lambda token, _stop: tokens.revoke(token.id),
            lambda token: token.name,
            success,
            then=then,
            again=self._revoke,
        )

    def _look_again(self) -> None:
        """Others are selected by now: who says yes means those."""
        if self._asked_about and {one.id for one in self._valid()} != self._asked_about:
            self._asked_about = set()
            self.confirm.dismiss()

    def _valid(self) -> list[Token]:
        """Of the selected ones those that let somebody in."""
        now = self._context.session.now()
        return [one for one in self._table.selected() if token_state(one, now) == "valid"]
