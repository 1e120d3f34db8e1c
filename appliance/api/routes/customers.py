"""/api/customers: an administrator's side of the contract."""

from __future__ import annotations

from enum import StrEnum

from msgspec import UNSET, structs

from appliance.api.http.handler import Handler
from appliance.api.http.languages import check_language_is_known
from appliance.api.http.operation import Caller, Group, Operation, Parameter, operation
from appliance.api.http.queries import CURSOR, LIMIT, Query, sorted_page
from appliance.api.shapes.customer_requests import (
    CreateCustomer,
    Rotation,
    UpdateCustomer,
    customer_fields,
    grace_of,
    ignored_fields,
    sends_unchangeable,
)
from appliance.api.shapes.replies.basics import SuccessReply
from appliance.api.shapes.replies.customers import CustomerReply, CustomersReply, customer_reply
from appliance.api.shapes.replies.deliveries import AttemptReply, attempt_reply
from appliance.api.shapes.replies.endpoints import WebhookCertificateReply, certificate_reply
from appliance.api.shapes.requests import path_id
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.customer import Customer
from appliance.domain.token import Role
from appliance.errors import Conflict, InvalidRequest, NotFound, Problem, TargetRefused
from appliance.services.calls.history import page_of
from appliance.storage.tables.customers import CUSTOMER_SORTS


class Keys(StrEnum):
    """Whether keys are shown."""

    MASKED = "masked"


KEYS = Parameter(
    "keys",
    "`masked`: without keys and secrets, as a viewer sees them; then the audit has no line that they were shown.",
    Keys,
    f"must be {Keys.MASKED}",
    Keys,
)


class _CustomerHandler(Handler):
    _without_keys = False

    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=self.request.method != "GET", of_customers=True)

    @property
    def masked(self) -> bool:
        return self.operator.role is not Role.ADMIN

    def read_keys(self, query: Query) -> None:
        """Whether this request wants keys."""
        self._without_keys = query.value(KEYS) is not None

    def note_keys(self, subject: Subject, count: int | None = None) -> None:
        """Write down that somebody was shown keys."""
        if not self.masked and not self._without_keys and count != 0:
            self.services.access.reading_log.note(self.actor, Action.KEYS_SHOWN, subject, count=count)

    def check_language(self, language: str | None) -> None:
        """Raise InvalidRequest for one in which no call could be analysed."""
        check_language_is_known(language, self.services.health.known_languages(), "default_language")

    async def check_target(self, url: str | None) -> None:
        """Raise InvalidRequest where nothing would be sent there."""
        if url is None:
            return
        try:
            await self.services.deliveries.targets.check(url)
        except TargetRefused as refusal:
            raise InvalidRequest(Problem("webhook_url", str(refusal))) from refusal

    def warned(self, request: CreateCustomer | UpdateCustomer, reply: CustomerReply, before: Customer) -> CustomerReply:
        """The same, with what was sent and differs from what was there `before`, and cannot be changed."""
        if not sends_unchangeable(request):
            return reply
        known = [self._shown(before, without_keys=without_keys) for without_keys in (False, True)]
        warnings = ignored_fields(request, *known)
        return structs.replace(reply, warnings=[*warnings, *(reply.warnings or ())]) if warnings else reply

    def shown(self, customer: Customer) -> CustomerReply:
        return self._shown(customer, without_keys=self._without_keys)

    def _shown(self, customer: Customer, *, without_keys: bool) -> CustomerReply:
        return customer_reply(
            customer,
            api_key=self.services.customers.api_key(customer),
            webhook_secret=self.services.customers.webhook_secret(customer),
            webhook_url=self.services.customers.url(customer.webhook_url),
            masked=self.masked,
            without_keys=without_keys,
        )


