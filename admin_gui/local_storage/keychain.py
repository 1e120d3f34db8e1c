"""Tokens in the system's keyring. Slow and able to ask the user something: never on the GUI thread."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)

SERVICE = "vbot-admin"


class NoKeyring(Exception):
    """This desktop has no keyring, or it is locked: tokens are kept for this session only."""


def token_of(key: str) -> str | None:
    """The token that was kept for an appliance, or None. Raises NoKeyring."""
    keyring, error = _keyring()
    try:
        return keyring.get_password(SERVICE, key)  # type: ignore[no-any-return,attr-defined]
    except error as found:
        raise NoKeyring(str(found)) from found


def keep_token(key: str, token: str) -> None:
    """Raises NoKeyring."""
    keyring, error = _keyring()
    try:
        keyring.set_password(SERVICE, key, token)  # type: ignore[attr-defined]
    except error as found:
        raise NoKeyring(str(found)) from found


def forget_token(key: str) -> None:
    """Also when there is none. Raises NoKeyring."""
    keyring, error = _keyring()
    try:
        if keyring.get_password(SERVICE, key) is not None:  # type: ignore[attr-defined]
            keyring.delete_password(SERVICE, key)  # type: ignore[attr-defined]
    except error as found:
        raise NoKeyring(str(found)) from found


def move_token(key: str, new_key: str) -> None:
    """The same appliance is known by another certificate now. Raises NoKeyring."""
    token = token_of(key)
    if token is not None:
        keep_token(new_key, token)
        forget_token(key)


def _keyring() -> tuple[object, type[Exception]]:
    """The library, loaded when it is first needed, and what it raises."""
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    return keyring, KeyringError
