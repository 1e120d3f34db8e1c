"""Secrets as those may see them who may not use them: viewers, logs, the audit."""

from __future__ import annotations

from urllib.parse import urlsplit

# In the place of a secret whose bytes cannot be read any more.
UNREADABLE = "(cannot be read)"


def mask_secret(text: str) -> str:
    """Enough to recognise a secret by, not enough to use it."""
    return f"****{text[-4:]}"


def mask_url(url: str) -> str:
    """A webhook's address without what may be a secret in it: its path and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/****"
