"""The operators' tokens."""

from __future__ import annotations

from datetime import datetime

import msgspec

from appliance.domain.token import Role, Token
from appliance.storage.database import Connection, Row, first_row, rows

_EVERYBODY = "*"


def _token(row: Row) -> Token:
    return Token(**{**row, "role": Role(row["role"]), "customers": _customers(row["customers"])})


def _customers(text: str | None) -> frozenset[int] | None:
    """What cannot be read is nobody's."""
    if text == _EVERYBODY:
        return None
    try:
        return frozenset(msgspec.json.decode(text or "[]", type=list[int]))
    except msgspec.DecodeError:
        return frozenset()


def insert(
    tx: Connection,
    *,
    name: str,
    role: Role,
    token_hash: str,
    created_at: datetime,
    expires_at: datetime | None,
    customers: frozenset[int] | None = None,
) -> Token:
    """Store a new token's hash."""
    whose = _EVERYBODY if customers is None else msgspec.json.encode(sorted(customers)).decode()
    row = first_row(
        tx.execute(
            "INSERT INTO token (name, role, token_hash, created_at, expires_at, customers) "
            "VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
            [name, role.value, token_hash, created_at, expires_at, whose],
        )
    )
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives the row
    return _token(row)


def by_hash(tx: Connection, token_hash: str) -> Token | None:
    """The token that hashes to this, or None."""
    row = first_row(tx.execute("SELECT * FROM token WHERE token_hash = ?", [token_hash]))
    return None if row is None else _token(row)


def listing(tx: Connection) -> list[Token]:
    """All tokens, revoked ones too, in the order of their ids."""
    return [_token(row) for row in rows(tx.execute("SELECT * FROM token ORDER BY id"))]


def get(tx: Connection, token_id: int) -> Token | None:
    """One token, or None."""
    row = first_row(tx.execute("SELECT * FROM token WHERE id = ?", [token_id]))
    return None if row is None else _token(row)


def revoke(tx: Connection, token_id: int, at: datetime) -> None:
    """Revoke a token for ever; one that is revoked already stays so."""
    tx.execute("UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", [at, token_id])


def note_use(tx: Connection, token_id: int, at: datetime) -> None:
    """Remember when a token was last used."""
    tx.execute("UPDATE token SET last_used_at = ? WHERE id = ?", [at, token_id])


def remove_all(tx: Connection) -> None:
    """Forget what an interrupted first boot left: its hashes belong to a key that was never kept."""
    tx.execute("DELETE FROM token")
