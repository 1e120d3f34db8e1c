"""GET /api/openapi.json and GET /docs: the same document, for programs and for people; beside it, data protection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from appliance.api.documentation.rendering import Documentation
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Content, Group, Operation, operation
from appliance.api.http.tornado_internals import stream_of
from appliance.api.services import PublishedLimits


class _Description(Handler):
    """Open to all: it holds no secret, and who integrates has no key yet."""

    async def admit(self) -> None:
        """Anybody."""

    async def documentation(self) -> Documentation:
        """Made from the routes and the limits in force; where those have changed anew, which takes a while."""
        made_of: Callable[[PublishedLimits], Documentation] = self.settings["documentation"]
        return await asyncio.to_thread(made_of, self.services.limits)

    def show(self, page: bytes, documentation: Documentation) -> None:
        """Answer with a page of it."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", documentation.content_security_policy)
        self.finish(page)


class OpenApiDocument(_Description):
    """GET /api/openapi.json."""

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="This description, for programs.",
            caller=Caller.ANYBODY,
            answers=Content("application/json", "An OpenAPI 3.1 document."),
        )
    )
    async def get(self) -> None:
        self.finish((await self.documentation()).encoded)


class DocumentationPage(_Description):
    """GET /docs."""

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="This description, for people.",
            caller=Caller.ANYBODY,
            answers=Content("text/html", "One page."),
        )
    )
    async def get(self) -> None:
        documentation = await self.documentation()
        page = await asyncio.to_thread(documentation.page, self.request.protocol, self._host())
        self.show(page, documentation)

    def _host(self) -> str:
        """What was asked for, where that is this box; else the address that the request came to."""
        local = stream_of(self.request).socket.getsockname()
        address, port = local[:2] if isinstance(local, tuple) else ("", 0)
        own = address.removeprefix("::ffff:")
        name = self.request.host_name.strip("[]")
        if name == own or self.services.own_names.has(name):
            return self.request.host
        return f"[{own}]:{port}" if ":" in own else f"{own}:{port}"


class DataProtectionPage(_Description):
    """GET /docs/data-protection."""

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="For the data-protection officer and the works council: what is computed about moods.",
            caller=Caller.ANYBODY,
            answers=Content("text/html", "One page, in English."),
        )
    )
    async def get(self) -> None:
        documentation = await self.documentation()
        self.show(documentation.data_protection("en"), documentation)


class GermanDataProtectionPage(_Description):
    """GET /docs/data-protection/de."""

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="The same in German.",
            caller=Caller.ANYBODY,
            answers=Content("text/html", "One page, in German."),
        )
    )
    async def get(self) -> None:
        documentation = await self.documentation()
        self.show(documentation.data_protection("de"), documentation)
