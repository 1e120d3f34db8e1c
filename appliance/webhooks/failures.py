"""Why no answer came to a webhook, in a few words for an administrator.

None of them names the URL: its path may be a secret.
"""

from __future__ import annotations

import errno
import os
import socket

import aiohttp

from appliance.webhooks.lookup import AddressRefused

_NETWORK_ERRORS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection reset",
    errno.EHOSTUNREACH: "host not reachable",
    errno.ENETUNREACH: "network not reachable",
    errno.ETIMEDOUT: "connection timed out",
}


def describe(failure: Exception) -> str:
    """Return the sentence for what aiohttp raised."""
    match failure:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(failure.certificate_error, "verify_message", "") or "it cannot be verified"
            sentence = f"certificate not trusted: {reason}"
        case aiohttp.ServerFingerprintMismatch():
            sentence = "certificate not trusted: it is not the one whose fingerprint was entered"
        case aiohttp.ClientConnectorError():
            sentence = _describe_connecting(failure)
        case aiohttp.ServerDisconnectedError():
            sentence = "connection closed without an answer"
        case aiohttp.ClientResponseError():
            sentence = "the answer is not HTTP"
        case aiohttp.InvalidURL():
            sentence = "the URL cannot be read"
        case OSError():
            sentence = _describe_network(failure)
        case _:
            sentence = "connection failed"
    return sentence


def _describe_connecting(failure: aiohttp.ClientConnectorError) -> str:
    cause = failure.os_error
    if isinstance(cause, AddressRefused):
        return cause.sentence
    if isinstance(failure, aiohttp.ClientConnectorDNSError):
        if cause.errno == socket.EAI_AGAIN:
            return f"name cannot be looked up now: {failure.host}"
        return f"name not known: {failure.host}"
    if isinstance(failure, aiohttp.ClientSSLError):
        reason = str(getattr(cause, "reason", None) or "the other side does not speak it")
        return f"no TLS connection: {reason.lower().replace('_', ' ')}"
    return _describe_network(cause)


def _describe_network(cause: OSError) -> str:
    if cause.errno in _NETWORK_ERRORS:
        return _NETWORK_ERRORS[cause.errno]
    return os.strerror(cause.errno).lower() if cause.errno is not None else "connection failed"
