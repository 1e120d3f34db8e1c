"""Whatever a database holds, no open of ours lets it reach another file, the network or a setting."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import pytest

import appliance
from appliance.storage import opening
from appliance.storage.catalogue import check_catalogue
from appliance.storage.database import Connection, Database, opened_as_it_is, opened_database
from appliance.storage.repair import file_heads, verification
from appliance.storage.repair.mending import is_whole, mend
from appliance.storage.repair.salvage import salvage

pytestmark = pytest.mark.slow

SHUT = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}


@pytest.fixture
def path(database: Database) -> Path:
    database.close()
    return database.path


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """What lies beside a database, as the master key does."""
    (tmp_path / "secret").write_text("the master key")
    return tmp_path / "secret"


def settings_of(connection: Connection) -> dict[str, str]:
    found = connection.execute("SELECT name, value FROM duckdb_settings()").fetchall()
    return {name: value for name, value in found if name in SHUT}


OPENS: dict[str, Callable[[Path], AbstractContextManager[Database]]] = {
    "as the appliance opens its own": lambda path: opened_database(path, beside=[path.parent / "backups"]),
    "as a command does": opened_database,
    "as a copy is looked at": opened_as_it_is,
}


@pytest.mark.parametrize("name", OPENS)
async def test_a_connection_that_is_in_use_is_shut_and_locked_for_writers_and_readers(path: Path, name: str) -> None:
    with OPENS[name](path) as database:
        assert await database.read(settings_of) == SHUT
        assert await database.write(settings_of) == SHUT


@pytest.mark.parametrize("name", OPENS)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM '{secret}.csv'",
        "COPY (SELECT 1) TO '{secret}.out'",
        "ATTACH '{secret}.duckdb'",
        "EXPORT DATABASE '{secret}.folder'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET GLOBAL lock_configuration = false",
        "SET allowed_paths = ['{secret}']",
        "SET GLOBAL threads = 64",
        "SELECT * FROM secret",
    ],
)
async def test_nothing_in_it_reaches_out(path: Path, secret: Path, name: str, sql: str) -> None:
    with OPENS[name](path) as database, pytest.raises((duckdb.Error, PermissionError)):
        await database.read(lambda tx: tx.execute(sql.format(secret=secret)).fetchall())
    assert [one.name for one in secret.parent.iterdir() if one.name.startswith("secret")] == ["secret"]


def test_what_may_be_attached_is_that_and_nothing_beside_it(path: Path, secret: Path) -> None:
    aside = secret.parent / "aside"
    aside.mkdir()
    (aside / "master.key").write_text("the master key")
    Database.open(aside / "vbot.duckdb").close()
    with opened_database(path, beside=[aside / "vbot.duckdb"]) as database:
        attach = f"ATTACH '{aside}/vbot.duckdb' AS other (READ_ONLY)"
        database.write_blocking(lambda tx: tx.execute(attach))
        with pytest.raises(duckdb.PermissionException):
            database.write_blocking(lambda tx: tx.execute(f"SELECT * FROM read_text('{aside}/master.key')"))


# -- every open ----------------------------------------------------------------------------------------------


def test_there_is_one_place_that_opens_databases() -> None:
    """Whoever calls DuckDB's own `connect` elsewhere opens one that is not locked."""
    places = []
    for file in sorted(Path(appliance.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            by_name = isinstance(node, ast.Attribute) and node.attr in ("connect", "default_connection")
            if by_name and isinstance(node.value, ast.Name) and node.value.id == "duckdb":  # type: ignore[attr-defined]
                places.append(file.relative_to(Path(appliance.__file__).parent).as_posix())
            if isinstance(node, ast.ImportFrom) and node.module == "duckdb":
                places.append(file.name)
    assert places == ["storage/opening.py"]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The settings of each database that is opened, as they are when the opener has it."""
    seen: list[dict[str, str]] = []
    real = opening.locked

    def locked(*arguments: object, **options: object) -> duckdb.DuckDBPyConnection:
        connection = real(*arguments, **options)  # type: ignore[arg-type]
        seen.append(settings_of(connection))
        return connection

    for module in (
        "opening",
        "catalogue",
        "repair.file_heads",
        "repair.mending",
        "repair.salvage",
        "repair.verification",
    ):
        monkeypatch.setattr(f"appliance.storage.{module}.locked", locked)
    return seen


USERS: dict[str, Callable[[Path, Path], object]] = {
    "the api": lambda path, _scratch: Database.open(path).close(),
    "the look at its catalogue": lambda path, _scratch: check_catalogue(path),
    "the doctor": lambda path, _scratch: verification.verify(path, 60),
    "the look before a repair": lambda path, _scratch: is_whole(path),
    "a repair": mend,
    "a salvage": lambda path, scratch: salvage(path, scratch / "salvaged.duckdb"),
    "the pattern of a head": lambda _path, scratch: file_heads._new_file_head(scratch, None),
}


@pytest.mark.parametrize("user", USERS)
def test_each_that_opens_one_has_it_locked(path: Path, tmp_path: Path, opened: list[dict[str, str]], user: str) -> None:
    (tmp_path / "scratch").mkdir()
    USERS[user](path, tmp_path / "scratch")
    assert opened
    assert all(settings == SHUT for settings in opened)
