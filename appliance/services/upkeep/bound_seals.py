"""Seal for its own place what earlier versions have sealed for none, or kept in clear: once, with the key.

Some at a time, each in a transaction that also says how far it is: one that is cut off goes on where it was.
"""

from __future__ import annotations

import logging
from functools import partial

from appliance.domain.cell import Cell
from appliance.domain.sealed_url import SealedUrl
from appliance.errors import ConfigurationError
from appliance.storage.database import Connection, Database
from appliance.storage.folder.data_folder import DataFolder, write_private
from appliance.storage.folder.keys import Keys, recovery_key_of, seal_recovery_key
from appliance.storage.tables import facts
from appliance.storage.tables.unbound_seals import bind_customers, bind_deliveries

logger = logging.getLogger(__name__)

DELIVERIES_AT_ONCE = 5000
_ALL = "all"


def bind_seals(database: Database, folder: DataFolder, keys: Keys) -> None:
    """Do what is left to be done; blocks. What opens under neither form stays as it is: who needs it will say so."""
    if database.write_blocking(_done) == _ALL:
        return
    _bind_recovery_key(folder, keys)
    while database.write_blocking(partial(_bind_some, keys=keys)) != _ALL:
        pass


def _done(tx: Connection) -> str | None:
    return facts.get(tx, facts.SEALS_BOUND_UNTIL)


def _bind_recovery_key(folder: DataFolder, keys: Keys) -> None:
    try:
        recovery_key = recovery_key_of(folder, keys)
    except ConfigurationError:
        return  # that it is damaged has been said
    write_private(folder.recovery_key, seal_recovery_key(recovery_key, keys))


def _bind_some(tx: Connection, keys: Keys) -> str:
    """Customers first; then deliveries, until there is none. Returns how far it is."""

    def secret(sealed: bytes, cell: Cell) -> bytes:
        try:
            return keys.bind(sealed, cell)
        except ConfigurationError as error:
            logger.warning("%s of %s %s stays as it is: %s", cell.column, cell.table, cell.row, error)
            return sealed

    def url(shown: str, sealed: bytes | None, cell: Cell) -> SealedUrl:
        if sealed is None:
            return keys.seal_url(shown, cell)
        return SealedUrl(shown, secret(bytes(sealed), cell), cell)

    done = _done(tx)
    if done is None:
        bind_customers(tx, secret, url)
        done = "0"
    else:
        last = bind_deliveries(tx, int(done), DELIVERIES_AT_ONCE, url)
        done = _ALL if last is None else str(last)
    facts.put(tx, facts.SEALS_BOUND_UNTIL, done)
    return done
