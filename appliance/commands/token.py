"""`vbot token`: operators' tokens and those that join workers, through the running api or, without one, on the disk."""

from __future__ import annotations

import argparse
import asyncio
import base64
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from appliance.services.access.tokens import Tokens
    from appliance.settings import Settings

T = TypeVar("T")

LONGEST_DAYS = 36_500
IN_A_YEAR = object()  # what `--expires` is when nobody said anything


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    token = subparsers.add_parser(
        "token",
        help="create, list and revoke tokens",
        description="Tokens of those who administrate (admin) or look (viewer), and those that join workers on other "
        "machines (worker). Works while the appliance runs and while it does not.",
    )
    commands = token.add_subparsers(metavar="COMMAND", required=True)
    create = commands.add_parser("create", help="make a token and print it alone on standard output")
    create.add_argument("--role", choices=("admin", "viewer", "worker"), required=True)
    create.add_argument("--name", default="", help="whose it is, or what it is for")
    ending = create.add_mutually_exclusive_group()
    ending.add_argument(
        "--expires",
        metavar="WHEN",
        type=_moment,
        default=IN_A_YEAR,
        help="`never`, or the day (2027-01-31, UTC) on which it ends by itself; without: after a year",
    )
    ending.add_argument("--expires-days", metavar="DAYS", type=_days, help="after how many days it ends by itself")
    create.add_argument(
        "--customer",
        metavar="ID",
        type=int,
        action="append",
        help="a viewer of this customer alone (may be given again): it sees that there are others nowhere",
    )
    create.set_defaults(run=create_token)
    listing = commands.add_parser("list", help="show the tokens with their state and last use, but not their texts")
    listing.add_argument("--all", action="store_true", help="show revoked tokens too")
    listing.set_defaults(run=list_tokens)
    revoke = commands.add_parser("revoke", help="revoke a token at once and for ever")
    revoke.add_argument("id", metavar="ID", type=int)
    revoke.set_defaults(run=revoke_token)


_STATES = {"valid": "valid until {expires_at}", "expired": "expired {expires_at}", "revoked": "revoked {revoked_at}"}


