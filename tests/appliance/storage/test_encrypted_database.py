"""An encrypted file: it shows nothing without its key, and whatever is killed or flipped, nothing is lost."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from appliance.errors import ConfigurationError, Unavailable
from appliance.storage import database as module
from appliance.storage import database_keys, rewriting
from appliance.storage.database import Connection, Database, opened_as_it_is, opened_database
from appliance.storage.database_keys import DatabaseKeys, KeyUnreadable, is_encrypted, key_files
from appliance.storage.file_format import block_file, log_file
from appliance.storage.file_format.damage import DatabaseDamaged, log_of
from appliance.storage.file_format.encryption import DatabaseKey, FileCipher
from appliance.storage.folder.keys import Keys
from appliance.storage.opening import written_anew
from appliance.storage.repair.mending import is_whole, mend
from appliance.storage.repair.verification import verify
from appliance.storage.tables import calls, facts
from tests.appliance.builders import KEYS, a_call
from tests.support.cases import long_but
from tests.support.file_faults import flip, truncate, zero_page

pytestmark = pytest.mark.slow

OURS = DatabaseKeys(KEYS)
MARK = "zzzz-STOLEN-MARKER-42"
COMMITS = 30
WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from appliance.storage.database import Database
from appliance.storage.tables import calls, facts
from tests.appliance.builders import a_call
from tests.appliance.storage.test_encrypted_database import MARK, OURS

database = Database.open(Path(sys.argv[1]), keys=OURS)
database.write_blocking(lambda tx: calls.insert_many(tx, [a_call(f"c-{n}", metadata=MARK * 9) for n in range(500)]))
database._connection.execute("CHECKPOINT")
for number in range(int(sys.argv[2])):
    database.write_blocking(lambda tx: facts.put(tx, f"fact {number}", MARK * 9))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _damage_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is: after a time it is told without its place."""
    monkeypatch.setattr("appliance.storage.opening.LOOK_FOR_DAMAGE_SECONDS", 60.0)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a log, as kill -9 leaves it."""
    path = tmp_path_factory.mktemp("killed") / "vbot.duckdb"
    done = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(path), str(COMMITS)], check=False, timeout=200)
    assert done.returncode == -signal.SIGKILL
    return path


@pytest.fixture
def path(killed: Path, tmp_path: Path) -> Path:
    """A copy of it, in a folder of its own."""
    shutil.copytree(killed.parent, tmp_path / "data")
    return tmp_path / "data" / killed.name


def cipher(path: Path) -> FileCipher:
    key = OURS.of(path)
    assert key is not None
    return key.cipher


def frames(path: Path) -> list[log_file.Frame]:
    content = log_file.read_log(log_of(path))
    head = log_file.read_head(content)
    assert head is not None
    found, at = [], head.end
    while (frame := log_file.frame_at(content, at, cipher(path))) is not None:
        found.append(frame)
        at = frame.end
    return found


def facts_in(path: Path) -> int:
    with opened_database(path, existing=True, keys=OURS) as database:
        return counted(database)


def counted(database: Database) -> int:
    return int(database.write_blocking(lambda tx: tx.execute("SELECT count(*) FROM fact").fetchall())[0][0])


def shows(folder: Path) -> list[str]:
    """The files that hold the mark, or its beginning."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in found if MARK[:8].encode() in path.read_bytes()]


def damage_of(path: Path) -> str:
    with pytest.raises(DatabaseDamaged) as told:
        Database.open(path, existing=True, keys=OURS)
    assert "\n" not in str(told.value)
    assert "`vbot repair` saves" in str(told.value)
    return str(told.value)


# -- stolen --------------------------------------------------------------------------------------------------


def test_neither_file_nor_log_shows_anything_and_what_was_committed_is_there(path: Path) -> None:
    assert log_of(path).stat().st_size > COMMITS * 200
    assert shows(path.parent) == []
    assert facts_in(path) == COMMITS
    assert shows(path.parent) == []


def test_a_plain_file_shows_it(tmp_path: Path) -> None:
    with opened_database(tmp_path / "vbot.duckdb") as database:
        database.write_blocking(lambda tx: facts.put(tx, "a", MARK))
    assert shows(tmp_path) == ["vbot.duckdb"]  # this is why there is anything to do


