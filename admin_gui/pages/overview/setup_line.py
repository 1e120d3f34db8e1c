"""The line on the overview while an appliance is not set up to the end."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from admin_gui.app_context import AppContext
from admin_gui.local_storage.first_steps import FirstStepsMemory
from admin_gui.models.first_steps import FirstSteps, Step, look
from admin_gui.pages.registry import WELCOME
from admin_gui.widgets.banner import Banner

# Calls may come many a second: it is asked at most so often.
LOOK_AGAIN_MS = 60_000


class SetupLine(Banner):
    """Hidden where the welcome was never begun from here, was put away, or is done."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.theme)
        self._context = context
        self._has_missed = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._end_pause)

    @property
    def _memory(self) -> FirstStepsMemory:
        return FirstStepsMemory(self._context.memory, self._context.appliance.connection)

    def look(self) -> None:
        """Ask how far it is, unless nobody wants to know."""
        remembered = self._memory.read()
        if remembered is None or not remembered.is_open or self._context.session.is_viewer:
            self.clear()
            return
        appliance, customer_id = self._context.appliance, remembered.customer_id
        self._context.calls.start(
            self,
            lambda: look(appliance, customer_id),
            self._show,
            lambda _error: None,  # the overview is of use without it
            latest="steps",
        )

    def look_again(self) -> None:
        """A call or a webhook may have been a step: what comes soon after is looked at together, later."""
        self._has_missed = self._pause.isActive()
        if not self._has_missed:
            self.look()
            self._pause.start(LOOK_AGAIN_MS)

    def _end_pause(self) -> None:
        if self._has_missed:
            self.look_again()

    def _show(self, steps: FirstSteps) -> None:
        if steps.are_done:
            self._memory.change(finished=True)
            self.clear()
            return
        text = self.tr("The appliance is not set up yet: %1 of %2 steps are done.")
        text = text.replace("%1", str(len(steps.done))).replace("%2", str(len(Step)))
        self.show_message(text, "busy", (self.tr("Go on"), lambda: self._context.go(WELCOME)))
