"""Which customer `vbot setup` is about where an answers file names nobody: the only one that there is, else none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance import cli
from appliance.commands.setup import customer, running
from appliance.commands.setup.box import Box
from appliance.commands.setup.questions import AnswerFile
from appliance.errors import ConfigurationError
from appliance.services.access.certificate import create_certificate
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.builders import NOON

FIRST = {
    "id": 1,
    "company_name": "First Ltd",
    "webhook_url": "https://crm.example.com/vbot",
    "name": "A",
    "email": "a@b",
}
SECOND = FIRST | {"id": 2, "company_name": "Second Ltd"}


def has_customers(monkeypatch: pytest.MonkeyPatch, customers: list[dict[str, Any]]) -> None:
    """What the api answers."""

    def api(_folder: DataFolder, _method: str, path: str, _body: object = None) -> dict[str, Any]:
        if path.startswith("/api/customers?"):
            return {"customers": customers}
        return next(one for one in customers if path == f"/api/customers/{one['id']}")

    monkeypatch.setattr(customer, "ask_api", api)


def set_customer(
    answers: str, customers: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any] | None:
    """As `vbot setup --answers` does when the api runs, which it did not when the answers were checked."""
    has_customers(monkeypatch, customers)
    file = tmp_path / "answers.toml"
    file.write_text(answers)
    settings = load(None, {"VBOT_DATA_DIR": str(tmp_path / "data")})
    box = Box(settings, DataFolder(settings.data_dir), {}, lambda *_, **__: None)
    return customer.set_customer(AnswerFile(file), box)


def test_of_several_none_is_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It showed the first one's key."""
    assert set_customer('page = "office.html"', [FIRST, SECOND], tmp_path, monkeypatch) is None


def test_of_several_none_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one's webhook in production got the test call."""
    with pytest.raises(ConfigurationError, match=r"customer\.company_name"):
        set_customer("test_call = true", [FIRST, SECOND], tmp_path, monkeypatch)


def test_the_only_one_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set_customer("test_call = true", [FIRST], tmp_path, monkeypatch) == FIRST
    assert set_customer("test_call = true", [], tmp_path, monkeypatch) is None


def test_one_of_several_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = 'test_call = true\n[customer]\ncompany_name = "Second Ltd"'
    assert set_customer(named, [FIRST, SECOND], tmp_path, monkeypatch) == SECOND


def test_where_several_are_and_nobody_is_named_it_does_not_say_that_there_is_none(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two lines below the list of both, and on the page to print."""
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    folder.master_key.touch(mode=0o600)
    has_customers(monkeypatch, [FIRST, SECOND])
    monkeypatch.setattr(running, "serves", lambda _settings: True)
    monkeypatch.setenv("VBOT_DATA_DIR", str(folder.root))
    answers, office = tmp_path / "answers.toml", tmp_path / "office.html"
    answers.write_text(f'page = "{office}"\n')
    assert cli.main(["setup", "--answers", str(answers)]) == 0
    said = capsys.readouterr().out
    assert "Customer 2: Second Ltd" in said
    assert "  none, for no customer is named\n" in said
    assert "<dd>no customer named (number -)</dd>" in office.read_text()
