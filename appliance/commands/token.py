"""`vbot token`: operators' tokens, through the running api or, when none runs, on the data folder itself."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from appliance.services.tokens import Tokens
    from appliance.settings import Settings

T = TypeVar("T")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    token = subparsers.add_parser(
        "token",
        help="create, list and revoke admin tokens",
        description="Tokens of those who administrate (admin) or look (viewer). Works while the appliance runs and "
        "while it does not.",
    )
    commands = token.add_subparsers(metavar="COMMAND", required=True)
    create = commands.add_parser("create", help="make a token and print it alone on standard output")
    create.add_argument("--role", choices=("admin", "viewer"), required=True)
    create.add_argument("--name", default="", help="whose it is")
    create.set_defaults(run=create_token)
    listing = commands.add_parser("list", help="show the tokens that are valid, but not their texts")
    listing.add_argument("--all", action="store_true", help="show revoked tokens too")
    listing.set_defaults(run=list_tokens)
    revoke = commands.add_parser("revoke", help="revoke a token at once and for ever")
    revoke.add_argument("id", metavar="ID", type=int)
    revoke.set_defaults(run=revoke_token)


def create_token(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.domain.actor import OWNER  # noqa: PLC0415
    from appliance.domain.token import Role  # noqa: PLC0415

    async def directly(tokens: Tokens) -> str:
        _, text = await tokens.create(OWNER, Role(arguments.role), arguments.name or arguments.role)
        return text

    body = {"role": arguments.role, "name": arguments.name}
    reply = _ask(settings, "POST", "/api/tokens", body)
    print(reply["token"] if reply is not None else _on_folder(settings, directly))
    return 0


def list_tokens(arguments: argparse.Namespace, settings: Settings) -> int:
    async def directly(tokens: Tokens) -> list[dict[str, Any]]:
        import msgspec  # noqa: PLC0415

        from appliance.api.replies.tokens import token_reply  # noqa: PLC0415

        return [msgspec.to_builtins(token_reply(token)) for token in await tokens.listing()]

    reply = _ask(settings, "GET", "/api/tokens")
    found = reply["tokens"] if reply is not None else _on_folder(settings, directly)
    line = "{:>4}  {:<8}  {:<24}  {:<20}  {:<20}  {}"
    print(line.format("ID", "ROLE", "NAME", "CREATED", "LAST USED", "STATE"))
    for token in found:
        if token["revoked_at"] and not arguments.all:
            continue
        if token["revoked_at"]:
            state = f"revoked {token['revoked_at']}"
        else:
            state = f"valid until {token['expires_at']}" if token["expires_at"] else "valid"
        used = token["last_used_at"] or "never"
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
    from appliance.services.tokens import Tokens  # noqa: PLC0415
    from appliance.storage.database import opened_database  # noqa: PLC0415
    from appliance.storage.keys import Keys  # noqa: PLC0415

    folder = initialised_folder(settings)
    keys = Keys.of(folder)
    with opened_database(folder.database) as database:

        async def run() -> T:
            return await work(Tokens(database, keys, utc_now))

        return asyncio.run(run())
