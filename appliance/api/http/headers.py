"""The headers of answers and webhooks, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from appliance import __version__
from appliance.process.own_addresses import is_own_address

REQUEST_ID = "X-Request-ID"
RATE_LIMIT_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

# As the OpenAPI document keeps them.
HEADERS: dict[str, dict[str, Any]] = {
    REQUEST_ID: {
        "description": "Names this request in the appliance's log; your own `X-Request-ID` is taken over.",
        "schema": {"type": "string"},
    },
    "X-RateLimit-Limit": {
        "description": "Requests a minute with this API key.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "X-RateLimit-Remaining": {
        "description": "How many of them are left now.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-RateLimit-Reset": {
        "description": "Whole seconds until a slot frees.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Retry-After": {
        "description": "In how many seconds it is worth asking again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {"description": "What the operators' routes want.", "schema": {"type": "string"}},
    "Accept-Ranges": {
        "description": "`bytes`: a part can be asked for, to listen from the middle or to resume a download.",
        "schema": {"const": "bytes"},
    },
    "Content-Disposition": {
        "description": "Under which name to save it.",
        "schema": {"type": "string"},
    },
    "Content-Range": {
        "description": "Which part of how many bytes it is; with 416, only how many bytes there are.",
        "schema": {"type": "string", "pattern": r"^bytes (\*|\d+-\d+)/\d+$"},
    },
    "ETag": {
        "description": "Stands for exactly these bytes: for `If-None-Match` and `If-Range`.",
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
    },
}

# Name, sentence, example.
WEBHOOK_HEADERS = {
    "webhook-id": (
        "The webhook's id: the same in every attempt, so that you can tell a repetition.",
        "msg_9b2f6f0c1d4e4a55a1d0c3b2e4f5a6b7",
    ),
    "webhook-timestamp": ("When this attempt was made, in seconds since 1970.", "1710417600"),
    "webhook-signature": (
        "`v1,` and the signature; while a secret is rotated there are two, separated by a space.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
    "User-Agent": ("The product and its version.", f"vBot/{__version__}"),
}


def is_handed_on(headers: Mapping[str, str]) -> bool:
    """Whether a proxy says that it hands on a request: what one on this machine does comes from anywhere."""
    return any(name in headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"))


def comes_from_own_addresses(headers: Mapping[str, str]) -> bool:
    """Whether no proxy hands a request on, or each address that proxies name is this machine's own.

    So for a worker whose VBOT_API_URL leads by a proxy on the box. One that tells no address, or tells it in
    `Forwarded` alone, is not believed.
    """
    if not is_handed_on(headers):
        return True
    named = [headers[name] for name in ("X-Forwarded-For", "X-Real-IP") if name in headers]
    return "Forwarded" not in headers and bool(named) and all(map(is_own_address, ",".join(named).split(",")))
