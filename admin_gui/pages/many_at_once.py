"""One thing done with each of the selected rows, to the end, and what came of it told in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from admin_gui.app_context import AppContext, Offer, Undo
from admin_gui.client.many import Outcome, each
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.pages.page import is_looked_at
from admin_gui.text import error_messages
from admin_gui.widgets.banner import Banner

T = TypeVar("T")
R = TypeVar("R")
MOST_REASONS = 3


class ManyAtOnce(QObject):
    """A page's, or a tab's, which lays out `banner`: that asks before, and says with which it was not done, and why."""

    def __init__(self, context: AppContext, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._context = context
        self.banner = Banner(context.theme)
        self._question = ""  # in these words

    def ask(self, text: str, yes: str, run: Callable[[], object]) -> None:
        """Before what is better not done by mistake."""

        def answered() -> None:
            self.banner.clear()
            run()

        self._question = text
        self.banner.ask(text, (yes, answered))

    def dismiss(self) -> None:
        """The question is about others than those that are selected by now; what was told stays."""
        if self.banner.text == self._question:
            self.banner.clear()

    def do(
        self,
        title: str,
        rows: Sequence[T],
        work: Callable[[T, Stop], R],
        name_of: Callable[[T], str],
        success: Callable[[int], str],
        *,
        then: Callable[[Outcome[T, R]], object] = lambda _outcome: None,
        undo: Callable[[Outcome[T, R]], object] | None = None,
        again: Callable[[Sequence[T]], object] | None = None,
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        """On a thread, with progress and a button to stop it. `success` says it of so many, where none was refused.

        `then` is told what came of it, also when it was stopped and the one in hand is through; `again` does it with
        those for which the connection was at fault, `undo` takes back what was done where there are none.
        `ended` is called however it ends, after `then`. Neither is when the page goes with the connection.
        """
        outcome: Outcome[T, R] = Outcome()
        self.banner.clear()

        def run(progress: Progress, stop: Stop) -> Outcome[T, R]:
            return each(rows, lambda one: work(one, stop), progress, stop, outcome)

        def take_back() -> Callable[[], object] | None:
            return (lambda: undo(outcome)) if undo is not None and outcome.done else None

        def done(_outcome: Outcome[T, R]) -> None:
            then(outcome)
            rest = outcome.rest
            do_rest = None
            if again is not None and rest:
                do_rest = Offer(self.tr("Do the rest now"), lambda: again(rest), needs_appliance=True)
            self._tell(outcome, name_of, success, do_rest or take_back())
            ended()

        def failed(error: Exception) -> None:
            self._context.say_error(error)
            ended()

        call = self._context.run_long(self._page, title, run, done, failed)
        end = call.on_cancel

        def say_stopped(undo: Callable[[], object] | None = None) -> None:
            text = self.tr("Stopped: %1 of %2 done").replace("%1", str(len(outcome.done)))
            self._context.say(text.replace("%2", str(len(rows))), "info", undo)

        def cancelled() -> None:
            if end is not None:
                end()
            if not self._context.session.is_connected:  # the page goes: nobody is told how the one in hand ends
                say_stopped()

        def stopped() -> None:
            if not self._context.session.is_connected:
                return
            if len(outcome.done) + len(outcome.not_done) == len(rows):
                done(outcome)  # the one in hand was the last
                return
            then(outcome)
            say_stopped(take_back())
            ended()

        call.on_cancel, call.on_stopped = cancelled, stopped

    def _tell(
        self,
        outcome: Outcome[Any, Any],
        name_of: Callable[[Any], str],
        success: Callable[[int], str],
        offer: Undo | Offer | None,
    ) -> None:
        """`offer`: what can be done about it, or taken back."""
        if not outcome.not_done:
            self._context.say(success(len(outcome.done)), "good", offer)
            return
        text = self.tr("%1 done, %2 not: %3").replace("%1", str(len(outcome.done)))
        text = text.replace("%2", str(len(outcome.not_done))).replace("%3", self._reasons(outcome, name_of))
        if not is_looked_at(self._page):
            self._context.say(text, "bad", offer)  # it waits on the page, too
        elif offer is None:
            self.banner.show_message(text, "warn", (self.tr("Close"), self.banner.clear))
        elif isinstance(offer, Offer):
            self.banner.ask(text, (offer.words, self._closing(offer.run)))
        else:
            self.banner.ask(text, (self.tr("Take back what was done"), self._closing(offer)))

    def _closing(self, run: Callable[[], object]) -> Callable[[], object]:
        def closed() -> None:
            self.banner.clear()
            run()

        return closed

    def _reasons(self, outcome: Outcome[Any, Any], name_of: Callable[[Any], str]) -> str:
        """Each with its reason; of many that have the same the first by name, and how many more."""
        counted = Counter(error_messages.message_of(error).rstrip(".") for _, error in outcome.not_done)
        parts = []
        for why, count in counted.most_common(MOST_REASONS):
            first = next(one for one, error in outcome.not_done if error_messages.message_of(error).rstrip(".") == why)
            named = name_of(first)
            if count > 1:
                named = self.tr("%1 and %n more", "", count - 1).replace("%1", named)
            parts.append(f"{named}: {why}")
        if len(counted) > MOST_REASONS:
            others = sum(counted.values()) - sum(count for _, count in counted.most_common(MOST_REASONS))
            parts.append(self.tr("and %n more", "", others))
        return "; ".join(parts)
