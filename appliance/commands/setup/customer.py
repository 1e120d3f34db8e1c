"""The first customer, to whose server the results go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from appliance.commands.setup.questions import Question
from appliance.commands.setup.running import ask_api
from appliance.errors import ConfigurationError, TargetRefused

if TYPE_CHECKING:
    from appliance.commands.setup.box import Box
    from appliance.commands.setup.questions import Source
    from appliance.settings import Settings

NEW, NONE = "new", "none"
MOST_SHOWN = 10
NOBODY_TO_TRY = "test_call needs a customer, and there is none: name one in [customer]"
FIELDS = {
    "company_name": "Company",
    "name": "Who to ask for there",
    "email": "E-mail address",
    "webhook_url": "Webhook: where results are sent",
}


def field_question(field: str, settings: Settings) -> Question[str]:
    """Checked as the api will, so that nothing is begun which it refuses."""
    from appliance.api.shapes.field_checks import check_email, check_text  # noqa: PLC0415

    checks: dict[str, Callable[[Any], None]] = {"email": check_email, "webhook_url": _target_check(settings)}

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be text")  # noqa: TRY004 - said after the question's name, like every wrong answer
        checks.get(field, check_text)(value.strip())
        return value.strip()

    return Question(f"customer.{field}", FIELDS[field], check)


def _target_check(settings: Settings) -> Callable[[str], None]:
    from appliance.webhooks.guard import AddressPolicy  # noqa: PLC0415
    from appliance.webhooks.targets import WebhookTargets  # noqa: PLC0415

    targets = WebhookTargets(AddressPolicy(settings.webhook_allow, settings.webhook_plain_http))

    def check(url: str) -> None:
        try:
            asyncio.run(targets.check(url))
        except TargetRefused as refusal:
            raise ValueError(f"cannot be that: {refusal}") from refusal

    return check


def check_complete(answers: Source, box: Box) -> None:
    """Raise ConfigurationError where nothing says whose the customer's fields are, or a new one's are not all answered.

    A test call is for one that is named, or for the only one that there is.
    """
    from appliance.commands.local_api import ask  # noqa: PLC0415
    from appliance.commands.setup.trial_call import TEST_CALL  # noqa: PLC0415

    company = field_question("company_name", box.settings)
    is_named = answers.has(company.key)
    if not is_named and any(answers.has(f"customer.{field}") for field in FIELDS):
        answers.ask(company, None)
    is_tried = answers.ask(TEST_CALL, False)
    if not is_named and not is_tried:
        return
    reply = ask(box.folder.api_socket, "GET", "/api/customers?keys=masked")
    if not is_named:
        if reply is not None and not reply["customers"]:
            raise ConfigurationError(NOBODY_TO_TRY)
        if reply is not None and len(reply["customers"]) > 1:
            answers.ask(company, None)
    elif reply is None or _meant(answers, box, reply["customers"]) == NEW:
        for field in FIELDS:
            answers.ask(field_question(field, box.settings), None)


def set_customer(source: Source, box: Box) -> dict[str, Any] | None:
    """Choose, change or make one; the customer as the api shows it to its administrator. None: none is wanted."""
    customers: list[dict[str, Any]] = ask_api(box.folder, "GET", "/api/customers?keys=masked")["customers"]
    for customer in customers[:MOST_SHOWN]:
        box.say(f"Customer {customer['id']}: {customer['company_name']}, webhook {customer['webhook_url'] or 'none'}")
    if len(customers) > MOST_SHOWN:
        box.say(f"... and {len(customers) - MOST_SHOWN} more")
    known = {str(customer["id"]): customer for customer in customers}
    if source.is_person:
        chosen = source.ask(_which(known), next(iter(known))) if known else NEW
    else:
        chosen = _meant(source, box, customers)
    if chosen == NONE:
        return None
    if chosen == NEW:
        return _create(source, box)
    return _change(source, box, known[chosen])


def _which(known: dict[str, dict[str, Any]]) -> Question[str]:
    def check(value: Any) -> str:
        if value in (*known, NEW, NONE):
            return str(value)
        raise ValueError(f"must be a customer's number, {NEW} or {NONE}")

    return Question("customer", f"Which customer is this about (its number, {NEW} or {NONE})", check)


def _meant(source: Source, box: Box, customers: list[dict[str, Any]]) -> str:
    """The one of that company, so that an answers file can be given twice; without a word of it the only one.

    Of that one nothing is changed then (`check_complete`). Of several none is meant: neither gets anybody a test call
    that is another's, nor does a page show a key that is another's. Raises ConfigurationError where one is to be tried.
    """
    from appliance.commands.setup.trial_call import TEST_CALL  # noqa: PLC0415

    question = field_question("company_name", box.settings)
    if not source.has(question.key):
        if len(customers) == 1:
            return str(customers[0]["id"])
        if not customers or not source.ask(TEST_CALL, False):
            return NONE
    company = source.ask(question, None)
    return next((str(one["id"]) for one in customers if one["company_name"] == company), NEW)


def _create(source: Source, box: Box) -> dict[str, Any]:
    fields = {field: source.ask(field_question(field, box.settings), None) for field in FIELDS}
    created: dict[str, Any] = ask_api(box.folder, "POST", "/api/customers", fields)
    box.say(f"  customer {created['id']} is made")
    return created


def _change(source: Source, box: Box, customer: dict[str, Any]) -> dict[str, Any]:
    fields = FIELDS if not source.is_person else ["webhook_url"]
    missing = None if source.is_person else ""  # a person is asked for it, a file need not name it
    answers = {field: source.ask(field_question(field, box.settings), customer[field] or missing) for field in fields}
    changes = {field: answer for field, answer in answers.items() if answer and answer != customer[field]}
    if changes:
        ask_api(box.folder, "PUT", f"/api/customers/{customer['id']}", changes)
        box.say(f"  customer {customer['id']}: {', '.join(changes)} changed")
    shown: dict[str, Any] = ask_api(box.folder, "GET", f"/api/customers/{customer['id']}")
    return shown
