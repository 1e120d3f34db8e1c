"""What can be done to the customer that is on screen, by its keys and in the palette."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from admin_gui.commands import Command

if TYPE_CHECKING:
    from admin_gui.pages.customers.customer_page import CustomerPage

translate = QCoreApplication.translate


def customer_commands(page: CustomerPage) -> list[Command]:
    """All of them; each is dead while there is no customer to do it to."""
    group = translate("CustomerPage", "Customer")

    def is_there() -> bool:
        return page.customer is not None

    def is_disabled() -> bool:
        return page.customer is not None and page.customer.webhook_disabled_reason is not None

    def has_address() -> bool:
        return page.customer is not None and page.customer.webhook_url is not None

    return [
        Command(
            translate("CustomerPage", "Save the customer"),
            page.save,
            "Ctrl+S",
            group,
            changes=True,
            button=page.save_button,
        ),
        Command(
            translate("CustomerPage", "Discard what was changed"),
            page.discard,
            "Ctrl+Shift+Z",
            group,
            button=page.discard_button,
        ),
        Command(
            translate("CustomerPage", "Send a test webhook"),
            page.doing.test,
            "Ctrl+T",
            group,
            changes=True,
            enabled=has_address,
            button=page.webhook.test_button,
        ),
        Command(
            translate("customer", "Look at the receiver's certificate"),
            page.doing.look_at_certificate,
            "",
            group,
            changes=True,
            enabled=has_address,
            button=page.webhook.certificate_button,
        ),
        Command(
            translate("CustomerPage", "This customer's calls"),
            partial(page.see, "calls"),
            "Alt+C",
            group,
            enabled=is_there,
            button=page.calls_button,
        ),
        Command(
            translate("CustomerPage", "This customer's webhooks"),
            partial(page.see, "webhooks"),
            "Alt+W",
            group,
            enabled=is_there,
            button=page.webhooks_button,
        ),
        Command(
            translate("customer", "New API key …"),
            page.doing.ask_for_new_key,
            "",
            group,
            changes=True,
            enabled=is_there,
            button=page.key.rotate_button,
        ),
        Command(
            translate("customer", "New webhook secret …"),
            page.doing.ask_for_new_secret,
            "",
            group,
            changes=True,
            enabled=is_there,
            button=page.webhook.rotate_button,
        ),
        Command(
            translate("customer", "Copy the API key"),
            page.key.key.copy,
            "",
            group,
            changes=True,  # a viewer gets it masked
            enabled=is_there,
            button=page.key.key.copy_button,
        ),
        Command(
            translate("customer", "Copy the webhook secret"),
            page.webhook.secret.copy,
            "",
            group,
            changes=True,
            enabled=is_there,
            button=page.webhook.secret.copy_button,
        ),
        Command(
            translate("customer", "Enable the webhook again"),
            page.doing.enable,
            "",
            group,
            changes=True,
            enabled=is_disabled,
        ),
        Command(
            translate("customer", "Deactivate or activate the customer"),
            page.doing.toggle_active,
            "",
            group,
            changes=True,
            enabled=is_there,
            button=page.active_button,
        ),
        Command(
            translate("CustomerPage", "Delete the customer …"),
            page.ask_to_delete,
            "",
            group,
            changes=True,
            enabled=is_there,
            button=page.delete_button,
        ),
    ]
