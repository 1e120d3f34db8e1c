"""What stands in the place of a conversation that is not there: what the call waits for, or why there is none."""

from __future__ import annotations

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call, CallFault
from admin_gui.client.system import System
from admin_gui.models.failing_calls import error_words, what_helps
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.widgets.banner import EmptyState


class WithoutWords(EmptyState):
    """In words, with what can be done."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.theme, "calls", "")

    def show_call(self, call: Call, system: System | None) -> None:
        """`system` is None where our token may not see the appliance."""
        self.set_texts(*self._words(call, system))

    def _words(self, call: Call, system: System | None) -> tuple[str, str]:
        if call.error is not None:
            return self._failed(call.error)
        if call.state == "processing":
            return self.tr("It is being analysed"), self._progress(call, system)
        if not call.is_final:
            return self.tr("It waits for a worker"), self._queue(system)
        if call.empty:
            return self.tr("Nothing was recorded in this call"), self._why_empty(call)
        if call.is_erased:
            kept = self.tr("When its retention was over, or with its customer; that it took place is kept.")
            return self.tr("What was said in this call was erased"), kept
        silent = self.tr("Nobody speaks in this recording.")
        return silent if call.no_speech else self.tr("Nothing was heard in this recording."), ""

    def _why_empty(self, call: Call) -> str:
        unanswered = self.tr(
            "Mostly nobody answered. It is no failure; a webhook tells of it only where the customer's settings say so."
        )
        return "\n\n".join([unanswered, *map(translated, call.warnings or ())])

    def _failed(self, fault: CallFault) -> tuple[str, str]:
        if fault.code == "damaged":
            damaged = self.tr("What is stored of this call is damaged and cannot be shown.")
            return damaged, self.tr("It can be analysed again.")
        title = self.tr("It failed: %1").replace("%1", error_words(fault.code))
        # Last of all what others wrote: nothing in it is taken for a place to fill.
        said = self.tr("The appliance says: %1").replace("%1", f"{translated(fault.message)} ({fault.code})")
        return title, f"{what_helps(fault.code)}\n\n{said}"

    def _progress(self, call: Call, system: System | None) -> str:
        for worker in () if system is None else system.workers:
            for one in worker.calls_in_hand:
                if one.call_id == call.call_id:
                    text = self.tr("%1 of it is done, by the worker %2.").replace("%1", formats.percent(one.progress))
                    return f"{text.replace('%2', worker.name)} {self._by_itself()}"
        return self._by_itself()

    def _queue(self, system: System | None) -> str:
        soon = self.tr("It begins as soon as one is free.")
        if system is None:
            return f"{soon} {self._by_itself()}"
        none = self.tr("None is ready at present: see System, Status.")
        first = soon if any(worker.state == "ready" for worker in system.workers) else none
        queue = self.tr("%n call(s) wait in all", "", system.queue.waiting)
        if system.queue.oldest_age_seconds is not None:
            oldest = formats.span(system.queue.oldest_age_seconds)
            queue += ", " + self.tr("the first for %1").replace("%1", oldest)
        return f"{first} {queue}. {self._by_itself()}"

    def _by_itself(self) -> str:
        return self.tr("This page fills in by itself.")
