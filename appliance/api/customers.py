"""/api/customers: an administrator's side of the contract."""

from __future__ import annotations

from appliance.api.base import Handler
from appliance.api.replies import CustomerReply, CustomersReply, SuccessReply, attempt_reply, customer_reply
from appliance.api.requests import CreateCustomer, Query, Rotation, UpdateCustomer, customer_fields, grace_of, path_id
from appliance.domain.customer import Customer
from appliance.domain.token import Role


class _CustomerHandler(Handler):
    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=self.request.method != "GET")

    def shown(self, customer: Customer) -> CustomerReply:
        return customer_reply(
            customer,
            api_key=self.services.customers.api_key(customer),
            webhook_secret=self.services.customers.webhook_secret(customer),
            masked=self.operator.role is not Role.ADMIN,
        )


class CustomerList(_CustomerHandler):
    """GET and POST /api/customers."""

    async def get(self) -> None:
        query = Query(self)
        page = query.page()
        if not (query.has("limit") or query.has("cursor")):
            everyone = await self.services.customers.page(None, None)
            self.reply(CustomersReply(customers=[self.shown(customer) for customer in everyone]))
            return
        found = await self.services.customers.page(page.before, page.limit + 1)
        more = len(found) > page.limit
        self.reply(
            CustomersReply(
                customers=[self.shown(customer) for customer in found[: page.limit]],
                next_cursor=str(found[page.limit - 1].id) if more else None,
            )
        )

    async def post(self) -> None:
        fields = customer_fields(self.json_body(CreateCustomer))
        customer = await self.services.customers.create(webhook_secret=fields.pop("webhook_secret", None), **fields)
        self.reply(self.shown(customer))


class CustomerDetail(_CustomerHandler):
    """GET, PUT and DELETE /api/customers/{id}."""

    async def get(self, customer_id: str) -> None:
        self.reply(self.shown(await self.services.customers.get(path_id(customer_id))))

    async def put(self, customer_id: str) -> None:
        customer = await self.services.customers.get(path_id(customer_id))
        fields = customer_fields(self.json_body(UpdateCustomer))
        secret = fields.pop("webhook_secret", None)
        self.reply(self.shown(await self.services.customers.update(customer.id, webhook_secret=secret, **fields)))

    async def delete(self, customer_id: str) -> None:
        await self.services.customers.delete(path_id(customer_id))
        self.reply(SuccessReply(message="Customer deleted successfully"))


class EnableWebhook(_CustomerHandler):
    """POST /api/customers/{id}/enable-webhook."""

    async def post(self, customer_id: str) -> None:
        self.reply(self.shown(await self.services.customers.enable_webhook(path_id(customer_id))))


class RotateKey(_CustomerHandler):
    """POST /api/customers/{id}/rotate-key."""

    async def post(self, customer_id: str) -> None:
        customer = await self.services.customers.get(path_id(customer_id))
        grace = grace_of(self.json_body(Rotation, default=Rotation()))
        self.reply(self.shown(await self.services.customers.rotate_key(customer.id, grace)))


class RotateWebhookSecret(_CustomerHandler):
    """POST /api/customers/{id}/rotate-webhook-secret."""

    async def post(self, customer_id: str) -> None:
        customer = await self.services.customers.get(path_id(customer_id))
        grace = grace_of(self.json_body(Rotation, default=Rotation()))
        self.reply(self.shown(await self.services.customers.rotate_webhook_secret(customer.id, grace)))


class TestWebhook(_CustomerHandler):
    """POST /api/customers/{id}/test-webhook."""

    async def post(self, customer_id: str) -> None:
        self.reply(attempt_reply(await self.services.deliverer.send_test(path_id(customer_id))))
