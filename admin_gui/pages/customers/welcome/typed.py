"""What was typed in the welcome and is not saved: it stays while other pages are seen, and comes back as a draft."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from admin_gui.pages.customers.form import CustomerForm, Draft
from admin_gui.pages.page import Unsaved

translate = QCoreApplication.translate

Drafts = tuple[Draft | None, ...]
Field = QLineEdit | QPlainTextEdit | QComboBox


class TypedInWelcome:
    """In these forms, and what has come back for them and waits for its customer."""

    def __init__(self, *forms: CustomerForm) -> None:
        self._forms = forms
        self._drafts: Drafts = (None,) * len(forms)

    def unsaved(self) -> Unsaved | None:
        if self.draft() is None:
            return None
        text = translate("WelcomePage", "What you typed in the welcome is not saved yet.")
        stays = translate("WelcomePage", "What you typed in the welcome is not saved yet; it is still there later.")
        return Unsaved(text, self._drop, stays=stays)

    def must_not_move(self, page: QWidget, *, unasked: bool) -> bool:
        """Whether somebody has his hands in the page: in what is typed, or, where he did nothing, in a field of it."""
        focus = QApplication.focusWidget()
        is_in_field = isinstance(focus, Field) and page.isAncestorOf(focus)
        return any(form.typed() for form in self._forms) or (unasked and is_in_field)

    def _drop(self) -> None:
        self._drafts = (None,) * len(self._forms)
        for form in self._forms:
            if form.typed():
                form.discard()

    def draft(self) -> Drafts | None:
        """Nothing where nothing was typed."""
        drafts = tuple(form.draft() or waiting for form, waiting in zip(self._forms, self._drafts, strict=True))
        return drafts if any(drafts) else None

    def restore(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self.type_in()

    def type_in(self) -> None:
        """What has come back, once, in each form that shows its customer by now."""
        waiting = zip(self._forms, self._drafts, strict=True)
        self._drafts = tuple(None if draft is None or form.type_in(draft) else draft for form, draft in waiting)
