"""A page about one thing: which is wanted, which is on screen, and that nothing is done to what is not on screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, final

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext, SayKind, Subject, Undo
from admin_gui.client.transport.errors import ClientError, NotFound
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.pages.page import SPACING, Page
from admin_gui.text import error_messages
from admin_gui.widgets.banner import Banner

T = TypeVar("T")
R = TypeVar("R")

# The name of the call that asks for what the page shows: the newest one counts.
LOADING = "object"


@dataclass(frozen=True, slots=True)
class ShownObject:
    """What is on screen: its id in links and requests, and what it is called."""

    id: str
    name: str


class ObjectPage(Page, Generic[T]):
    """The link says what is *wanted*; `shown` is what has *come*, and all that is done is done to that.

    As soon as another one is wanted, the former is put away: nothing of it is seen any more, no button and no command
    of the page works, and answers about it are not shown. So it stays until the wanted one has come, however long that
    takes, and for good when it never comes.
    """

    # What a page implements, all of it. Each says in its docstring what it is.
    _TO_IMPLEMENT = ("load", "show_object", "forget", "object_title", "kind_title", "object_commands", "fallback_page")

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        missing = [name for name in cls._TO_IMPLEMENT if getattr(cls, name) is getattr(ObjectPage, name)]
        if missing:
            raise TypeError(f"{cls.__name__} must implement {', '.join(missing)}")

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._shown: ShownObject | None = None
        # Goes up when another one is wanted: an answer that was asked for before is about something else.
        self._visit = 0
        # What has the keyboard when the object has come.
        self.first_focus: QWidget | None = None
        self.notice = Banner(context.theme)
        self._body = QWidget()
        self._inner = QVBoxLayout(self._body)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(SPACING)
        self._layout.addWidget(self.notice)
        self._layout.addWidget(self._body, 1)
        self._below = QWidget()
        self._layout.addWidget(self._below)

    # What a page implements

    def load(self, target: str) -> Callable[[], T]:
        """The work, for a thread, that asks for this one. May raise NotFound at once."""
        raise NotImplementedError

    def show_object(self, found: T) -> None:
        """It has come, or has come anew. Emit `ready` when all of it is there."""
        raise NotImplementedError

    def forget(self) -> None:
        """It is on screen no more: take it out of the widgets, and end what is under way for it."""
        raise NotImplementedError

    def object_title(self) -> str:
        """What stands over the one that is shown."""
        raise NotImplementedError

    def kind_title(self) -> str:
        """What stands over the page while there is none."""
        raise NotImplementedError

    def object_commands(self) -> list[Command]:
        """What can be done to the one that is shown."""
        raise NotImplementedError

    def fallback_page(self) -> tuple[str, str]:
        """Where to go when there is none: the words of a button, and a link."""
        raise NotImplementedError

    def begins_anew(self, target: str) -> bool:
        """Whether a visit to this target always begins with nothing."""
        return False

    # What a page uses

    @property
    def shown(self) -> ShownObject | None:
        """What is on screen; None until the wanted one has come."""
        return self._shown

    @property
    def wanted(self) -> str:
        """The id that the link names: for asking, never for doing."""
        return self.link.target or ""

    @property
    def content(self) -> QVBoxLayout:
        return self._inner

    def refresh(self) -> None:
        wanted = self.wanted
        try:
            work = self.load(wanted)
        except ClientError as error:
            self._failed(wanted, error)
            return
        self.context.calls.start(
            self,
            work,
            lambda found: self.came(wanted, found),
            lambda error: self._failed(wanted, error),
            latest=LOADING,
        )

    def came(self, target: str, found: T) -> None:
        """Put it on screen, if it is still the one that is wanted."""
        if target != self.wanted:
            return
        if self._shown is None:
            self._shown = ShownObject(target, "")
            self.notice.clear()
        self.show_object(found)
        if self._shown is not None:
            self._shown = replace(self._shown, name=self.object_title())
            self._cover(False)
            self.titled.emit()

    def put_away(self, reason: str = "") -> None:
        """It is on screen no more, and why."""
        self._shown = None
        self._cover(True)
        self.notice.clear()
        self.forget()
        for area in self.findChildren(QScrollArea):
            area.verticalScrollBar().setValue(0)  # the next one is read from the top
        if reason:
            words_, link = self.fallback_page()
            self.notice.show_message(reason, "bad", (words_, lambda: self.context.go(link)))
        self.titled.emit()

    def go_out(self) -> None:
        """It is gone, by our own doing: where one goes then, unless somebody looks at another page by now."""
        if self.is_seen:
            self.context.go(self.fallback_page()[1])

    def subject(self) -> Subject | None:
        """What is wanted here, for messages about it; None while another page is seen."""
        return Subject(self.link, self.title()) if self.is_seen else None

    def say(self, text: str, kind: SayKind = "info", undo: Undo | None = None) -> None:
        """A message about what is wanted here, which goes when something else is."""
        self.context.say(text, kind, undo, self.subject())

    def say_of(self, thing: ShownObject, text: str, kind: SayKind = "info") -> None:
        """The same about what was begun for this one: where something else is seen by now, with its name."""
        if self.wanted == thing.id and self.is_seen:
            self.say(text, kind)
        else:
            self.context.say(f"{thing.name}: {text}", kind)

    def look(
        self,
        work: Callable[[], R],
        done: Callable[[R], Any],
        failed: Callable[[Exception], Any] | None = None,
        *,
        latest: str | None = None,
    ) -> None:
        """Ask for more about what is wanted. Once another one is, nobody hears of it."""
        visit = self._visit

        def unless_gone(deliver: Callable[[Any], Any]) -> Callable[[Any], Any]:
            return lambda came: deliver(came) if self._visit == visit else None

        self.context.calls.start(
            self, work, unless_gone(done), unless_gone(failed or self.context.say_error), latest=latest
        )

    def do(
        self,
        thing: ShownObject,
        work: Callable[[], R],
        done: Callable[[R], Any],
        failed: Callable[[Exception], Any] | None = None,
        *,
        success_text: str | Callable[[R], str] = "",
        success_kind: SayKind = "good",
        undo: Undo | None = None,
        plain: bool = False,
        doing: str = "",
    ) -> None:
        """Change something about this thing, and say so. `done` and `failed` only if no other was wanted meanwhile.

        `plain`: where `done` itself goes elsewhere, what is said is understood there. `doing`: what is said meanwhile.
        """
        visit = self._visit if self._shown is not None and self._shown.id == thing.id else None

        def stayed() -> bool:
            return self._visit == visit

        def say(text: str, kind: SayKind, here: bool) -> None:
            undo_ = undo if kind != "bad" else None
            if here:
                self.say(text, kind, undo_)
            else:
                self.context.say(f"{thing.name}: {text}", kind, undo_)

        def succeeded(result: R) -> None:
            here = stayed() and self.is_seen
            if stayed():
                done(result)
                if stayed() and self.context.calls.is_under_way(self, LOADING):
                    self.refresh()  # it was asked for before it was changed
            elif self.wanted == thing.id:
                self.refresh()  # it is wanted again, and was asked for before it was changed
            text = success_text if isinstance(success_text, str) else success_text(result)
            if text:
                # Who saved before going on sees something else by now.
                say(text, success_kind, here and (plain or (stayed() and self.is_seen)))

        def went_wrong(error: Exception) -> None:
            if stayed() and failed is not None:
                failed(error)
            else:
                say(error_messages.message_of(error), "bad", stayed() and self.is_seen)

        self.context.calls.start(self, work, succeeded, went_wrong, doing=doing or self.tr("Working …"))

    # What the window asks

    @final
    def title(self) -> str:
        return self.kind_title() if self._shown is None else self.object_title()

    @final
    def commands(self) -> list[Command]:
        return [replace(command, enabled=self._while_shown(command.enabled)) for command in self.object_commands()]

    @final
    def visit(self, link: Link) -> None:
        if self._shown is None or self._shown.id != self.wanted or self.begins_anew(self.wanted):
            self._visit += 1
            self.put_away()
        self.refresh()

    def leaves(self, link: Link) -> bool:
        return super().leaves(link) or link.target != self.link.target or self.begins_anew(link.target or "")

    def shows(self, link: Link) -> bool:
        return self._shown is not None and self._shown.id == link.target

    def _while_shown(self, enabled: Callable[[], bool]) -> Callable[[], bool]:
        return lambda: self._shown is not None and enabled()

    def _failed(self, wanted: str, error: Exception) -> None:
        if wanted != self.wanted:
            return
        if self._shown is not None and not isinstance(error, NotFound):
            self.context.say_error(error)  # what stands here is old, and right for all that is known
        else:
            self.put_away(error_messages.message_of(error))
            if not isinstance(error, NotFound):
                self.notice.show_message(error_messages.message_of(error), "bad", (self.tr("Try again"), self.refresh))
        self.ready.emit()

    def _cover(self, covered: bool) -> None:
        """Hide and disable everything at once: what a page forgets to clear is not seen, and cannot be pressed."""
        waits_for_keyboard = self.window().focusWidget() is self
        for part in (self._body, self.tools.findChild(QWidget, "parts")):
            if part is not None:
                part.setEnabled(not covered)
                part.setVisible(not covered)
        self._below.setVisible(covered)
        self.setFocusProxy(None if covered else self.first_focus)  # type: ignore[arg-type]  # None takes it away
        if not covered and waits_for_keyboard:
            self.setFocus()

    def _make_tools(self) -> QWidget:
        # The header shows and hides the outer one, this page the inner one.
        parts = super()._make_tools()
        parts.setObjectName("parts")
        outer = QWidget(self)
        line = QHBoxLayout(outer)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(parts)
        return outer


def page_button(text: str, run: Callable[[], object], name: str = "") -> QPushButton:
    """One of its buttons. `name`: what a screen reader calls it, where another button of the window has that text."""
    made = QPushButton(text)
    made.setAccessibleName(name)
    made.clicked.connect(lambda *_: run())
    return made
