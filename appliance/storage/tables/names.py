"""What things are called that are known by their ids: one query for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from appliance.domain.audit import Named, Subject, SubjectKind
from appliance.storage.database import Connection, marks, rows
from appliance.storage.tables.customers import HIGHEST_ID

# Of each kind the columns id, name, "at" and customer_id.
_SOURCES = {
    SubjectKind.CUSTOMER: 'SELECT id, company_name AS name, NULL::TIMESTAMPTZ AS "at", id AS customer_id FROM customer',
    SubjectKind.TOKEN: 'SELECT id, name, NULL::TIMESTAMPTZ AS "at", NULL::INTEGER AS customer_id FROM token',
    # No number: whoever may read the audit is not thereby told who called whom.
    SubjectKind.CALL: "SELECT call_id AS id, coalesce(customer.company_name, '') AS name, "
    'coalesce(call_started_at, received_at) AS "at", customer_id '
    "FROM call LEFT JOIN customer ON customer.id = call.customer_id",
    SubjectKind.DELIVERY: "SELECT delivery.id, coalesce(customer.company_name, '') AS name, "
    'delivery.created_at AS "at", customer_id FROM delivery LEFT JOIN customer ON customer.id = delivery.customer_id',
}
_NUMBERED = (SubjectKind.CUSTOMER, SubjectKind.TOKEN)


def named(tx: Connection, wanted: Iterable[Subject], only: frozenset[int] | None = None) -> list[Named]:
    """The names of those that are still there; a deleted customer keeps its company's. Of these customers alone."""
    parts, values = [], list[object]()
    for kind, source in _SOURCES.items():
        ids = _ids(kind, wanted)
        if ids:
            columns = f"'{kind}' AS kind, id::VARCHAR AS id, name, \"at\""
            text = f"SELECT {columns} FROM ({source}) WHERE id IN ({marks(ids)})"  # noqa: S608
            values += ids
            if only is not None:
                text += " AND list_contains(?::INTEGER[], customer_id)"
                values.append(sorted(only))
            parts.append(text)
    if not parts:
        return []
    found = rows(tx.execute(" UNION ALL ".join(parts), values))
    return [Named(Subject(SubjectKind(row["kind"]), row["id"]), row["name"], row["at"]) for row in found]


def _ids(kind: SubjectKind, wanted: Iterable[Subject]) -> Sequence[object]:
    ids = sorted({one.id for one in wanted if one.kind is kind and one.id is not None})
    if kind not in _NUMBERED:
        return ids
    return [int(one) for one in ids if one.isascii() and one.isdecimal() and len(one) < 11 and int(one) <= HIGHEST_ID]
