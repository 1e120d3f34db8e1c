"""What lets nobody in any more, in another state of the same database: tokens that were revoked, keys that changed.

A backup is of a moment before; whoever has a key that leaked after it is not to be let in by a restore, nor to be sent
webhooks at an address that was given up. What another
state withdrew before the backup was made says nothing: that may be a life that was given up, and in ours it lives on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.storage.attached_database import attached
from appliance.storage.database import Connection
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.tables import customers, deliveries

# A customer is the same in both where its row was made at the same moment: another appliance gives the same ids.
_SAME = "ours.id = theirs.id AND ours.created_at = theirs.created_at AND ours.deleted_at IS NULL"
_CREDENTIALS: tuple[str, ...] = (
    "api_key_hash",
    "sealed_api_key",
    "previous_api_key_hash",
    "previous_api_key_until",
    "sealed_webhook_secret",
    "sealed_previous_webhook_secret",
    "previous_webhook_secret_until",
    "updated_at",
)
# Where webhooks go, and whom they trust there: an address is given up with its secret, when it leaked or was sold.
_MOVED = ("sealed_webhook_url", "webhook_ca", "webhook_fingerprint")
_ENDPOINT = (*_MOVED, "webhook_url", "webhook_disabled_reason", "webhook_failing_since")
MOVED_REASON = "its address was changed after the backup that was restored, and cannot be read: enter it again"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many tokens were revoked again, customers deleted again, and how many got their later keys back.

    With the keys go the webhooks' addresses. `unreadable`: customers whose later ones are sealed under another master
    key, and are those of the backup; where the address is another since, nothing is sent to the one before.
    """

    tokens: int = 0
    customers: int = 0
    keys: int = 0
    unreadable: int = 0

    def facts(self) -> dict[str, int]:
        """For the audit: what there was of it."""
        counted = {
            "tokens_revoked_again": self.tokens,
            "customers_deleted_again": self.customers,
            "later_keys_kept": self.keys,
            "later_keys_lost": self.unreadable,
        }
        return {name: count for name, count in counted.items() if count}

    def __add__(self, other: Withdrawn) -> Withdrawn:
        return Withdrawn(
            self.tokens + other.tokens,
            self.customers + other.customers,
            self.keys + other.keys,
            self.unreadable + other.unreadable,
        )


def repeat_withdrawals(
    tx: Connection, other: Path, key: DatabaseKey | None, since: datetime, *, same_master_key: bool
) -> Withdrawn:
    """Withdraw what another state has withdrawn since. Its keys can be read only under the same master key."""
    with attached(tx, other, key, read_only=True) as name:
        tokens = tx.execute(
            f"""UPDATE token SET revoked_at = theirs.revoked_at FROM {name}.token AS theirs
            WHERE theirs.token_hash = token.token_hash AND theirs.revoked_at > ? AND token.revoked_at IS NULL
            RETURNING token.id""",  # noqa: S608
            [since],
        ).fetchall()
        deleted = tx.execute(
            f"""SELECT ours.id, theirs.deleted_at FROM customer AS ours JOIN {name}.customer AS theirs ON {_SAME}
            WHERE theirs.deleted_at > ?""",  # noqa: S608
            [since],
        ).fetchall()
        for customer_id, at in deleted:
            customers.mark_deleted(tx, customer_id, at)
            deliveries.forget_addresses(tx, customer_id)
            deliveries.disable_waiting(tx, customer_id)
        # Before the schema 0004 addresses were kept in clear, and are left alone.
        columns, moved = _CREDENTIALS, "false"
        if _has_sealed_urls(tx, name):
            columns = (*_CREDENTIALS, *_ENDPOINT)
            moved = " OR ".join(f"theirs.{one} IS DISTINCT FROM ours.{one}" for one in _MOVED)
        changed = tx.execute(
            f"""SELECT {", ".join(f"theirs.{column}" for column in columns)}, theirs.is_active AND ours.is_active,
                ours.id, {moved}
            FROM customer AS ours JOIN {name}.customer AS theirs ON {_SAME}
            WHERE theirs.deleted_at IS NULL AND theirs.updated_at > greatest(ours.updated_at, ?)
              AND (theirs.api_key_hash <> ours.api_key_hash
                   OR theirs.sealed_webhook_secret <> ours.sealed_webhook_secret
                   OR theirs.is_active < ours.is_active OR {moved})""",  # noqa: S608
            [since],
        ).fetchall()
    assignments = ", ".join(f"{column} = ?" for column in (*columns, "is_active"))
    for *values, customer_id, is_moved in changed:
        if same_master_key:
            tx.execute(f"UPDATE customer SET {assignments} WHERE id = ?", [*values, customer_id])  # noqa: S608
        elif is_moved:
            tx.execute("UPDATE customer SET webhook_disabled_reason = ? WHERE id = ?", [MOVED_REASON, customer_id])
    taken, unreadable = (len(changed), 0) if same_master_key else (0, len(changed))
    return Withdrawn(len(tokens), len(deleted), taken, unreadable)


def _has_sealed_urls(tx: Connection, database: str) -> bool:
    query = """
        SELECT 1 FROM duckdb_columns()
        WHERE database_name = ? AND table_name = 'customer' AND column_name = 'sealed_webhook_url'"""
    return tx.execute(query, [database]).fetchone() is not None