def test_what_has_no_room_in_memory_is_not_spilled_in_plain(path: Path) -> None:
    seen: list[str] = []

    def sort(tx: Connection) -> None:
        tx.execute("SET GLOBAL memory_limit = '40MB'")
        with contextlib.suppress(Exception):  # it need not come to its end
            tx.execute(
                f"CREATE TEMP TABLE big AS SELECT '{MARK}' || i AS a, hash(i) AS b FROM range(1500000) r(i) ORDER BY b"
            )
        spilled = list(path.with_name(f"{path.name}.tmp").iterdir())
        assert sum(file.stat().st_size for file in spilled) > 1_000_000
        seen.extend(shows(path.parent))
        raise InterruptedError

    with opened_database(path, existing=True, keys=OURS) as database, pytest.raises(InterruptedError):
        database.write_blocking(sort)
    assert seen == []


def test_a_copy_is_encrypted_too_with_a_key_of_its_own(path: Path) -> None:
    with opened_database(path, existing=True, keys=OURS, beside=[path.parent]) as database:
        key = database.copy_blocking(path.parent / "copy.duckdb")
    assert isinstance(key, DatabaseKey)
    assert key.secret != getattr(OURS.of(path), "secret", None)
    assert shows(path.parent) == []
    OURS.keep(path.parent / "copy.duckdb", key)
    with opened_as_it_is(path.parent / "copy.duckdb", keys=OURS) as copied:
        assert counted(copied) == COMMITS


# -- its key -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("damage", [Path.unlink, lambda file: truncate(file, 5), lambda file: flip(file, 60)])
def test_one_of_the_two_files_with_its_key_is_enough_and_makes_the_other_again(
    path: Path, number: int, damage: Callable[[Path], object]
) -> None:
    damage(key_files(path)[number])
    assert facts_in(path) == COMMITS
    one, other = (file.read_bytes() for file in key_files(path))
    assert one == other


