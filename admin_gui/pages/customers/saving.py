"""Saving what was typed for a customer, or making a new one of it; what the appliance refuses is marked in the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from admin_gui.app_context import SayKind
from admin_gui.appearance.colors import Tone
from admin_gui.client.customers import Customer, Customers
from admin_gui.client.transport.errors import NotFound, Unanswered, Unreachable
from admin_gui.links import Link
from admin_gui.models.customer_fields import TEXTS, Values, values_of
from admin_gui.pages.customers.form import Draft
from admin_gui.pages.customers.lost_answers import Change, Creation, Found, Sending, Verdict
from admin_gui.pages.object_page import ShownObject
from admin_gui.text import error_messages

if TYPE_CHECKING:
    from admin_gui.pages.customers.customer_page import CustomerPage

LOST_ANSWER = "lost answer"  # the name of the call that looks whether it was saved


class CustomerSaving(QObject):
    """One request at a time; what is typed while it is under way stays typed."""

    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._page = page
        self._then: Callable[[], object] | None = None
        self._sending: Sending | None = None  # what was sent last, until it is known to be saved
        self._undone: tuple[Link, Draft] | None = None  # a Discard to take back, by this very link alone
        self._verdict_text = ""  # what stands over the page of it, unless somebody else put something there since
        self.is_under_way = False
        self._could_not_be_sent = False  # the last one, for the appliance was out of reach
        page.context.session.polled.connect(self._answers_again)  # a method's connection ends with its page

    def discard(self) -> None:
        """What was typed is wanted no more: nobody is told what became of it. What is on its way is still answered."""
        if not self.is_under_way:
            self.forget()
        self._page.form.discard()

    def drop(self) -> None:
        """The page is left without it, which can be taken back; not what is on its way, which nobody waits for."""
        if self.is_under_way:
            self.discard()
        else:
            self.discard_unless_undone()

    def discard_unless_undone(self) -> None:
        """One click has thrown it away, and another one brings it back."""
        page, draft = self._page, self._page.form.draft()
        link, wanted, sending = page.link, page.wanted, self._sending
        self.forget()
        page.form.discard()
        if draft is None:
            return
        undone = replace(draft, sending=sending)  # else what may be there already would be created once more

        def undo() -> None:
            if page.is_seen and page.wanted == wanted:
                page.restore(undone)
            else:
                way_back = replace(link)
                self._undone = way_back, undone
                page.context.go(way_back)  # which asks first, where something is typed by now that would be lost

        page.say(self.tr("What you typed is discarded"), undo=undo)

    def bring_back(self) -> None:
        """What was discarded, and is wanted after all, once its customer is the one that is wanted.

        Whoever was asked first, and stayed, may come there much later by another way: not for that.
        """
        if self._undone is not None and self._undone[0] is self._page.link:
            (_link, draft), self._undone = self._undone, None
            self._page.restore(draft)

    def take_up(self, sending: Sending | None) -> None:
        """What was typed is there again, and nobody knows yet what came of sending it."""
        if self._sending is None:
            self._sending = sending
            self.look_for_lost()

    def forget(self) -> None:
        """What is under way is about another customer from now on."""
        self._take_back_verdict()
        self.is_under_way, self._then, self._sending = False, None, None
        self._could_not_be_sent = False

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Send what was changed; for a new one, create it. `then` is called once it is saved."""
        page, thing = self._page, self._page.shown
        if self.is_under_way:
            self._then = then or self._then
            return
        if thing is None or not page.context.session.may_change:
            return  # `then` is forgotten: what was sent before may be found saved later
        self._then = then
        if page.customer is None:
            self._create(thing)
        elif page.form.changes() or self._lost_change is not None:
            self._update(thing, page.customer)
        else:
            self._go_on()

    def look_for_lost(self) -> None:
        """Where no answer came to what was sent: whether it is saved by now."""
        sending = self._sending
        if sending is None or not sending.is_lost or self.is_under_way:
            return
        self._page.look(
            sending.find, lambda found: self._found(sending, found), lambda _error: None, latest=LOST_ANSWER
        )

    @Slot(object)
    def _answers_again(self, _snapshot: object) -> None:
        """Whoever waits to hear whether it is saved is told by itself, and so is who could not save."""
        if self._could_not_be_sent:
            self._tell_that_it_can_be_sent()
        is_asked = self._page.context.calls.is_under_way(self._page, LOST_ANSWER)
        if self._sending is not None and self._sending.told is None and not is_asked:
            self.look_for_lost()

    def _tell_that_it_can_be_sent(self) -> None:
        self._could_not_be_sent = False
        if self._sending is not None and self._page.form.typed() and not self._sending.is_lost:
            self._show_verdict(
                self.tr("The appliance answers again. What you typed is not saved yet: press Save again.")
            )

    def recognises(self, customer: Customer) -> bool:
        """Whether what the appliance has comes of our own change, to which no answer came: that is told then."""
        sending = self._lost_change
        if sending is None:
            return False
        found = sending.look_at(customer)
        if found.verdict is Verdict.NOTHING and sending.told is not Verdict.DELETED:
            return False
        self._found(sending, found)
        return True

    def _found(self, sending: Sending, found: Found) -> None:
        if sending is not self._sending or self.is_under_way:
            return
        customer = found.customer
        if customer is None or found.verdict is not Verdict.SAVED:
            self._tell_unsaved(sending, found)
        elif isinstance(sending, Creation):
            self._created(customer, sending.sent)
            self._page.say(self._created_after_all(customer), "good")
        else:
            self._saved(customer, sending.sent)
            self._say(self.tr("The appliance's answer was lost, but what you changed is saved"), "good")

    def _created_after_all(self, customer: Customer) -> str:
        template = self.tr("The appliance's answer was lost, but %1 is created")
        if self._page.is_seen:
            template = self.tr("The appliance's answer was lost, but %1 is created: this is it")
        return template.replace("%1", customer.company_name)

    def _tell_unsaved(self, sending: Sending, found: Found) -> None:
        """Said once, and shown as it stands now; should it arrive late, or be there again, it is found still."""
        before, sending.told = sending.told, found.verdict
        page = self._page
        if not page.form.changes():
            return  # it was typed back meanwhile: nothing is missing
        if found.verdict is Verdict.DELETED:
            self._show_deleted()
        elif isinstance(sending, Change) and found.customer is not None and found.verdict is Verdict.OVERTAKEN:
            text = self.tr(
                "No answer came, and the same was changed elsewhere meanwhile. There is now: %1. Save overwrites that."
            )
            there = page.form.told(values_of(found.customer), sending.changed)
            self._show_verdict(text.replace("%1", there), "warn", (self.tr("Discard mine"), page.discard))
        elif before is not found.verdict:
            text = self.tr(
                "It was not saved: the appliance has nothing of it. What you typed is still here: press Save again."
            )
            self._show_verdict(text)
        if before is None:
            short = {
                Verdict.OVERTAKEN: self.tr("It was changed elsewhere meanwhile"),
                Verdict.DELETED: self.tr("It was deleted meanwhile"),
            }
            self._say(short.get(found.verdict, self.tr("Not saved")), "bad")

    def _show_deleted(self) -> None:
        words, link = self._page.fallback_page()
        text = self.tr("The customer was deleted meanwhile, and nothing of it can be saved any more.")
        self._show_verdict(text, "bad", (words, lambda: self._page.context.go(link)))

    def _show_verdict(
        self, text: str, tone: Tone = "warn", action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        self._verdict_text = text
        self._page.notice.show_message(text, tone, action)

    def _take_back_verdict(self) -> None:
        """It is sent again, or is wanted no more."""
        verdict_text, self._verdict_text = self._verdict_text, ""
        if verdict_text and self._page.notice.text == verdict_text:
            self._page.notice.clear()

    def _say(self, text: str, kind: SayKind) -> None:
        """About the customer that was sent: beside another page with its name."""
        if self._page.is_seen:
            self._page.say(text, kind)
        else:
            self._page.context.say(f"{self._name}: {text}", kind)

    @property
    def _name(self) -> str:
        """Of one that is not there yet: what it was to be called."""
        sent = {} if self._sending is None else self._sending.sent
        return str(sent.get("company_name") or self._page.title()) if self._page.is_new else self._page.title()

    def _create(self, thing: ShownObject) -> None:
        form = self._page.form
        values = form.values()
        # The appliance says which of these it misses.
        fields = {**{name: values[name] for name in TEXTS}, **form.changes()}
        sending = self._sending if isinstance(self._sending, Creation) else Creation(self._customers)
        stays = self._then is None

        def text(customer: Customer) -> str:
            template = self.tr("%1 is created; its API key is on its page") if stays else self.tr("%1 is created")
            if sending.is_lost:
                return self._created_after_all(customer)
            return template.replace("%1", customer.company_name)

        self._send(thing, sending, lambda: sending.send(fields, values), lambda one: self._created(one, values), text)

    @property
    def _customers(self) -> Customers:
        return self._page.context.appliance.customers

    def _created(self, customer: Customer, sent: Values) -> None:
        page, self._sending = self._page, None
        since = page.form.typed_since(sent)
        page.form.forget()
        if self._then is not None:
            self._go_on()
        elif self._page.is_seen:
            page.context.go(f"customer/{customer.id}")
            if since:
                page.restore(Draft((customer.id, customer.created_at), since))

    @property
    def _lost_change(self) -> Change | None:
        """Of which the appliance may have what does not stand in the form any more."""
        sending = self._sending
        return sending if isinstance(sending, Change) and sending.is_lost else None

    def _update(self, thing: ShownObject, customer: Customer) -> None:
        form = self._page.form
        values = form.values()
        change = self._lost_change or Change(self._customers, customer.id, form.before)
        changed = change.fields(values)

        def text(_saved: Customer) -> str:
            lost = self.tr("The appliance's answer was lost, but what you changed is saved")
            return lost if change.is_lost else self.tr("Saved")

        self._send(thing, change, lambda: change.send(changed, values), lambda saved: self._saved(saved, values), text)

    def _saved(self, customer: Customer, sent: Values) -> None:
        moved = self._page.customer is None or self._page.customer.webhook_url != customer.webhook_url
        self._sending = None
        self._page.show_saved(customer, sent)
        if moved and customer.webhook_url:
            self._page.doing.offer_failed(customer.id)
        self._go_on()

    def _send(
        self,
        thing: ShownObject,
        sending: Sending,
        work: Callable[[], Customer],
        done: Callable[[Customer], object],
        success_text: Callable[[Customer], str],
    ) -> None:
        self._page.form.forget_problems()
        self._take_back_verdict()
        self._could_not_be_sent = False
        self.is_under_way, self._sending = True, sending
        self._page.allow()

        def succeeded(customer: Customer) -> None:
            self.is_under_way = False
            done(customer)

        # A new one's text has its name.
        named = isinstance(sending, Creation)
        self._page.do(
            thing,
            work,
            succeeded,
            self._refused,
            success_text=success_text,
            plain=named,
            doing=self.tr("Saving …"),
        )

    def _refused(self, error: Exception) -> None:
        page, sending = self._page, self._sending
        self.is_under_way, self._then = False, None
        page.allow()
        page.edited.emit()  # nobody waits for it any more
        if not self._page.is_seen:
            # Somebody did not wait, and has discarded it: it is told once, and looked for no more.
            is_open = isinstance(error, Unanswered) or (sending is not None and sending.is_lost)
            self._say(error_messages.message_of(error) if is_open else error_messages.unsaved(error), "bad")
            self._sending = None
            return
        if isinstance(error, Unreachable) and sending is not None and sending.is_lost:
            sending.told = None  # also where this one did not get through: an earlier one may have
            page.say(
                self.tr(
                    "No answer came. Whether it is saved is looked up once the appliance answers again, and told here."
                ),
                "bad",
            )
            return
        self._could_not_be_sent = isinstance(error, Unreachable)
        if isinstance(error, NotFound) and page.customer is not None:
            self._show_deleted()
        shown = page.form.tell_unsaved(page.context, error)
        if shown is not None:
            page.area.ensureWidgetVisible(shown)

    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()
