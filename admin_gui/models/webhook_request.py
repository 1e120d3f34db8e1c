"""A webhook as it was sent: to be read, and to be sent once more by hand."""

from __future__ import annotations

import json
import shlex

from admin_gui.client.deliveries import WebhookRequest


def as_curl(request: WebhookRequest) -> str:
    """For a shell: to the last byte what is signed, so that the receiver verifies it for the next five minutes."""
    parts = [
        "curl --include",
        *(f"--header {shlex.quote(f'{name}: {value}')}" for name, value in request.headers.items()),
    ]
    parts += [f"--data-binary {shlex.quote(request.body)}", shlex.quote(request.url or "https://…")]
    return " \\\n  ".join(parts)


def readable(body: str) -> str:
    """The JSON in lines; what is none as it is."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body
