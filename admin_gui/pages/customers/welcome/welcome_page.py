"""From an appliance without a customer to results that arrive, in five steps that can be left and taken up again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Attempt
from admin_gui.client.events import Event
from admin_gui.local_storage.first_steps import FirstStepsMemory, Remembered
from admin_gui.models.customer_fields import TEXTS
from admin_gui.models.first_steps import TEST_CALL, FirstSteps, Step, look, recovery_key_kept
from admin_gui.pages.customers.form import CustomerForm
from admin_gui.pages.customers.lost_answers import Creation
from admin_gui.pages.customers.welcome.recovery_card import RecoveryCard
from admin_gui.pages.customers.welcome.step_card import StepCard
from admin_gui.pages.customers.welcome.step_column import StepColumn
from admin_gui.pages.customers.welcome.steps import CallStep, CustomerStep, KeyStep, LineStep, WebhookStep
from admin_gui.pages.customers.welcome.testing import SavedTest
from admin_gui.pages.customers.welcome.typed import Drafts, TypedInWelcome
from admin_gui.pages.page import Page, Unsaved
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.plain_label import PlainLabel

R = TypeVar("R")
Tell = Callable[[Exception], object]

LOOK_AGAIN_MS = 5_000  # each look reads calls, which the audit says of whoever does


@dataclass(frozen=True, slots=True)
class _Found:
    steps: FirstSteps
    customer: Customer | None  # with its keys
    key_is_kept: bool


class WelcomePage(Page):
    """What is done is what the appliance shows to be done; what was copied here counts until it does."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.steps = FirstSteps()
        self._customer: Customer | None = None
        self._creation: Creation | None = None
        self._key_is_kept = False
        self._next: Step | None = None
        self._busy = False
        self._acted = False  # what is looked at next comes of what was done here
        self.notice = Banner(context.theme)
        self.customer_step = CustomerStep(context, 1)
        self.key_step = KeyStep(context, 2)
        self.line_step = LineStep(context, 3)
        self.call_step = CallStep(context, 4)
        self.webhook_step = WebhookStep(context, 5)
        self._typed = TypedInWelcome(self.customer_step.form, self.webhook_step.form)
        self.recovery = RecoveryCard(context)
        self.cards: dict[Step, StepCard] = {
            Step.CUSTOMER: self.customer_step,
            Step.KEY: self.key_step,
            Step.LINE: self.line_step,
            Step.CALL: self.call_step,
            Step.WEBHOOK: self.webhook_step,
        }
        self.leave_button = QPushButton(self.tr("Continue later"))
        self.leave_button.clicked.connect(self.leave)
        self.never_button = QPushButton(self.tr("Do not show it again"))
        self.never_button.clicked.connect(self.put_away)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(LOOK_AGAIN_MS)
        self._again.timeout.connect(self.refresh)
        self._connect()
        self._lay_out()

    # What the window asks

    @property
    def _memory(self) -> FirstStepsMemory:
        return FirstStepsMemory(self.context.memory, self.context.appliance.connection)

    def title(self) -> str:
        return self.tr("Welcome")

    def refresh(self) -> None:
        if self.context.session.is_viewer:
            self.notice.show_message(self.tr("Setting up needs an administrator's token."), "calm")
            self.area.inner.hide()
            self.ready.emit()
            return
        appliance, known = self.context.appliance, self._customer
        remembered = self._memory.read() or Remembered()

        def ask() -> _Found:
            steps = look(appliance, remembered.customer_id)
            kept = remembered.recovery_key_kept or recovery_key_kept(appliance)
            listed = steps.customer
            if listed is None or known is None or (listed.id, listed.updated_at) != (known.id, known.updated_at):
                # Its keys are asked for once: the audit has a line for each time that somebody looks at them.
                return _Found(steps, None if listed is None else appliance.customers.one(listed.id), kept)
            return _Found(steps, known, kept)

        self.context.calls.start(self, ask, self._show, self._no_answer, latest="steps")

    def on_events(self, events: list[Event]) -> None:
        if any(event.kind in ("customer", "call", "delivery") for event in events) and not self._again.isActive():
            self._again.start()

    def header_widgets(self) -> list[QWidget]:
        return [self.never_button, self.leave_button]

    def unsaved(self) -> Unsaved | None:
        return self._typed.unsaved()

    def draft(self) -> Drafts | None:
        return self._typed.draft()

    def restore(self, draft: Drafts) -> None:
        self._typed.restore(draft)

    # How it stands

    def _show(self, found: _Found) -> None:
        self.steps, self._key_is_kept = found.steps, found.key_is_kept
        if found.customer != self._customer:
            self._take(found.customer)
        self.call_step.show_call(found.steps.last_call)
        acted, self._acted = self._acted, False
        self._show_states(unasked=not acted)
        self.ready.emit()

    def _no_answer(self, error: Exception) -> None:
        self.context.say_error(error)
        self.ready.emit()

    def _take(self, customer: Customer | None) -> None:
        former, self._customer = self._customer, customer
        self.customer_step.show_customer(customer)
        self.webhook_step.form.show_customer(customer, keep_typed=True)
        self._typed.type_in()
        self.key_step.key.set_secret("" if customer is None else customer.api_key)
        if customer is None:
            self.line_step.lines.forget()
        elif former is None or former.id != customer.id or former.api_key != customer.api_key:
            self.line_step.lines.show_customer(customer)
        if customer is not None and (self._memory.read() or Remembered()).customer_id != customer.id:
            self._memory.change(customer_id=customer.id, key_copied=False, lines_copied=False)

    def _look_at_what_was_done(self) -> None:
        self._acted = True
        self.refresh()

    def _show_states(self, *, unasked: bool = False) -> None:
        """Nothing folds and nothing moves under somebody's hands: that is done when they are elsewhere next time."""
        moves = not (self.is_ready and self._typed.must_not_move(self, unasked=unasked))
        remembered = self._memory.read() or Remembered()
        copied = {
            step
            for step, was in ((Step.KEY, remembered.key_copied), (Step.LINE, remembered.lines_copied))
            if was and step not in self.steps.done
        }
        following = next((step for step in Step if step not in self.steps.done and step not in copied), None)
        for step, card in self.cards.items():
            if step in self.steps.done:
                card.show_state(self.tr("done"), "good", self._result(step), moves=moves)
            elif step in copied:
                result = self.tr("Done as soon as a call has come with it.")
                card.show_state(self.tr("copied"), "busy", result, moves=moves)
            else:
                word = self.tr("next") if step is following else ""
                card.show_state(word, "busy", self._result(step), moves=moves)
            card.setEnabled(step is Step.CUSTOMER or self._customer is not None)
        if moves and (following is not self._next or not self.is_ready):
            self._go_on(following)
        if self.steps.are_done:
            remembered = remembered if remembered.finished else self._memory.change(finished=True)
        if moves and self.steps.are_done:
            self.notice.show_message(self.tr("Everything works: calls come in, and results arrive."), "good")
        elif moves:
            self.notice.clear()
        self.leave_button.setText(self.tr("Finish") if self.steps.are_done else self.tr("Continue later"))
        self.leave_button.setToolTip("" if self.steps.are_done else self.tr("A line on the overview leads back here"))
        self.never_button.setVisible(not self.steps.are_done)
        if self._key_is_kept or remembered.recovery_key_kept:
            self.recovery.hide()
        else:
            snapshot = self.context.session.last_snapshot
            self.recovery.ask(None if snapshot is None else snapshot.system)

    def _result(self, step: Step) -> str:
        """What the appliance shows of it, also when that is nothing yet."""
        customer = self._customer
        match step:
            case Step.CUSTOMER:
                return "" if customer is None else customer.company_name
            case Step.CALL:
                return "" if customer is None else self.call_step.words(self.steps.analysed or self.steps.last_call)
            case Step.WEBHOOK:
                return "" if customer is None else customer.webhook_url or ""
        return ""

    def _go_on(self, step: Step | None) -> None:
        """Unfold what comes next, and nothing else; the keyboard goes with it where it was in what is folded."""
        focus = self.focusWidget()
        within = any(focus is not None and card.isAncestorOf(focus) for card in self.cards.values())
        self._next = step
        for one, card in self.cards.items():
            card.unfold(one is step)
        if step is not None and (within or self.hasFocus()):
            self.cards[step].first_focus.setFocus()

    # What is done

    def leave(self) -> None:
        """To the overview, which has a line that leads back."""
        self.context.go("overview")

    def put_away(self) -> None:
        """No line on the overview any more; the palette still has it."""
        self._memory.change(put_away=True)
        memory = self._memory
        text = self.tr("The command palette shows it again, under “Welcome”")
        self.context.say(text, "info", lambda: memory.change(put_away=False))
        self.leave()

    def _create(self) -> None:
        customers, form = self.context.appliance.customers, self.customer_step.form
        values = form.values()
        fields = {name: values[name] for name in TEXTS}
        creation = self._creation = self._creation or Creation(customers)  # after a lost answer it is looked for

        def tell(error: Exception) -> None:
            form.tell_unsaved(self.context, error, may_be_saved=creation.is_lost)

        if self._ask(form, lambda: creation.send(fields, values), self._created, tell):
            form.set_editable(False)  # what would be typed meanwhile goes with the fields

    def _created(self, customer: Customer) -> None:
        self._creation = None
        self._memory.change(customer_id=customer.id, key_copied=False, lines_copied=False)
        self.customer_step.form.forget()
        self.context.say(self.tr("%1 is created").replace("%1", customer.company_name), "good")
        self._look_at_what_was_done()

    def _test(self) -> None:
        """Of the address that stands there, which is saved first."""
        step, customer = self.webhook_step, self._customer
        if customer is None or self._busy:
            return
        test = SavedTest(self.context, customer.id, step.form)
        step.outcome.show_message(self.tr("Waiting for the receiver …"), "busy")
        self._ask(step.form, test.run, lambda attempt: self._tested(attempt, test), test.tell)

    def _tested(self, attempt: Attempt, test: SavedTest) -> None:
        self.webhook_step.form.forget(test.sent)
        self.webhook_step.show_attempt(attempt)
        if test.saves:
            self.context.say(self.tr("Saved"), "good")
        self._look_at_what_was_done()

    def _ask(self, form: CustomerForm, work: Callable[[], R], done: Callable[[R], object], tell: Tell) -> bool:
        """One request at a time; `tell` says what went wrong. Tells whether it was asked."""
        if self._busy or not self.context.session.may_change:
            return False
        self._busy = True
        form.forget_problems()

        def succeeded(result: R) -> None:
            self._busy = False
            form.set_editable(True)
            done(result)

        def refused(error: Exception) -> None:
            self._busy = False
            form.set_editable(True)
            self.webhook_step.outcome.clear()
            tell(error)

        self.context.calls.start(self, work, succeeded, refused, doing=self.tr("Saving …"))
        return True

    def _ask_for_recording(self) -> None:
        chooser = QFileDialog(self, self.tr("Send a recording"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.setNameFilters([self.tr("Recordings (*.wav *.mp3 *.ogg *.flac)"), self.tr("All files (*)")])
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(lambda name: self.send_recording(Path(name)))
        chooser.open()

    def send_recording(self, file: Path) -> None:
        """As the telephone system will."""
        customer, calls = self._customer, self.context.appliance.calls
        if customer is None:
            return
        title = self.tr("Sending %1").replace("%1", file.name)
        self.context.run_long(
            self,
            title,
            lambda _progress, _stop: calls.send_recording(
                customer.api_key, file.read_bytes(), f"{TEST_CALL}{uuid.uuid4()}"
            ),
            lambda _call_id: self._look_at_what_was_done(),
        )

    def _remember(self, **fields: bool) -> None:
        self._memory.change(**fields)
        self._show_states()

    def _keep(self, *, kept: bool) -> None:
        self._remember(recovery_key_kept=kept)
        self.context.session.poll_now()  # the overview asks for it, too, or does no more

    def _kept(self) -> None:
        self._keep(kept=True)
        self.context.say(self.recovery.said(), "good", lambda: self._keep(kept=False))

    def _open_customer(self) -> None:
        if self._customer is not None:
            self.context.go(f"customer/{self._customer.id}")

    def _connect(self) -> None:
        self.customer_step.created.connect(self._create)
        self.customer_step.opened.connect(self._open_customer)
        self.key_step.key.copied.connect(lambda: self._remember(key_copied=True))
        self.line_step.lines.copied.connect(lambda: self._remember(lines_copied=True))
        self.call_step.send.connect(self._ask_for_recording)
        self.call_step.opened.connect(lambda call_id: self.context.go(f"call/{call_id}"))
        self.webhook_step.test.connect(self._test)
        self.webhook_step.opened.connect(self._open_customer)
        self.recovery.kept.connect(self._kept)
        for form in (self.customer_step.form, self.webhook_step.form):
            form.changed.connect(self.edited)

    def _lay_out(self) -> None:
        about = PlainLabel(self.tr("Five steps from an empty appliance to results that arrive where you need them."))
        about.setProperty("muted", True)
        about.setWordWrap(True)
        self.area = StepColumn(about, *self.cards.values(), self.recovery)
        self.content.addWidget(self.notice)
        self.content.addWidget(self.area, 1)
