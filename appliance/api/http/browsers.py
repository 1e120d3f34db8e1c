"""The headers for browsers: that a reply is data and nothing more, and which other sites may read it (none unless set).

No Strict-Transport-Security, on purpose. Nothing of ours answers plain HTTP beside TLS, and the programs that talk to
us do not look at it. A browser would: it would take away the way past a certificate that it does not know, which is how
an administrator reaches an appliance whose self-signed certificate was just made anew; and it would force TLS upon
every other port of a host that may be the PBX itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tornado.httputil import HTTPServerRequest

from appliance.api.http.headers import HEADERS

# Of every reply; the documentation's page has a policy of its own, for its style.
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",  # the same as frame-ancestors, for browsers that do not know it
    "Referrer-Policy": "no-referrer",  # paths hold the ids of calls
    # No other site takes a recording or a page into its own process, or keeps hold of our window.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_REQUEST_HEADERS = (
    "Authorization",
    "X-API-Key",
    "Content-Type",
    "Idempotency-Key",
    "X-Request-ID",
    "Range",
    "If-Range",
    "If-None-Match",
    "Last-Event-ID",
)
PREFLIGHT_SECONDS = 600


def cross_origin_headers(request: HTTPServerRequest, origins: Collection[str]) -> dict[str, str]:
    """What a page of another site needs to read the reply, if its site is one of these; no cookies are involved."""
    if not origins:
        return {}
    origin = request.headers.get("Origin", "")
    if origin not in origins:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": ", ".join(HEADERS),
    }


def preflight_headers(
    request: HTTPServerRequest, origins: Collection[str], methods: Iterable[str]
) -> dict[str, str] | None:
    """The answer to a browser that asks beforehand; None for anything else, and for a site that is not one of these."""
    asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not asks or request.headers.get("Origin") not in origins:
        return None
    return {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": ", ".join(_REQUEST_HEADERS),
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
