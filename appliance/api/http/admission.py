"""Who is asking: the credential that a request brings, what it may do, and how often."""

from __future__ import annotations

import re
import socket
from functools import cached_property

from tornado.web import RequestHandler

from appliance.api.http.headers import comes_from_own_addresses
from appliance.api.http.tornado_internals import mark_proven, stream_of
from appliance.api.services import Services
from appliance.domain.actor import Actor, ActorKind
from appliance.domain.customer import Customer
from appliance.domain.token import Role, Token
from appliance.errors import (
    Allowance,
    ApplianceError,
    InsufficientRole,
    InvalidCredential,
    RateLimitExceeded,
    TooManyFailedLogins,
)
from appliance.process.own_addresses import is_own_address
from appliance.services.access.authentication import Identity, Operator

_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


class AdmittingHandler(RequestHandler):
    """The part of every handler that knows operators and customers."""

    services: Services
    local_owner: bool
    request_id: str
    _allowance: Allowance | None = None
    _actor: Actor | None = None
    _is_admins = False
    admitted_customer_id: int | None = None

    async def admit_operator(self, *, changes: bool, of_customers: bool = False) -> Operator:
        """An admin, or for what changes nothing a viewer too.

        A viewer of some customers only where the route shows `of_customers` what is theirs, and nothing else.
        """
        operator = await self._operator(changes=changes)
        if operator.customers is not None and not of_customers:
            raise InsufficientRole("a viewer of some customers sees what is theirs alone")
        self._actor = operator.acting(self._address, self.request_id)
        self._is_admins = operator.role is Role.ADMIN
        mark_proven(self.request)
        return operator

    @property
    def actor(self) -> Actor:
        """Who asks, as it is written down; only once an operator or a customer was admitted."""
        if self._actor is None:
            raise InvalidCredential("nobody was admitted")
        return self._actor

    async def _operator(self, *, changes: bool) -> Operator:
        if self.local_owner:
            return Operator(Role.ADMIN, None)
        token = self._bearer_token()
        if token is not None:
            operator = await self.services.access.authenticator.operator(token)
            if operator is not None:
                if changes and operator.role is not Role.ADMIN:
                    self._note_refusal(operator.acting(self._address, self.request_id))
                    raise InsufficientRole("a viewer changes nothing")
                return operator
        await self._refuse_others(token, changes=changes)
        raise self._failed_login(is_token=token is not None)

    async def _refuse_others(self, token: str | None, *, changes: bool) -> None:
        """Raise InsufficientRole for a credential that we know, and that is no operator's."""
        authenticator = self.services.access.authenticator
        # Where both are given, Bearer decides.
        credential = token if token is not None else self.request.headers.get("X-API-Key")
        customer = await authenticator.customer(credential) if credential else None
        if customer is not None:
            if changes:
                self._note_refusal(self._acting(customer), customer_id=customer.id)
            raise InsufficientRole("a customer's key is no operator's token")
        joining = await authenticator.joining(token) if token else None
        if joining is not None:
            if changes:
                self._note_refusal(Operator(joining.role, joining).acting(self._address, self.request_id))
            raise InsufficientRole("a token that joins workers is no operator's")

    def _note_refusal(self, actor: Actor, *, customer_id: int | None = None) -> None:
        """What somebody wanted to change: the route, for what stands in the place of an id may be anything."""
        if self.request.method in ("GET", "HEAD"):
            return  # some of these are for administrators alone, too, and change nothing
        tried = f"{self.request.method} {self.settings['route_of'](self)}"
        self.services.access.reading_log.refused(actor, tried, customer_id=customer_id)

    @property
    def _address(self) -> str:
        return self.request.remote_ip or "unknown"

    def _acting(self, customer: Customer) -> Actor:
        return Actor(ActorKind.CUSTOMER, self._address, self.request_id, name=customer.company_name)

    async def admit_joining(self) -> Token:
        """A worker on another machine, by the token that it was given."""
        token = self._bearer_token()
        found = await self.services.access.authenticator.joining(token) if token else None
        if found is None:
            raise self._failed_login(is_token=True)
        mark_proven(self.request)
        return found

    async def admit_worker(self) -> None:
        """A worker of this machine, whose signature or claims are looked at later; from elsewhere only by its token.

        With the token revoked it can neither claim a call nor keep one. A queue of one's own lets in by its own
        passwords: its workers on other machines need no token.
        """
        if self._bearer_token() is not None or (self.services.calls.queue_is_private and not self._is_of_this_machine):
            await self.admit_joining()

    @cached_property
    def _is_of_this_machine(self) -> bool:
        """Whether the other end has an address of this machine, and no proxy hands on what comes from elsewhere.

        Any of its addresses: to a second one of a card, or to 127.0.0.2, it speaks from the first. Looked at once: when
        its body has come it may have gone, and its address with it.
        """
        if not comes_from_own_addresses(self.request.headers):
            return False
        connection = stream_of(self.request).socket
        if connection.family == socket.AF_UNIX:
            return True
        try:
            peer, own = connection.getpeername()[0], connection.getsockname()[0]
        except OSError:
            return False  # it has gone
        return bool(peer == own) or is_own_address(peer)

    async def admit_customer(self) -> Customer:
        """A customer by its API key, within its rate limit."""
        api_key = self._api_key()
        customer = await self.services.access.authenticator.customer(api_key) if api_key else None
        if customer is None:
            token = self._bearer_token()
            operator = Operator(Role.ADMIN, None) if self.local_owner else None
            if operator is None and token:
                operator = await self.services.access.authenticator.operator(token)
            if operator is not None:
                self._note_refusal(operator.acting(self._address, self.request_id))
                raise InsufficientRole("an operator's token is no customer's key")
            raise self._failed_login()
        self.admitted_customer_id = customer.id
        self._count_request(customer)
        self._actor = self._acting(customer)
        mark_proven(self.request)
        return customer

    async def check_key_is_still_good(self) -> None:
        """Raise InvalidCredential where the key, or its customer, was withdrawn since the request began."""
        if await self.services.access.authenticator.customer(self._api_key() or "") is None:
            raise InvalidCredential

    async def admit_either(self) -> Identity:
        """An operator, or a customer by its API key; where both are given, Bearer decides."""
        if self.local_owner or self._bearer_token() is not None or not self.request.headers.get("X-API-Key"):
            return await self.admit_operator(changes=False, of_customers=True)
        return await self.admit_customer()

    def _api_key(self) -> str | None:
        """Where a customer's key stands; a route that stands in for another program's may look elsewhere, too."""
        return self.request.headers.get("X-API-Key")

    def _bearer_token(self) -> str | None:
        header = self.request.headers.get("Authorization")
        if header is None:
            return None
        found = _BEARER.fullmatch(header)
        return found[1] if found else ""

    def _failed_login(self, *, is_token: bool = False) -> ApplianceError:
        self.services.access.reading_log.login_failed(self.request.remote_ip or "")
        try:
            self.services.access.failed_logins.count(self.request.remote_ip or "")
        except TooManyFailedLogins as error:
            return error
        return InvalidCredential("unknown credential", is_token=is_token)

    def _count_request(self, customer: Customer) -> None:
        per_minute = customer.rate_limit_per_minute or self.services.limits.rate_limit_per_minute
        try:
            self._allowance = self.services.access.request_limiter.count(customer.api_key_hash, per_minute)
        except RateLimitExceeded as error:
            self._allowance = error.allowance
            raise
        finally:
            self._show_allowance()

    def _show_allowance(self) -> None:
        if self._allowance is not None:
            self.set_header("X-RateLimit-Limit", str(self._allowance.limit))
            self.set_header("X-RateLimit-Remaining", str(self._allowance.remaining))
            self.set_header("X-RateLimit-Reset", str(self._allowance.reset_seconds))