def _days(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= LONGEST_DAYS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {LONGEST_DAYS}")
    return int(text)


def _moment(text: str) -> datetime | None:
    if text == "never":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be never, or a day such as 2027-01-31") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _ending(arguments: argparse.Namespace, now: datetime) -> datetime | None:
    from appliance.domain.token import DEFAULT_LIFE  # noqa: PLC0415

    if arguments.expires_days is not None:
        return now + timedelta(days=arguments.expires_days)
    if arguments.expires is IN_A_YEAR:
        return now + DEFAULT_LIFE
    ending: datetime | None = arguments.expires
    if ending is not None and ending <= now:
        raise ConfigurationError("--expires must be a day to come")
    return ending


def create_token(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.api.shapes.field_checks import check_text  # noqa: PLC0415
    from appliance.commands.local_api import LocalApiRefused  # noqa: PLC0415
    from appliance.domain.actor import OWNER  # noqa: PLC0415
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.domain.token import Role  # noqa: PLC0415

    name = arguments.name or arguments.role
    try:
        check_text(name)
    except ValueError as error:
        raise ConfigurationError(f"the name {error}") from None
    if arguments.customer and arguments.role != Role.VIEWER:
        raise ConfigurationError("--customer is for viewers: an administrator sees everything")
    expires_at = _ending(arguments, utc_now())
    only = frozenset(arguments.customer) if arguments.customer else None

    async def directly(tokens: Tokens) -> str:
        _, text = await tokens.create(OWNER, Role(arguments.role), name, expires_at, only)
        return text

    body = {
        "role": arguments.role,
        "name": name,
        "expires_at": expires_at and expires_at.isoformat(),
        "customer_ids": sorted(only) if only is not None else None,
    }
    try:
        reply = _ask(settings, "POST", "/api/tokens", body)
    except LocalApiRefused as error:
        raise ConfigurationError(_of_options(str(error))) from error
    print(reply["token"] if reply is not None else _on_folder(settings, directly))
    if arguments.role == Role.WORKER:
        print(_how_to_join(settings), file=sys.stderr)
    return 0


def _how_to_join(settings: Settings) -> str:
    """What is typed on the other machine."""
    from appliance.commands.local_api import initialised_folder  # noqa: PLC0415
    from appliance.services.access.certificate import read_certificate  # noqa: PLC0415
    from appliance.services.access.pbx_line import box_url  # noqa: PLC0415
    from appliance.settings import TlsFiles  # noqa: PLC0415

    if settings.tls == "off":
        return "vbot: a worker joins over TLS alone: with VBOT_TLS=off, by way of the proxy that has it"
    file = settings.tls.certificate if isinstance(settings.tls, TlsFiles) else initialised_folder(settings).certificate
    try:
        seen = read_certificate(file)
    except ConfigurationError as error:
        return f"vbot: {error}"
    key = base64.b64decode(seen.public_key_pin.removeprefix("sha256//")).hex()
    url = box_url(seen, settings.listen, settings.names)
    alone = f"vbot: the api listens on {settings.listen} alone: see VBOT_LISTEN\n"
    return (alone if settings.listen.is_loopback else "") + (
        "vbot: on the other machine, with the token alone in a file that its user can read:\n"
        f"  vbot worker --join {url} --token-file FILE --fingerprint {key}"
    )


def _of_options(refusal: str) -> str:
    """The api's words, its fields called as the command's options are."""
    for field, option in (("customer_ids", "--customer"), ("expires_at", "--expires"), ("name", "--name")):
        if refusal.startswith(f"{field}: "):
            return f"{option}: {refusal.removeprefix(f'{field}: ')}"
    return refusal


def list_tokens(arguments: argparse.Namespace, settings: Settings) -> int:
    async def directly(tokens: Tokens) -> list[dict[str, Any]]:
        import msgspec  # noqa: PLC0415

        from appliance.api.shapes.replies.tokens import token_reply  # noqa: PLC0415
        from appliance.domain.clock import utc_now  # noqa: PLC0415

        now = utc_now()
        return [msgspec.to_builtins(token_reply(token, now)) for token in await tokens.listing()]

    reply = _ask(settings, "GET", "/api/tokens")
    found = reply["tokens"] if reply is not None else _on_folder(settings, directly)
    line = "{:>4}  {:<8}  {:<24}  {:<20}  {:<20}  {}"
    print(line.format("ID", "ROLE", "NAME", "CREATED", "LAST USED", "STATE"))
    for token in found:
        state = _STATES[token["state"]].format(**token) if token["expires_at"] or token["revoked_at"] else "valid"
        if token["revoked_at"] and not arguments.all:
            continue
        used = token["last_used_at"] or "never"
        if token["customer_ids"] is not None:
            state += f", of customers {', '.join(map(str, token['customer_ids']))}"
        print(line.format(token["id"], token["role"], token["name"], token["created_at"], used, state))
    return 0


def revoke_token(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.domain.actor import OWNER  # noqa: PLC0415

    async def directly(tokens: Tokens) -> None:
        await tokens.revoke(OWNER, arguments.id)

    try:
        if _ask(settings, "DELETE", f"/api/tokens/{arguments.id}") is None:
            _on_folder(settings, directly)
    except ApplianceError as error:
        if "not found" in str(error).lower() or "no token" in str(error):
            raise ConfigurationError(f"there is no token {arguments.id}") from error
        raise
    print(f"token {arguments.id} is revoked")
    return 0


def _ask(settings: Settings, method: str, route: str, body: object | None = None) -> Any | None:
    from appliance.commands.local_api import ask, initialised_folder  # noqa: PLC0415

    return ask(initialised_folder(settings).api_socket, method, route, body)


def _on_folder(settings: Settings, work: Callable[[Tokens], Awaitable[T]]) -> T:
    """Do it on the data folder; fails with a clear word when an api that we could not reach holds it."""
    from appliance.commands.local_api import initialised_folder  # noqa: PLC0415
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.access.tokens import Tokens  # noqa: PLC0415
    from appliance.services.upkeep.own_database import opened_own_database  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415

    folder = initialised_folder(settings)
    keys = Keys.of(folder)
    with opened_own_database(folder, keys) as database:

        async def run() -> T:
            return await work(Tokens(database, keys, utc_now))

        return asyncio.run(run())