def test_a_kill_before_the_new_file_has_the_name_leaves_the_old_one_its_key_even_if_both_files_of_it_were_gone(
    path: Path,
) -> None:
    if (child := os.fork()) == 0:

        def die(*_: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        with contextlib.suppress(BaseException):
            database = Database.open(path, existing=True, keys=OURS, beside=[written_anew(path)])
            for file in key_files(path):
                file.unlink()
            Path.rename = _until(path, die)  # type: ignore[assignment]
            database.rewrite_blocking()
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert facts_in(path) == COMMITS


def _until(path: Path, die: Callable[[], None]) -> Callable[[Path, Path], Path]:
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if target == path:
            die()
        return real(self, target)

    return rename


def test_without_its_key_it_does_not_open_and_is_not_taken_for_damaged(path: Path) -> None:
    for keys in (DatabaseKeys(), DatabaseKeys(Keys(b"another master key of 32 bytes..")), DatabaseKeys(KEYS)):
        if keys._masters == (KEYS,):
            for file in key_files(path):
                file.unlink()
        with pytest.raises(KeyUnreadable, match=r"vbot\.duckdb\.key beside it, is missing or damaged, or does not"):
            Database.open(path, existing=True, keys=keys)
    with pytest.raises(ConfigurationError, match="is encrypted"):
        Database.open(path, existing=True)


def with_keys_of_another(folder: Path) -> Path:
    """A database beside which lies the key of another, and its own is missing."""
    for name in ("vbot.duckdb", "other.duckdb"):
        Database.open(folder / name, keys=OURS).close()
    for source, target in zip(key_files(folder / "other.duckdb"), key_files(folder / "vbot.duckdb"), strict=True):
        shutil.copyfile(source, target)
    return folder / "vbot.duckdb"


def test_beside_the_key_of_another_file_one_is_not_taken_for_damaged(tmp_path: Path) -> None:
    with pytest.raises(KeyUnreadable, match="is missing or damaged"):
        Database.open(with_keys_of_another(tmp_path), existing=True, keys=OURS)


def test_where_all_heads_are_gone_the_only_key_is_taken_for_its_own_and_of_two_none(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    Database.open(path, keys=OURS).close()
    key = OURS.of(path)
    for head in block_file.HEADS:
        zero_page(path, head)
    assert OURS.of(path) == key
    OURS.keep(path, DatabaseKey(b"x" * 32, b"y" * 16))
    with pytest.raises(KeyUnreadable):
        OURS.of(path)


def test_where_the_first_head_is_gone_its_own_key_is_found_among_those_of_others(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    Database.open(path, keys=OURS).close()
    key = OURS.of(path)
    OURS.keep(path, DatabaseKey(b"x" * 32, b"y" * 16), DatabaseKey(b"x" * 32, b"z" * 16))
    zero_page(path, 0)
    assert OURS.of(path) == key


# -- encrypted for the first time ----------------------------------------------------------------------------


@pytest.fixture
def plain(tmp_path: Path, migrated_file: Path) -> Path:
    """As an earlier version left it."""
    path = Path(shutil.copyfile(migrated_file, tmp_path / "vbot.duckdb"))
    with opened_database(path) as database:
        database.write_blocking(lambda tx: calls.insert_many(tx, [a_call(f"c-{n}", metadata=MARK) for n in range(50)]))
    return path


def test_a_plain_one_is_encrypted_when_it_is_written_anew_and_with_another_key_each_time(plain: Path) -> None:
    database = Database.open(plain, existing=True, keys=OURS, beside=[written_anew(plain)])
    with contextlib.closing(database):
        assert database.is_to_be_encrypted
        assert shows(plain.parent)
        secrets = set()
        for _ in range(2):
            database.rewrite_blocking()
            key = OURS.of(plain)
            assert key is not None
            secrets.add(key.secret)
            for file in key_files(plain):
                assert list(msgspec.json.decode(file.read_bytes())) == [key.database_id.hex()]
        assert len(secrets) == 2
        assert not database.is_to_be_encrypted
        assert shows(plain.parent) == []
        database.write_blocking(lambda tx: facts.put(tx, "a", MARK))
        assert database.write_blocking(calls.count) == 50
    assert shows(plain.parent) == []


STEPS = ("of_file", "keep", "put_in_place", "sync_file", "rename", "sync_folder", "forget", "connect")


def killed_at(step: str, path: Path) -> None:
    """The first encryption in a process that is killed just before this step."""
    if (child := os.fork()) == 0:

        def die(*_: object, **__: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        with contextlib.suppress(BaseException):
            database = Database.open(path, existing=True, keys=OURS, beside=[written_anew(path)])
            if step == "rename":
                Path.rename = _until(path, die)  # type: ignore[assignment]
            elif step == "of_file":
                database_keys.of_file = die  # type: ignore[assignment]
            elif step in ("keep", "forget"):
                setattr(DatabaseKeys, step, die)
            else:
                of_rewriting = step in ("put_in_place", "sync_file", "sync_folder")
                setattr(rewriting if of_rewriting else module, step, die)
            database.rewrite_blocking()
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), step
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("step", long_but(["put_in_place", "forget"], STEPS))
def test_killed_in_the_first_encryption_it_is_whole_plain_or_encrypted(plain: Path, step: str) -> None:
    killed_at(step, plain)

    with opened_database(plain, existing=True, keys=OURS) as database:
        assert database.write_blocking(calls.count) == 50
        assert database.is_to_be_encrypted == (not is_encrypted(plain))
    assert is_encrypted(plain) == (step in STEPS[STEPS.index("sync_folder") :])
    assert not written_anew(plain).exists()
    assert [file.exists() for file in key_files(plain)] == [step not in ("of_file", "keep")] * 2


def keys_beside(path: Path) -> list[set[bytes]]:
    return [{bytes.fromhex(one) for one in msgspec.json.decode(file.read_bytes())} for file in key_files(path)]


def rewritten(path: Path) -> bytes:
    """Write it anew; the id of the file that it is then."""
    with opened_database(path, existing=True, keys=OURS, beside=[written_anew(path)]) as database:
        database.rewrite_blocking()
    key = OURS.of(path)
    assert key is not None
    return key.database_id


@contextlib.contextmanager
def refused_at(step: str) -> Iterator[None]:
    """The disk refuses this step of the swap."""

    def refuse(*_: object) -> None:
        raise OSError("input/output error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewriting, step, refuse)
        yield


@pytest.mark.parametrize("step", long_but(["rename"], STEPS))
def test_after_a_kill_in_the_swap_the_next_one_forgets_the_keys_of_files_that_are_gone(path: Path, step: str) -> None:
    killed_at(step, path)
    assert facts_in(path) == COMMITS
    there = rewritten(path)
    assert keys_beside(path) == [{there}] * 2
    assert not path.with_name("vbot.duckdb.key.replaced").exists()
    assert facts_in(path) == COMMITS


@pytest.mark.parametrize("step", long_but(["sync_folder"], ["put_in_place", "sync_file", "sync_folder"]))
def test_after_swaps_that_the_disk_refuses_the_next_one_forgets_the_keys_of_files_that_are_gone(
    tmp_path: Path, step: str
) -> None:
    path = tmp_path / "vbot.duckdb"
    with opened_database(path, keys=OURS) as database:
        database.write_blocking(lambda tx: facts.put(tx, "a", MARK))
    for _ in range(2):
        with refused_at(step), pytest.raises(Unavailable, match="cannot be written anew"):
            rewritten(path)
        assert facts_in(path) == 1
    there = rewritten(path)
    assert keys_beside(path) == [{there}] * 2
    assert not path.with_name("vbot.duckdb.key.replaced").exists()
    assert facts_in(path) == 1


@pytest.mark.parametrize("step", long_but(["sync_folder"], ["sync_file", "sync_folder"]))
def test_a_file_that_was_moved_away_after_such_a_swap_opens_again_whatever_had_its_name_since(
    tmp_path: Path, migrated_file: Path, step: str
) -> None:
    path, away = tmp_path / "vbot.duckdb", tmp_path / "away.duckdb"
    with opened_database(path, keys=OURS) as database:
        database.write_blocking(lambda tx: facts.put(tx, "a", MARK))
    with refused_at(step), pytest.raises(Unavailable, match="cannot be written anew"):
        rewritten(path)
    path.rename(away)
    shutil.copyfile(migrated_file, path)
    for _ in range(2):
        rewritten(path)
    away.rename(path)
    assert facts_in(path) == 1


def test_an_encrypted_file_that_was_moved_away_by_hand_opens_again_whatever_had_its_name_since(
    tmp_path: Path, migrated_file: Path
) -> None:
    path, away = tmp_path / "vbot.duckdb", tmp_path / "away.duckdb"
    with opened_database(path, keys=OURS) as database:
        database.write_blocking(lambda tx: facts.put(tx, "a", MARK))
    path.rename(away)
    shutil.copyfile(migrated_file, path)
    database = Database.open(path, existing=True, keys=OURS, beside=[written_anew(path)])
    with contextlib.closing(database):
        database.rewrite_blocking()
        database.rewrite_blocking()
    away.rename(path)
    assert facts_in(path) == 1


def test_an_opening_that_only_looks_writes_no_keys_and_none_are_wrapped_by_another_master_key(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    Database.open(path, keys=OURS).close()
    key_files(path)[1].unlink()
    before = key_files(path)[0].read_bytes()
    looking = DatabaseKeys(Keys(b"another master key of 32 bytes.."), KEYS)
    with opened_as_it_is(path, keys=looking):
        pass
    assert not key_files(path)[1].exists()
    Database.open(path, existing=True, keys=looking).close()
    assert [file.read_bytes() for file in key_files(path)] == [before] * 2


ENCRYPTS = """
import sys
from pathlib import Path
from appliance.storage.database import Database
from appliance.storage.opening import written_anew
from tests.appliance.storage.test_encrypted_database import OURS
path = Path(sys.argv[1])
database = Database.open(path, existing=True, keys=OURS, beside=[written_anew(path)])
print("now", flush=True)
database.rewrite_blocking()
database.rewrite_blocking()
"""


def test_whenever_it_is_killed_nothing_is_lost(plain: Path, tmp_path: Path) -> None:
    for number in range(5):
        (folder := tmp_path / str(number)).mkdir()
        path = Path(shutil.copyfile(plain, folder / plain.name))
        with subprocess.Popen([sys.executable, "-c", ENCRYPTS, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.3 * number)
            process.kill()
        with opened_database(path, existing=True, keys=OURS) as database:
            assert database.write_blocking(calls.count) == 50


def test_killed_while_a_new_one_is_made_the_next_one_is_made_whole(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    for step in ("keep", "rename"):
        if (child := os.fork()) == 0:

            def die(*_: object) -> None:
                os.kill(os.getpid(), signal.SIGKILL)

            setattr(Path if step == "rename" else DatabaseKeys, step, die)
            with contextlib.suppress(BaseException):
                Database.open(path, keys=OURS)
            os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        assert not path.exists()
    Database.open(path, keys=OURS).close()
    assert is_encrypted(path)
    assert not written_anew(path).exists()


# -- damaged -------------------------------------------------------------------------------------------------


@pytest.fixture
def mended(path: Path, tmp_path: Path) -> Callable[[], tuple[list[str], int]]:
    """What a repair does to it, and how many facts it has then."""

    def mended() -> tuple[list[str], int]:
        key = OURS.of(path)
        assert not is_whole(path, key)
        (tmp_path / "scratch").mkdir()
        made = mend(path, tmp_path / "scratch", OURS)
        assert shows(tmp_path) == []
        return made.done, facts_in(made.file)

    return mended


def test_the_look_at_the_files_byte_by_byte_finds_a_whole_one_whole(path: Path) -> None:
    key = OURS.of(path)
    state = block_file.examine(path, cipher=cipher(path))
    assert (state.damaged, state.size, state.looked_at) == ((), state.expected, state.expected)
    assert len(frames(path)) >= 3 * COMMITS
    assert not log_file.look_quickly(log_of(path), cipher(path)).damaged
    assert is_whole(path, key)
    assert verify(path, 10.0, key).calls == 500


@pytest.mark.parametrize("part", ["nonce", "content", "tag"])
def test_a_flipped_bit_in_the_log_is_told_with_what_lies_behind_it_and_turned_back(
    path: Path, mended: Callable[[], tuple[list[str], int]], part: str
) -> None:
    victim = frames(path)[len(frames(path)) // 2]
    place = dict(zip(("nonce", "content", "tag"), victim.sealed, strict=True))[part]
    flip(log_of(path), place.start + 3, 2)

    found = re.search(
        rf"^{re.escape(str(log_of(path)))} is damaged at byte {victim.at}, and (\d+) commits lie", damage_of(path)
    )
    assert found
    assert COMMITS / 2 - 2 <= int(found[1]) <= COMMITS / 2 + 2
    done, facts_there = mended()
    assert done == [f"vbot.duckdb.wal: a flipped bit at byte {place.start + 3} was turned back"]
    assert facts_there == COMMITS


@pytest.mark.parametrize("byte", [0, 2, 7])
def test_a_length_that_leads_elsewhere_is_told_and_turned_back(
    path: Path, mended: Callable[[], tuple[list[str], int]], byte: int
) -> None:
    victim = frames(path)[len(frames(path)) // 2]
    flip(log_of(path), victim.at + byte, 4)
    assert f"is damaged at byte {victim.at}, and" in damage_of(path)
    assert mended()[1] == COMMITS


@pytest.mark.parametrize("byte", [0, 2, 4, 9])
def test_a_flipped_bit_in_the_head_of_the_log_drops_nothing_silently(
    path: Path, mended: Callable[[], tuple[list[str], int]], byte: int
) -> None:
    flip(log_of(path), byte, 2)
    assert str(log_of(path)) in damage_of(path)
    assert mended()[1] == COMMITS


def test_what_is_more_than_a_bit_costs_what_lies_behind_it(
    path: Path, mended: Callable[[], tuple[list[str], int]]
) -> None:
    victim = frames(path)[len(frames(path)) // 2]
    zero_page(log_of(path), victim.at)
    done, facts_there = mended()
    assert done[0].startswith("vbot.duckdb.wal: the first ")
    assert 0 < facts_there < COMMITS


@pytest.mark.parametrize("cut", [0, 1, 10, 37])
def test_a_torn_end_was_never_acknowledged_and_is_no_damage(path: Path, cut: int) -> None:
    last_commit = [frame for frame in frames(path) if frame.size == 5][-2]
    truncate(log_of(path), last_commit.end + cut)
    assert facts_in(path) == COMMITS - 1


@pytest.mark.parametrize("at", [20, 130, 200, 4100, 4120, 4300, 8240, 12288 + 5, 12288 + 20, 12288 + 9000])
def test_a_flipped_bit_in_the_file_is_told_where_it_is_and_turned_back(
    path: Path, mended: Callable[[], tuple[list[str], int]], at: int
) -> None:
    flip(path, at)
    region = at // 4096 * 4096 if at < 12288 else 12288
    # The block may be one that is needed later than at the opening.
    told = damage_of(path) if at < 12288 else f"at byte {region}: "
    assert told.startswith((f"{path} is damaged at byte {region}: ", f"at byte {region}: "))
    done, facts_there = mended()
    assert done[0] in (
        f"vbot.duckdb: one flipped bit behind byte {region} was turned back",
        "vbot.duckdb: its head was written anew",  # where several bits explain its checksum
    )
    assert facts_there == COMMITS


@pytest.mark.parametrize("head", [0, 4096, 8192])
def test_a_head_that_is_gone_is_written_anew_where_it_is_not_the_newest(
    path: Path, mended: Callable[[], tuple[list[str], int]], head: int
) -> None:
    with path.open("rb") as file:
        newest = block_file.newest_head(file, cipher(path))
        assert newest is not None
        content = block_file.plain(block_file.read(file, block_file.Region(head, 4096)), head, cipher(path))
    assert content is not None
    if head and content[8:16] == newest.number.to_bytes(8, "little"):
        pytest.skip("only the newest tells what is in the file")
    zero_page(path, head)
    assert mended()[1] == COMMITS


def test_what_can_be_read_around_a_damaged_block_goes_into_a_new_file_with_a_new_key(
    path: Path, mended: Callable[[], tuple[list[str], int]], tmp_path: Path
) -> None:
    key = OURS.of(path)
    assert key is not None
    state = block_file.examine(path, cipher=key.cipher)
    with opened_database(path, existing=True, keys=OURS) as database:
        query = "SELECT block_id FROM pragma_storage_info('call') WHERE persistent AND block_id >= 0 LIMIT 1"
        (block,) = database.write_blocking(lambda tx: tx.execute(query).fetchone()) or (0,)
    for page in range(4):
        zero_page(path, 12288 + block * 262144 + page * 4096)
    assert state.damaged == ()
    done, facts_there = mended()
    assert "what can be read of each table is in a new file" in done[-1]
    assert facts_there == COMMITS
    made = OURS.of(tmp_path / "scratch" / path.name)
    assert made is not None
    assert made.secret != key.secret


async def test_who_reads_what_is_damaged_is_told_and_others_go_on(path: Path) -> None:
    with opened_database(path, existing=True, keys=OURS) as database:
        query = "SELECT block_id FROM pragma_storage_info('call') WHERE persistent AND block_id >= 0 LIMIT 1"
        (block,) = database.write_blocking(lambda tx: tx.execute(query).fetchone()) or (0,)
    zero_page(path, 12288 + block * 262144 + 5000)
    database = Database.open(path, existing=True, keys=OURS)
    with contextlib.closing(database):
        with pytest.raises(Unavailable, match="cannot be read: "):
            await database.read(lambda tx: tx.execute("SELECT * FROM call").fetchall())
        assert database.damage is not None
        assert database.damage.file == path
        assert await database.read(lambda tx: tx.execute("SELECT count(*) FROM fact").fetchone()) == (COMMITS,)


@pytest.fixture(autouse=True)
def nothing_is_written_beside(tmp_path: Path) -> Iterator[None]:
    """DuckDB's own place for what has no room in memory would be the working directory."""
    yield
    assert not Path(".tmp").exists()