class CustomerList(_CustomerHandler):
    """GET and POST /api/customers."""

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="List customers.",
            caller=Caller.OPERATOR,
            answers=CustomersReply,
            query=(*sorted_page(CUSTOMER_SORTS), KEYS),
            notes="All of them, unless `limit` or `cursor` is given.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        self.read_keys(query)
        page = query.page(CUSTOMER_SORTS)
        limit = page.limit if query.has(LIMIT) or query.has(CURSOR) else None
        service = self.services.customers
        if page.sorting is not None:
            found = await service.sorted_page(page.sorting, limit, self.operator.customers)
        else:
            some = await service.page(page.before, None if limit is None else limit + 1, self.operator.customers)
            found = page_of([(customer.id, customer) for customer in some], len(some) if limit is None else limit)
        shown = [self.shown(customer) for customer in found.items]
        self.note_keys(Subject(SubjectKind.CUSTOMER), len(shown))
        self.reply(CustomersReply(customers=shown, next_cursor=UNSET if limit is None else page.next_cursor(found)))

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Create a customer.",
            caller=Caller.ADMIN,
            answers=CustomerReply,
            takes=CreateCustomer,
            notes="The answer shows its API key and its webhook secret.",
        )
    )
    async def post(self) -> None:
        request = self.json_body(CreateCustomer)
        fields = customer_fields(request)
        self.check_language(fields.get("default_language"))
        await self.check_target(fields.get("webhook_url"))
        customer = await self.services.customers.create(
            self.actor, webhook_secret=fields.pop("webhook_secret", None), **fields
        )
        self.reply(self.warned(request, self.shown(customer), customer))


class CustomerDetail(_CustomerHandler):
    """GET, PUT and DELETE /api/customers/{id}."""

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Show one customer.",
            caller=Caller.OPERATOR,
            answers=CustomerReply,
            query=(KEYS,),
        )
    )
    async def get(self, customer_id: str) -> None:
        query = Query(self)
        self.read_keys(query)
        query.finish()
        customer = await self.services.customers.get(path_id(customer_id))
        if self.operator.customers is not None and customer.id not in self.operator.customers:
            raise NotFound(f"there is no customer {customer.id} for this token")
        self.note_keys(Subject(SubjectKind.CUSTOMER, str(customer.id)))
        self.reply(self.shown(customer))

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Update customer details.",
            caller=Caller.ADMIN,
            answers=CustomerReply,
            takes=UpdateCustomer,
            notes="Any part of the fields: what is absent stays as it is, and a name that is no field is 400. Saving a "
            "new `webhook_url` enables a disabled endpoint. What cannot be set, such as `api_key`, is ignored; of a "
            "value that differs `warnings` of the answer tell how it is changed.",
        )
    )
    async def put(self, customer_id: str) -> None:
        customer = await self.services.customers.get(path_id(customer_id))
        request = self.json_body(UpdateCustomer)
        fields = customer_fields(request)
        if fields.get("default_language") != customer.default_language:
            self.check_language(fields.get("default_language"))
        sealed, known = customer.webhook_url, self.services.customers.url(customer.webhook_url)
        if sealed is not None and known is None and fields.get("webhook_url") == sealed.masked:
            del fields["webhook_url"]  # it cannot be read any more, and is sent back as it was shown
        # One that is there already may stay, so that all else can be changed: nothing is sent to it, and that is told.
        if fields.get("webhook_url") != known:
            await self.check_target(fields.get("webhook_url"))
        secret = fields.pop("webhook_secret", None)
        after = await self.services.customers.update(self.actor, customer.id, webhook_secret=secret, **fields)
        self.reply(self.warned(request, self.shown(after), customer))

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Delete a customer.",
            caller=Caller.ADMIN,
            answers=SuccessReply,
            notes="It cannot be undone, and it erases at once the customer's recordings and the texts of its calls, "
            "their metadata and tags among them; of those in hand, once they are final. That its calls took place "
            "stays, as of every call whose texts are past their time: their numbers and moments, `agent`, "
            "`external_id` and what else the PBX said of them. To be rid of that, erase each call, before or "
            "afterwards (`GET /api/calls` with `customer_id`, `DELETE /api/calls/{call_id}`). Its API key stops at "
            "once; calls that were accepted are still analysed, but nothing is sent. Backups made before still hold "
            "it all. To let a customer rest and keep its calls, set `is_active` to false.",
        )
    )
    async def delete(self, customer_id: str) -> None:
        await self.services.customers.delete(self.actor, path_id(customer_id))
        self.reply(SuccessReply(message="Customer deleted successfully"))


