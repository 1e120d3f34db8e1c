"""GET /api/openapi.json and GET /docs: the same document, for programs and for people."""

from __future__ import annotations

import asyncio
from functools import partial

from appliance.api.documentation.rendering import Documentation
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Content, Group, Operation, operation


class _Description(Handler):
    """Open to all: it holds no secret, and who integrates has no key yet."""

    async def admit(self) -> None:
        """Anybody."""

    @property
    def documentation(self) -> Documentation:
        """Made from the routes, once, with the application."""
        found: Documentation = self.settings["documentation"]
        return found


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
        self.finish(self.documentation.encoded)


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
        render = partial(self.documentation.page, self.request.protocol, self.request.host)
        page = await asyncio.get_running_loop().run_in_executor(None, render)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", self.documentation.content_security_policy)
        self.finish(page)
