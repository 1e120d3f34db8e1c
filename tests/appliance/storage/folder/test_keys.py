"""The master key, and what is done under it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.cell import Cell
from appliance.errors import ConfigurationError
from appliance.storage.folder.keys import Keys, new_admin_token, new_api_key, new_recovery_key
from tests.appliance.builders import sealed_for_no_place

OTHER = Keys(bytes(32))
HERE = Cell("customer", "sealed_api_key", 1)


def test_the_same_credential_always_hashes_alike_and_another_differently(keys: Keys) -> None:
    assert keys.credential_hash("vbk_one") == keys.credential_hash("vbk_one")
    assert keys.credential_hash("vbk_one") != keys.credential_hash("vbk_two")


def test_without_the_master_key_nobody_can_compute_a_hash(keys: Keys) -> None:
    assert keys.credential_hash("vbk_one") != OTHER.credential_hash("vbk_one")


@pytest.mark.parametrize("text", ["", "whsec_secret", "ünïcödé \N{TELEPHONE RECEIVER}"])
def test_what_was_sealed_can_be_unsealed(keys: Keys, text: str) -> None:
    assert keys.unseal(keys.seal(text, HERE), HERE) == text


def test_a_sealed_secret_shows_neither_itself_nor_that_it_is_the_same(keys: Keys) -> None:
    sealed = keys.seal("whsec_secret", HERE)
    assert b"secret" not in sealed
    assert sealed != keys.seal("whsec_secret", HERE)


def test_another_key_unseals_nothing(keys: Keys) -> None:
    with pytest.raises(ConfigurationError, match="does not belong to this master key"):
        OTHER.unseal(keys.seal("secret", HERE), HERE)


@pytest.mark.parametrize(
    "there",
    [
        replace(HERE, table="delivery"),
        replace(HERE, column="sealed_webhook_secret"),
        replace(HERE, row=2),
        replace(HERE, row="1"),
        Cell("customer", 'sealed_api_key", 1', ""),
    ],
)
def test_a_sealed_secret_that_was_moved_does_not_open(keys: Keys, there: Cell) -> None:
    with pytest.raises(ConfigurationError):
        keys.unseal(keys.seal("secret", HERE), there)


def test_what_was_sealed_for_no_place_is_bound_once_and_another_keys_never(keys: Keys) -> None:
    unbound = sealed_for_no_place("secret", keys)
    with pytest.raises(ConfigurationError):
        keys.unseal(unbound, HERE)
    bound = keys.bind(unbound, HERE)
    assert keys.unseal(bound, HERE) == "secret"
    assert keys.bind(bound, HERE) == bound
    with pytest.raises(ConfigurationError):
        keys.bind(bound, replace(HERE, row=2))
    with pytest.raises(ConfigurationError):
        OTHER.bind(unbound, HERE)


@pytest.mark.parametrize("position", [0, 12, -1])
def test_a_sealed_secret_that_was_changed_is_refused(keys: Keys, position: int) -> None:
    sealed = bytearray(keys.seal("secret", HERE))
    sealed[position] ^= 1
    with pytest.raises(ConfigurationError):
        keys.unseal(bytes(sealed), HERE)


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12)])
def test_what_was_never_sealed_is_refused(keys: Keys, sealed: bytes) -> None:
    with pytest.raises(ConfigurationError):
        keys.unseal(sealed, HERE)


def test_the_key_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_text(bytes(range(32)).hex() + "\n")
    assert Keys.load(path).credential_hash("a") == Keys(bytes(range(32))).credential_hash("a")


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot read .*master\.key: No such file"):
        Keys.load(tmp_path / "master.key")


@pytest.mark.parametrize(
    "content",
    [b"", b"00" * 31, b"00" * 33, b"zz" * 32, b"0" * 63, bytes(range(224, 256)), "ä".encode() * 32],
    ids=["empty", "short", "long", "no hex", "half a byte", "binary", "umlauts"],
)
def test_a_damaged_key_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"master\.key is damaged"):
        Keys.load(path)


def test_a_recordings_signature_holds_for_exactly_what_was_signed(keys: Keys) -> None:
    signed = ("call", 1, 2, 1_800_000_000)
    signature = keys.sign_recording(*signed)
    assert keys.recording_signature_matches(signature, *signed)
    for other in (
        ("other", 1, 2, 1_800_000_000),
        ("call", 2, 2, 1_800_000_000),
        ("call", 1, 3, 1_800_000_000),
        ("call", 1, 2, 1_800_000_001),
        ("call/1", 2, 1_800_000_000, 0),
    ):
        assert not keys.recording_signature_matches(signature, *other)
    assert not OTHER.recording_signature_matches(signature, *signed)
    for junk in ("", "ä", signature[:-1], signature.upper()):
        assert not keys.recording_signature_matches(junk, *signed)


def test_new_secrets_have_their_form_and_never_repeat() -> None:
    assert re.fullmatch(r"vbt_[\w-]{43}", new_admin_token())
    assert re.fullmatch(r"vbk_[\w-]{43}", new_api_key())
    assert re.fullmatch(r"([A-Z2-7]{4}-){7}[A-Z2-7]{4}", new_recovery_key())
    for make in (new_admin_token, new_api_key, new_recovery_key):
        assert len({make() for _ in range(100)}) == 100
