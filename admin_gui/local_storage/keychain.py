"""Tokens in the system's keyring. Slow and able to ask the user something: never on the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

logger = logging.getLogger(__name__)

SERVICE = "vbot-admin"


class NoKeyring(Exception):
    """This desktop has no keyring: tokens are kept for this session only."""


class KeyringLocked(NoKeyring):
    """There is one, and at present it gives and takes nothing: it is locked, or its user did not let us."""


def token_of(key: str) -> str | None:
    """The token that was kept for an appliance, or None. Raises NoKeyring."""
    with _keyring() as keyring:
        return keyring.get_password(SERVICE, key)  # type: ignore[no-any-return]


def keep_token(key: str, token: str) -> None:
    """Raises NoKeyring."""
    with _keyring() as keyring:
        keyring.set_password(SERVICE, key, token)


def forget_token(key: str) -> str | None:
    """Delete it; the one that was there is answered. Raises NoKeyring."""
    with _keyring() as keyring:
        token: str | None = keyring.get_password(SERVICE, key)
        if token is not None:
            keyring.delete_password(SERVICE, key)
        return token


def move_token(key: str, new_key: str) -> None:
    """The same appliance is known by another certificate now. Raises NoKeyring."""
    token = token_of(key)
    if token is not None:
        keep_token(new_key, token)
        forget_token(key)


@contextmanager
def _keyring() -> Iterator[Any]:
    """The library, loaded when it is first needed; what it raises is raised as ours."""
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415

    try:
        yield keyring
    except NoKeyringError as found:
        raise NoKeyring(str(found)) from found
    except KeyringError as found:
        raise KeyringLocked(str(found)) from found
