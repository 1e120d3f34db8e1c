"""What was typed in the welcome and is not saved: it stays while other pages are seen, and comes back as a draft."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from admin_gui.pages.customers.form import CustomerForm, Draft
from admin_gui.pages.page import Unsaved

translate = QCoreApplication.translate

Drafts = tuple[Draft | None, ...]


class TypedInWelcome:
    """In these forms."""

    def __init__(self, *forms: CustomerForm) -> None:
        self._forms = forms
        self._drafts: Drafts = ()

    def unsaved(self) -> Unsaved | None:
        typed = [form for form in self._forms if form.typed()]
        if not typed:
            return None

        def drop() -> None:
            for form in typed:
                form.discard()

        text = translate("WelcomePage", "What you typed in the welcome is not saved yet.")
        return Unsaved(text, drop, stays=True)

    def draft(self) -> Drafts | None:
        """Nothing where nothing was typed."""
        drafts = tuple(form.draft() for form in self._forms)
        return drafts if any(drafts) else None

    def restore(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self.type_in()

    def type_in(self) -> None:
        """What has come back, once, in each form that shows its customer by now."""
        waiting = zip(self._forms, self._drafts, strict=False)
        self._drafts = tuple(None if draft is None or form.type_in(draft) else draft for form, draft in waiting)
