"""A file that our migrations have not made to the letter is not used, and nothing in it is run to find that out."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from appliance.errors import PermanentFailure
from appliance.storage.catalogue import ForeignCatalogue, check_catalogue
from appliance.storage.database import opened_database
from appliance.storage.file_format.damage import DatabaseDamaged
from appliance.storage.repair.salvage import salvage
from tests.support.cases import long_but

pytestmark = pytest.mark.slow

SCHEMAS = sorted((Path(__file__).parents[2] / "data" / "schemas").glob("*.duckdb.gz"))


@pytest.fixture
def path(migrated_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(migrated_file, tmp_path / "vbot.duckdb"))


@pytest.mark.parametrize("packed", long_but([SCHEMAS[0], SCHEMAS[-1]], SCHEMAS), ids=lambda path: path.name[:4])
def test_a_database_of_every_schema_is_ours_and_so_are_its_copies(packed: Path, tmp_path: Path) -> None:
    path, copy = tmp_path / "vbot.duckdb", tmp_path / "copy.duckdb"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    check_catalogue(path)
    with opened_database(path, beside=[tmp_path]) as database:
        database.copy_blocking(copy)
    check_catalogue(path)
    check_catalogue(copy)


def test_what_was_salvaged_is_ours(path: Path, tmp_path: Path) -> None:
    salvage(path, tmp_path / "salvaged.duckdb")
    check_catalogue(tmp_path / "salvaged.duckdb")


FOREIGN = {
    "a view in a table's place": ("DROP TABLE call; CREATE VIEW call AS SELECT 1", "the view call is not"),
    "another view": ("CREATE VIEW harmless AS SELECT 1", "the view harmless is not"),
    "a macro": ("CREATE MACRO lower(x) AS 'x'", "the macro lower is not"),
    "a table macro": ("CREATE MACRO duckdb_tables() AS TABLE SELECT 1", "the macro duckdb_tables is not"),
    "a type": ("CREATE TYPE mood AS ENUM ('good')", "the type mood is not"),
    "a sequence": ("CREATE SEQUENCE more", "the sequence more is not"),
    "another step": ("DROP SEQUENCE IF EXISTS token_id CASCADE; CREATE SEQUENCE token_id INCREMENT 2", "token"),
    "a trigger": (
        "CREATE TABLE aside (name VARCHAR); CREATE TRIGGER copy AFTER INSERT ON fact REFERENCING NEW TABLE AS new "
        "FOR EACH STATEMENT INSERT INTO aside SELECT name FROM new; DROP TABLE IF EXISTS nothing",
        "the (trigger copy|table aside) is not",
    ),
    "a default": ("ALTER TABLE fact ALTER value SET DEFAULT 'x'", "the table fact is not"),
    "a column": ("ALTER TABLE silence ADD COLUMN more VARCHAR", "the table silence is not"),
    "a lost column": ("ALTER TABLE silence DROP COLUMN last_call_at", "the table silence is not"),
    "a table": ("CREATE TABLE more (x INTEGER)", "the table more is not"),
    "a lost table": ("DROP TABLE silence", "the table silence is missing"),
    "an index": ("CREATE INDEX more ON silence (customer_id)", "the index more is not"),
    "a lost index": ("DROP INDEX delivery_call", "the index delivery_call is missing"),
    "a schema": ("CREATE SCHEMA more", "the schema more"),
    "a view in a schema": ("CREATE SCHEMA more; CREATE VIEW more.call AS SELECT 1", "more"),
    "another table of steps": ("ALTER TABLE schema_migration ADD COLUMN more VARCHAR", "the table schema_migration is"),
    "a view of steps": (
        "DROP TABLE schema_migration; CREATE VIEW schema_migration AS SELECT 1 AS number",
        "the table schema_migration is missing",
    ),
    "a step that was not taken": ("DELETE FROM schema_migration WHERE number = 10", "the table customer is not"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_no_vbot_has_made_is_refused_and_named(path: Path, name: str) -> None:
    sql, problem = FOREIGN[name]
    with duckdb.connect(str(path)) as connection:
        connection.execute(sql)
    with pytest.raises(ForeignCatalogue, match=rf"^{re.escape(str(path))} is not ours: .*{problem}"):
        check_catalogue(path)


def test_one_of_a_newer_program_is_said_to_be_that(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO schema_migration VALUES (999, 'later', now())")
    with pytest.raises(PermanentFailure, match="newer vBot"):
        check_catalogue(path)


def test_what_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "vbot.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseDamaged):
        check_catalogue(tmp_path / "vbot.duckdb")
