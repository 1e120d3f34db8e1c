"""First boot: done whole, or begun again."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator

import pytest

from appliance.domain.actor import OWNER
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.token import Role, Token
from appliance.errors import PermanentFailure
from appliance.services.access.authentication import Authenticator, Operator
from appliance.services.access.certificate import fingerprint, read_certificate, server_context
from appliance.services.upkeep import first_boot
from appliance.services.upkeep.first_boot import initialise
from appliance.settings import Listen
from appliance.storage.database import Database, opened_database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, recovery_key_of
from appliance.storage.tables import tokens
from tests.appliance.audited import lines
from tests.appliance.builders import FakeClock
from tests.support.database_file import keys_beside

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def our_umask() -> Iterator[None]:
    """As the console script sets it."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def stored_tokens(folder: DataFolder) -> list[Token]:
    async def read(database: Database) -> list[Token]:
        return await database.read(tokens.listing)

    database = Database.open(folder.database, keys=keys_beside(folder.database))
    try:
        return asyncio.run(read(database))
    finally:
        database.close()


def operator(folder: DataFolder, token: str) -> Operator | None:
    database = Database.open(folder.database, keys=keys_beside(folder.database))
    try:
        return asyncio.run(Authenticator(database, Keys.load(folder.master_key), FakeClock()).operator(token))
    finally:
        database.close()


def test_what_is_shown_once_works(folder: DataFolder) -> None:
    shown = initialise(folder, None, note=False)
    assert shown.admin_token is not None
    found = operator(folder, shown.admin_token)
    assert found is not None
    assert found.role is Role.ADMIN
    assert shown.fingerprint == fingerprint(folder.certificate)
    server_context(folder.certificate, folder.certificate_key)
    assert recovery_key_of(folder, Keys.load(folder.master_key)) == shown.recovery_key
    for secret in (shown.admin_token, shown.recovery_key, shown.fingerprint):
        assert secret in shown.text()


def test_what_the_pbx_sends_is_shown_with_the_pin_of_the_key(folder: DataFolder) -> None:
    shown = initialise(folder, None, note=False, listen=Listen("0.0.0.0", 8443))
    pin = read_certificate(folder.certificate).public_key_pin
    assert f"curl --insecure --pinnedpubkey '{pin}' https://" in shown.text()
    assert ":8443/api/process-call" in shown.text()


def test_where_another_certificate_is_shown_no_line_is(folder: DataFolder) -> None:
    assert "curl -" not in initialise(folder, None, note=False).text()


def test_no_secret_lies_in_the_folder_in_plain_text_without_a_note(folder: DataFolder) -> None:
    shown = initialise(folder, None, note=False)
    assert shown.admin_token is not None
    assert folder.is_initialised
    assert not folder.first_boot_note.exists()
    for path in folder.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert shown.admin_token.encode() not in content
            assert shown.recovery_key.encode() not in content


def test_with_a_note_what_is_shown_lies_in_a_private_file(folder: DataFolder) -> None:
    shown = initialise(folder, None, note=True)
    assert folder.first_boot_note.read_text() == shown.note()
    assert stat.S_IMODE(folder.first_boot_note.stat().st_mode) == 0o600


def test_everything_in_the_folder_is_its_owners_alone(folder: DataFolder) -> None:
    initialise(folder, None, note=True)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.root.rglob("*")}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_a_given_token_becomes_the_first_admins_and_is_not_shown(folder: DataFolder) -> None:
    shown = initialise(folder, "a-token-of-the-operator", note=True)
    assert shown.admin_token is None
    assert operator(folder, "a-token-of-the-operator") is not None
    for path in folder.root.rglob("*"):
        if path.is_file():
            assert b"a-token-of-the-operator" not in path.read_bytes()


STEPS = [
    "new_recovery_key",
    "create_certificate",
    "_store_only_token",
    "read_certificate",
    "FirstBoot",
    "write_private",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_first_boot_that_was_cut_off_is_begun_again(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    real = getattr(first_boot, step)

    def cut_off(*arguments: object, **named: object) -> object:
        if step != "write_private" or arguments[0] == folder.first_boot_note:
            if when == "after":
                real(*arguments, **named)
            raise KeyboardInterrupt
        return real(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(first_boot, step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            initialise(folder, None, note=True)
    assert not folder.is_initialised

    shown = initialise(folder, None, note=True)
    assert folder.is_initialised
    assert shown.admin_token is not None
    assert operator(folder, shown.admin_token) is not None
    assert len(stored_tokens(folder)) == 1
    assert folder.first_boot_note.read_text() == shown.note()
    assert recovery_key_of(folder, Keys.load(folder.master_key)) == shown.recovery_key


def test_where_the_master_key_is_lost_and_the_database_encrypted_nothing_is_replaced(folder: DataFolder) -> None:
    initialise(folder, None, note=False)
    folder.master_key.unlink()
    before = folder.database.read_bytes()
    with pytest.raises(PermanentFailure, match=r"master\.key is missing, but .* was used: `vbot restore"):
        initialise(folder, None, note=False)
    assert folder.database.read_bytes() == before
    assert not folder.begun_master_key.exists()


@pytest.mark.parametrize("given", [None, "a-token-of-the-operator"])
def test_the_first_boot_is_the_audits_first_word(folder: DataFolder, given: str | None) -> None:
    shown = initialise(folder, given, note=False)
    with opened_database(folder.database, keys=keys_beside(folder.database)) as database:
        told = database.write_blocking(lines)
    assert {line.actor for line in told} == {OWNER}
    assert [(line.action, line.subject) for line in told] == [
        (Action.INITIALISED, Subject(SubjectKind.APPLIANCE)),
        (Action.TOKEN_CREATED, Subject(SubjectKind.TOKEN, "1")),
    ]
    assert told[1].after == {"name": "first boot", "role": "admin", "expires_at": None}
    for secret in (given or shown.admin_token, shown.recovery_key):
        assert str(secret) not in repr(told)