class EnableWebhook(_CustomerHandler):
    """POST /api/customers/{id}/enable-webhook."""

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Send to a disabled endpoint again, also what waited.",
            caller=Caller.ADMIN,
            answers=CustomerReply,
        )
    )
    async def post(self, customer_id: str) -> None:
        self.reply(self.shown(await self.services.customers.enable_webhook(self.actor, path_id(customer_id))))


class RotateKey(_CustomerHandler):
    """POST /api/customers/{id}/rotate-key."""

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Give a customer a new API key.",
            caller=Caller.ADMIN,
            answers=CustomerReply,
            takes=Rotation,
            body_may_be_absent=True,
            errors=(Conflict,),
            notes="Without a body, or without `grace_seconds`, the old key ends at once: a PBX that still has it is "
            "answered with 401. While the old key of an earlier rotation still works, another with `grace_seconds` is "
            "409; whoever missed the answer to the first finds the new key in the customer.",
        )
    )
    async def post(self, customer_id: str) -> None:
        customer = await self.services.customers.get(path_id(customer_id))
        grace = grace_of(self.json_body(Rotation, default=Rotation()))
        self.reply(self.shown(await self.services.customers.rotate_key(self.actor, customer.id, grace)))


class RotateWebhookSecret(_CustomerHandler):
    """POST /api/customers/{id}/rotate-webhook-secret."""

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Give a customer a new webhook secret.",
            caller=Caller.ADMIN,
            answers=CustomerReply,
            takes=Rotation,
            body_may_be_absent=True,
            errors=(Conflict,),
            notes="During the grace time every webhook carries a signature with each of the two. Without a body, or "
            "without `grace_seconds`, the old secret ends at once. While that of an earlier rotation is still used, "
            "another with `grace_seconds` is 409.",
        )
    )
    async def post(self, customer_id: str) -> None:
        customer = await self.services.customers.get(path_id(customer_id))
        grace = grace_of(self.json_body(Rotation, default=Rotation()))
        self.reply(self.shown(await self.services.customers.rotate_webhook_secret(self.actor, customer.id, grace)))


class WebhookCertificate(_CustomerHandler):
    """GET /api/customers/{id}/webhook-certificate."""

    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=True)  # a connection is made to the receiver

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Show the certificate that the receiver of the webhooks shows now, with its fingerprint.",
            caller=Caller.ADMIN,
            answers=WebhookCertificateReply,
            errors=(Conflict,),
            notes="Nothing is sent to it. Compare the fingerprint on the receiver's machine before you save it as "
            "`webhook_fingerprint`. 409 when the address has no https, or no certificate came.",
        )
    )
    async def get(self, customer_id: str) -> None:
        found = await self.services.deliveries.endpoint_look.certificate(path_id(customer_id))
        self.reply(certificate_reply(found))


class TestWebhook(_CustomerHandler):
    """POST /api/customers/{id}/test-webhook."""

    @operation(
        Operation(
            group=Group.CUSTOMERS,
            summary="Send a test webhook now and show what came of it.",
            caller=Caller.ADMIN,
            answers=AttemptReply,
            errors=(Conflict,),
            notes="409 when the customer has no `webhook_url`.",
        )
    )
    async def post(self, customer_id: str) -> None:
        attempt = await self.services.deliveries.deliverer.send_test(self.actor, path_id(customer_id))
        self.reply(attempt_reply(attempt, self.services.customers.url(attempt.url)))
