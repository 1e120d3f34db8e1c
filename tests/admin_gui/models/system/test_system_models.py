"""What the system's pages say, without windows: log, audit, tokens, and what a support bundle leaves out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.audit import Actor, AuditLine, Named, Subject
from admin_gui.client.customers import Customer
from admin_gui.client.log import LogLine
from admin_gui.client.settings import Edit
from admin_gui.client.settings import Setting as ToldSetting
from admin_gui.client.tokens import Token
from admin_gui.models.system.audit import Change, changes, page_of, subject_tooltip, subject_word
from admin_gui.models.system.audit_fields import field_word
from admin_gui.models.system.log import fresh_lines
from admin_gui.models.system.setting_titles import title_word
from admin_gui.models.system.setting_words import meaning_word
from admin_gui.models.system.settings import change_word, holds, settings_of, told_settings
from admin_gui.models.system.support_bundle import Redactor, host_of
from admin_gui.models.system.texts import token_state
from admin_gui.text import formats
from appliance.settings import ABOUT
from tests.admin_gui.speaking import speaking

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def line(number: int, message: str = "said") -> LogLine:
    return LogLine(at=NOW + timedelta(seconds=number), level="info", logger="appliance", message=message)


@pytest.fixture
def redactor() -> Redactor:
    customer = Customer(
        id=7, is_active=True, created_at=NOW, updated_at=NOW,
        company_name="Meyer & Sons", name="Ada Meyer", email="ada@meyer.example", api_key="key_of_meyer_4711",
        webhook_secret="whsec_of_meyer_4711", webhook_url="https://user:pass@crm.meyer.example/hook?token=1",
    )  # fmt: skip
    return Redactor([customer], "token-of-the-desk")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("key key_of_meyer_4711 and whsec_of_meyer_4711", "key [left out] and [left out]"),
        ("as token-of-the-desk", "as [left out]"),
        ("webhooks of Meyer & Sons rest", "webhooks of [customer 7] rest"),
        ("call from +49 30 1234567 to 030/7654321", "call from [number] to [number]"),
        ("ticket 491701234567", "ticket [number]"),
        ("mail to bert@other.example", "mail to [address]"),
        ("post to https://a:b@crm.example:8443/x?y=1 failed", "post to https://crm.example:8443 failed"),
        ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer [left out]"),
    ],
)
def test_what_must_not_leave_is_taken_out(redactor: Redactor, text: str, left: str) -> None:
    assert redactor.text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/calls/8f16517d-88d2-497e-9ee8-53341ec0ab27 200 33 ms 4e43ff881d254888ad5cb70e4e43ff88",
        "listening on 0.0.0.0:8443",
        "vbot-20261124T205734Z.tar",
        "2026-11-24T12:00:00+00:00",
    ],
)
def test_what_helps_stays(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) == text


def test_a_traceback_keeps_its_way_and_loses_what_it_quotes(redactor: Redactor) -> None:
    message = 'failed\nTraceback (most recent call last):\n  File "a.py", line 3, in b\nValueError: My marmalade'
    told = redactor.log_line(line(0, message))
    assert 'File "a.py", line 3, in b' in told
    assert told.endswith("ValueError: [left out]")


def test_customers_names_go_from_structures(redactor: Redactor) -> None:
    told = redactor.everything({"silent_pbxs": [{"customer_id": 7, "customer_name": "X", "reason": "Ada Meyer"}]})
    assert told == {"silent_pbxs": [{"customer_id": 7, "reason": "[customer 7]"}]}


def test_an_address_that_is_none_is_left_out() -> None:
    assert host_of("https://[broken") == "[left out]"


def test_only_what_is_new_in_the_log_is_appended() -> None:
    lines = [line(number) for number in range(5)]
    assert list(fresh_lines([], lines[:2]) or []) == lines[:2]
    assert list(fresh_lines(lines[:3], lines[1:]) or []) == lines[3:]
    assert fresh_lines(lines, lines) == []
    assert fresh_lines(lines[:2], lines[3:]) is None


def test_what_comes_between_a_line_and_the_same_one_again_is_new() -> None:
    begin, same, other = line(0), line(1, "GET /health 200"), line(1, "another")
    assert list(fresh_lines([begin, same], [begin, same, other, same]) or []) == [other, same]
    assert list(fresh_lines([begin, same], [same, other, same]) or []) == [other, same], "the first has gone"
    assert list(fresh_lines([same], [same, same]) or []) == [same]


def test_a_change_is_told_field_by_field() -> None:
    told = AuditLine(
        id="1", at=NOW, actor=Actor(kind="owner"), action="customer.updated", subject=Subject(kind="customer", id="7"),
        before={"limits": {"rate": 5}, "is_active": True}, after={"limits": {"rate": None}, "is_active": False},
    )  # fmt: skip
    assert changes(told) == [
        Change("limits.rate", "limits.rate", "5", "not set"),
        Change("is_active", "Active", "yes", "no"),
    ]
    assert page_of(told.subject) == "customer/7"
    assert subject_word(told) == "Customer 7"
    assert page_of(Subject(kind="delivery", id="a")) == "webhook/a"
    assert page_of(Subject(kind="backup", id="a.tar")) is None


def test_the_audit_speaks_in_names_and_keeps_ids_of_what_was_erased() -> None:
    names = {
        "customer:7": Named(kind="customer", id="7", name="Meyer & Sons"),
        "call:6e0c": Named(kind="call", id="6e0c", name="Ada Ltd", at=NOW),
        "delivery:d": Named(kind="delivery", id="d", name="Meyer & Sons", at=NOW),
    }

    def told(kind: str, number: str | None, **after: object) -> AuditLine:
        subject = Subject(kind=kind, id=number)
        return AuditLine(
            id="1", at=NOW, actor=Actor(kind="vbot"), action="a", subject=subject, after=after, names=names
        )

    moment = formats.moment(NOW)
    assert subject_word(told("customer", "7")) == "Customer Meyer & Sons"
    assert subject_tooltip(told("customer", "7")) == "customer 7"
    assert subject_word(told("call", "6e0c")) == f"Call of Ada Ltd, {moment}"
    assert subject_word(told("call", "erased")) == "Call erased"
    assert subject_word(told("delivery", "d")) == f"Webhook to Meyer & Sons, {moment}"
    assert subject_word(told("call", None)) == "Call"
    about = {"ids": ["6e0c", "gone"], "customer_ids": [7, 8], "revoked_at": "2026-11-24T12:00:00Z", "role": "admin"}
    line = told("call", None, **about)
    assert [(change.field, change.after) for change in changes(line)] == [
        ("Which ones", f"Ada Ltd, {moment}, gone"),
        ("Customers", "Meyer & Sons, 8"),
        ("Revoked", moment),
        ("Role", "administrator"),
    ]


def test_a_token_without_a_told_state_is_judged_by_its_moments() -> None:
    token = Token(id=1, name="a", role="viewer", created_at=NOW, expires_at=NOW + timedelta(hours=1))
    assert token_state(token, NOW) == "valid"
    assert token_state(token, NOW + timedelta(hours=2)) == "expired"


def test_settings_are_written_as_in_their_file() -> None:
    told = {"mdns": None, "lease_seconds": 900.0, "cors_origins": [], "webhook_retry_seconds": [10.0, 60.0], "a": True}
    assert {one.name: one.value for one in settings_of(told)} == {
        "a": "true", "cors_origins": "–", "lease_seconds": "900", "mdns": "–", "webhook_retry_seconds": "10, 60",
    }  # fmt: skip


def test_settings_mean_what_the_appliance_says() -> None:
    assert {name: meaning_word(name, "") for name in ABOUT} == {name: about.meaning for name, about in ABOUT.items()}
    assert meaning_word("of_a_newer_appliance", "Told.") == "Told."


def test_every_setting_has_a_title_of_its_own() -> None:
    titles = {name: title_word(name) for name in ABOUT}
    assert not {name for name, title in titles.items() if title == name or "_" in title}
    assert len(set(titles.values())) == len(titles)
    assert title_word("of_a_newer_appliance") == "of_a_newer_appliance"


def test_settings_are_found_by_their_titles_in_the_language_that_is_shown(qtbot: QtBot) -> None:
    told = [ToldSetting(name="retention_days", meaning="For how many days."), ToldSetting(name="mdns")]
    with speaking("de_DE"):
        assert [one.name for one in told_settings(told) if holds(one, "aufbewahren (Tage)")] == ["retention_days"]
        assert [one.name for one in told_settings(told) if holds(one, "retention days")] == ["retention_days"]
    assert [one.name for one in told_settings(told) if holds(one, "keep recordings and")] == ["retention_days"]


def test_a_setting_is_called_as_in_the_audit() -> None:
    for name in ("rate_limit_per_minute", "max_storage_gb", "max_audio_hours_per_day", "sentiment_of"):
        assert title_word(name) == field_word(name)


def test_whether_a_setting_is_changed_here_and_when_that_takes_effect_is_told() -> None:
    told = [
        ToldSetting(name="backup_keep", restart=False, edit=Edit(kind="whole")),
        ToldSetting(name="max_recording_mb", restart=True, edit=Edit(kind="whole")),
        ToldSetting(name="data_dir", restart=True),
    ]
    assert [change_word(one) for one in told_settings(told)] == ["here, at once", "here, after a restart", ""]
    assert [one.is_changeable for one in told_settings(told)] == [True, True, False]
