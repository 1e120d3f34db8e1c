"""The operator's settings: every variable of the documented table, from every place that it can come from."""

from __future__ import annotations

import errno
import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from appliance import settings
from appliance.errors import ConfigurationError
from appliance.settings import ABOUT, Listen, Settings, TlsFiles, load, own_file, unknown_variables
from appliance.settings.about import Source, SourceKind
from appliance.settings.own_file import OWN_FILE, own_file_text
from appliance.settings.values import SyslogTarget

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def networks(*texts: str) -> Networks:
    return tuple(ipaddress.ip_network(text) for text in texts)


@dataclass(frozen=True)
class Row:
    """One row of the documented table: how it is written in a file (TOML) and in the environment, and what is wrong."""

    name: str
    default: Any
    in_file: dict[str, Any]
    in_environment: dict[str, Any]
    wrong: dict[str, str]
    wrong_in_file: list[str] = field(default_factory=list)


TABLE = [
    Row(
        "data_dir",
        Path("/home/ada/.local/share/vbot"),
        {'"/srv/vbot"': Path("/srv/vbot")},
        {"/srv/vbot": Path("/srv/vbot"), "~/vbot": Path("/home/ada/vbot")},
        {"   ": "must not be empty", "~nobody-of-that-name/vbot": "home folder"},
        ["7", "true", '["/srv/vbot"]'],
    ),
    Row(
        "cors_origins",
        frozenset(),
        {
            '["https://crm.example.com", "http://wall.lan:8080"]': frozenset(
                {"https://crm.example.com", "http://wall.lan:8080"}
            ),
            "[]": frozenset(),
        },
        {
            "https://CRM.example.com:443, http://wall.lan:80/": frozenset(
                {"https://crm.example.com", "http://wall.lan"}
            ),
            "http://[2001:DB8::1]:8080": frozenset({"http://[2001:db8::1]:8080"}),
        },
        {
            "*": "must be exact origins",
            "null": "must be exact origins",
            "https://*.example.com": "must be exact origins",
            "crm.example.com": "must be exact origins",
            "https://crm.example.com/app": "must be exact origins",
            "https://crm.example.com?x": "must be exact origins",
            "https://user@crm.example.com": "must be exact origins",
            "file:///home": "must be exact origins",
            "https://": "must be exact origins",
            "https://crm.example.com:99999": "impossible port",
        },
        ["7", "true"],
    ),
    Row(
        "models_dir",
        Path("/home/ada/.local/share/vbot-models"),
        {'"/srv/models"': Path("/srv/models")},
        {"/srv/models": Path("/srv/models")},
        {"   ": "must not be empty"},
        ["7"],
    ),
    Row(
        "listen",
        Listen("0.0.0.0", 8443),
        {'"10.0.0.1:443"': Listen("10.0.0.1", 443)},
        {
            "127.0.0.1:0": Listen("127.0.0.1", 0),
            "[::1]:8443": Listen("::1", 8443),
            ":8080": Listen("0.0.0.0", 8080),
            "localhost:8080": Listen("localhost", 8080),
        },
        {
            "8443": "must be ADDRESS:PORT",
            "0.0.0.0:65536": "must be ADDRESS:PORT",
            "0.0.0.0:https": "must be ADDRESS:PORT",
            "vbot.example:8443": "is not an IP address",
        },
        ["8443"],
    ),
    Row(
        "tls",
        "auto",
        {'"off"': "off", '["c.pem", "k.pem"]': TlsFiles(Path("c.pem"), Path("k.pem"))},
        {
            "auto": "auto",
            "off": "off",
            "/etc/c.pem, /etc/k.pem": TlsFiles(Path("/etc/c.pem"), Path("/etc/k.pem")),
            "~/c.pem,~/k.pem": TlsFiles(Path("/home/ada/c.pem"), Path("/home/ada/k.pem")),
        },
        {"on": "must be auto, off, or CERTIFICATE,KEY", "a,b,c": "must be auto, off, or CERTIFICATE,KEY"},
        ["true", "[1, 2]"],
    ),
    Row(
        "admin_token",
        None,
        {'"a-token-from-a-file"': "a-token-from-a-file"},
        {"a-token-of-the-environment": "a-token-of-the-environment"},
        {"too-short": "must have at least 16 characters"},
        ["12345678901234567"],
    ),
    Row(
        "redis_url",
        None,
        {'"redis://queue:6379/0"': "redis://queue:6379/0"},
        {"rediss://vbot@queue:6380/1": "rediss://vbot@queue:6380/1"},
        {"   ": "must not be empty"},
        ["6379"],
    ),
    Row(
        "asr_model",
        "whisper-base",
        {'"whisper-tiny"': "whisper-tiny"},
        {"/srv/models/mine": "/srv/models/mine"},
        {"   ": "must not be empty"},
        ["true"],
    ),
    Row(
        "summary_model",
        None,
        {'"bart-calls"': "bart-calls"},
        {"/srv/models/bart": "/srv/models/bart"},
        {"   ": "must not be empty"},
        ["true"],
    ),
    Row(
        "llm_url",
        None,
        {'"http://10.0.0.5:11434/v1"': "http://10.0.0.5:11434/v1"},
        {"https://llm.office.lan/v1": "https://llm.office.lan/v1"},
        {"   ": "must not be empty"},
        ["true"],
    ),
    Row(
        "llm_model",
        None,
        {'"granite-8b"': "granite-8b"},
        {"qwen3:8b": "qwen3:8b"},
        {"   ": "must not be empty"},
        ["true"],
    ),
    Row(
        "llm_key_file",
        None,
        {'"/etc/vbot/llm.key"': Path("/etc/vbot/llm.key")},
        {"/srv/key": Path("/srv/key")},
        {"   ": "must not be empty"},
        ["true"],
    ),
    Row(
        "llm_timeout_seconds",
        120.0,
        {"30": 30.0},
        {"2.5": 2.5},
        {"0": "must be more than 0 seconds", "soon": "must be a number of seconds"},
        ["true"],
    ),
    Row(
        "llm_outside",
        False,
        {'"transcripts may leave the building"': True},
        {"transcripts may leave the building": True},
        {"yes": 'must be "transcripts may leave the building"', "true": "must be"},
        ["true"],
    ),
    Row(
        "language_model",
        None,
        {'"bart-calls"': "bart-calls"},
        {"/srv/models/bart": "/srv/models/bart"},
        {"   ": "must not be empty"},
        ["true"],
    ),
    Row(
        "voice_model",
        None,
        {'"ecapa"': "ecapa"},
        {"/srv/models/ge2e": "/srv/models/ge2e"},
        {"   ": "must not be empty"},
        ["true"],
    ),
    Row(
        "sentiment_of",
        "outside",
        {'"none"': "none"},
        {"outside": "outside", "both": "both", "none": "none"},
        {"all": "must be outside, both or none", "OUTSIDE": "must be outside, both or none"},
        ["true", '["both"]'],
    ),
    Row(
        "device",
        "auto",
        {'"cpu"': "cpu"},
        {"auto": "auto", "cpu": "cpu", "cuda": "cuda", "cuda:1": "cuda:1"},
        {"gpu": "must be auto, cpu, cuda or cuda:N", "cuda:": "must be", "cuda:one": "must be"},
    ),
    Row(
        "rate_limit_per_minute",
        100,
        {"7": 7, '"7"': 7},
        {"250": 250},
        {"0": "must be at least 1", "many": "must be a whole number", "1.5": "must be a whole number"},
        ["true", "1.5", "-1", "[1, 2]"],
    ),
    Row(
        "max_concurrent_calls",
        10,
        {"3": 3},
        {"25": 25},
        {"0": "must be at least 1", "ten": "must be a whole number"},
        ["false"],
    ),
    Row(
        "max_storage_gb",
        None,
        {"40": 40},
        {"250": 250},
        {"0": "must be at least 1", "half": "must be a whole number"},
        ["0.5"],
    ),
    Row(
        "max_audio_hours_per_day",
        500,
        {"24": 24},
        {"1000": 1000},
        {"0": "must be at least 1", "all": "must be a whole number"},
        ["true"],
    ),
    Row(
        "max_recording_mb",
        512,
        {"64": 64},
        {"2048": 2048},
        {"0": "must be at least 1", "1 GB": "must be a whole number"},
        ["0.5"],
    ),
    Row(
        "webhook_retry_seconds",
        (10.0, 60.0, 300.0),
        {"[1, 2.5, 3]": (1.0, 2.5, 3.0), '"1,2,3"': (1.0, 2.0, 3.0)},
        {"1, 2, 3.5": (1.0, 2.0, 3.5)},
        {
            "10,60": "must be three numbers of seconds",
            "1,2,3,4": "must be three numbers of seconds",
            "1,2,soon": "must be a number of seconds",
            "1,2,0": "must be more than 0 seconds",
            "1,2,-3": "must be more than 0 seconds",
        },
        ["5", "[1, 2, true]"],
    ),
    Row(
        "webhook_timeout_seconds",
        15.0,
        {"2.5": 2.5},
        {"30": 30.0},
        {
            "0": "must be more than 0 seconds",
            "nan": "must be more than 0 seconds",
            "inf": "must be more than 0 seconds",
            "soon": "must be a number of seconds",
        },
        ["true", "[5]"],
    ),
    Row(
        "webhook_allow",
        None,
        {'["10.0.0.0/8", "::1"]': networks("10.0.0.0/8", "::1/128"), '"10.0.0.0/8"': networks("10.0.0.0/8")},
        {"127.0.0.0/8, fd00::/8": networks("127.0.0.0/8", "fd00::/8"), "10.1.2.3/8": networks("10.0.0.0/8")},
        {"10.0.0.0/33": "does not appear to be an IPv4 or IPv6 network", "example.com": "does not appear to be"},
        ["true", "[5]"],
    ),
    Row(
        "webhook_plain_http",
        (),
        {'["203.0.113.0/24"]': networks("203.0.113.0/24"), '"0.0.0.0/0"': networks("0.0.0.0/0")},
        {"203.0.113.7, 2001:db8::/32": networks("203.0.113.7/32", "2001:db8::/32")},
        {"on": "does not appear to be an IPv4 or IPv6 network", "example.com": "does not appear to be"},
        ["true", "[5]"],
    ),
    Row(
        "retention_days",
        (30, 365),
        {
            "7": (7, 365),
            "[7, 14]": (7, 14),
            "{recordings = 0}": (0, 365),
            "{texts = 9}": (30, 9),
            "{recordings = 1, texts = 2}": (1, 2),
        },
        {
            "0": (0, 365),
            "7,14": (7, 14),
            "recordings=3,texts=4": (3, 4),
            "texts=4": (30, 4),
        },
        {
            "-1": "must be at least 0",
            "1,2,3": "must be RECORDINGS or RECORDINGS,TEXTS in days",
            "audio=3": "knows only recordings and texts, not audio",
            "recordings=3,4": "must be",
            "for ever": "must be a whole number",
        },
        ["[]", "{recordings = -1}", "true"],
    ),
    Row(
        "webhook_disable_after_days",
        5,
        {"2": 2},
        {"30": 30},
        {"0": "must be at least 1", "never": "must be a whole number"},
        ["true"],
    ),
    Row(
        "calls_at_once",
        None,
        {"1": 1},
        {"12": 12},
        {"0": "must be at least 1", "many": "must be a whole number"},
        ["true"],
    ),
    Row(
        "disk_floor_mb",
        200,
        {"0": 0},
        {"1024": 1024},
        {"-1": "must be at least 0", "1 GB": "must be a whole number"},
        ["false"],
    ),
    Row(
        "backup_every_hours",
        24,
        {"0": 0},
        {"6": 6},
        {"-1": "must be at least 0", "daily": "must be a whole number"},
        ["true"],
    ),
    Row(
        "backup_keep",
        7,
        {"1": 1},
        {"30": 30},
        {"0": "must be at least 1", "all": "must be a whole number"},
        ["true"],
    ),
    Row(
        "audit_days",
        None,
        {"1095": 1095},
        {"30": 30},
        {"0": "must be at least 1", "ever": "must be a whole number"},
        ["true"],
    ),
    Row(
        "syslog_url",
        None,
        {'"tls://siem.lan:6514"': SyslogTarget("tls", "siem.lan", 6514)},
        {
            "tls://siem.lan": SyslogTarget("tls", "siem.lan", 6514),
            "tcp://[2001:db8::1]:601/": SyslogTarget("tcp", "2001:db8::1", 601),
            "udp://10.0.0.5": SyslogTarget("udp", "10.0.0.5", 514),
        },
        {
            "siem.lan:6514": "must be tls://HOST:PORT",
            "https://siem.lan": "must be tls://HOST:PORT",
            "tls://": "must be tls://HOST:PORT",
            "tls://siem.lan:99999": "must be tls://HOST:PORT",
            "tls://user@siem.lan": "must be tls://HOST:PORT",
            "tls://siem.lan/path": "must be tls://HOST:PORT",
        },
        ["7"],
    ),
    Row(
        "syslog_ca_file",
        None,
        {'"/etc/vbot/siem.pem"': Path("/etc/vbot/siem.pem")},
        {"/srv/ca.pem": Path("/srv/ca.pem")},
        {"   ": "must not be empty"},
        ["true"],
    ),
    Row(
        "names",
        (),
        {
            '["vBot.Example.lan", "192.168.7.9", "::1"]': ("vbot.example.lan", "192.168.7.9", "::1"),
            '"vbot"': ("vbot",),
        },
        {"vbot.lan.,10.0.0.5,[fd00::5]": ("vbot.lan", "10.0.0.5", "fd00::5")},
        {
            "https://vbot.lan": "must be host names or addresses",
            "vbot.lan:8443": "must be host names or addresses",
            "*.example.lan": "must be host names or addresses",
            "192.168.7.999": "must be host names or addresses",
            "-vbot": "must be host names or addresses",
            "büro.lan": "must be host names or addresses",
        },
        ["7", "[true]"],
    ),
    Row(
        "mdns",
        None,
        {"true": True, '"off"': False},
        {"on": True, "off": False},
        {"yes": "must be on or off", "1": "must be on or off"},
        ["1", '["on"]'],
    ),
    Row(
        "lease_seconds",
        900.0,
        {"60": 60.0},
        {"4.5": 4.5},
        {"0": "must be more than 0 seconds", "a while": "must be a number of seconds"},
        ["true"],
    ),
]
NAMES = [row.name for row in TABLE]
by_row = pytest.mark.parametrize("row", TABLE, ids=NAMES)


def cases(pick: Callable[[Row], dict[str, Any]]) -> Any:
    found = [(row.name, text, expected) for row in TABLE for text, expected in pick(row).items()]
    return pytest.mark.parametrize(("name", "text", "expected"), found, ids=[f"{item[0]}={item[1]}" for item in found])


@pytest.fixture(autouse=True)
def ordinary_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever runs the tests: an ordinary user named Ada, on a machine without /etc/vbot."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setattr(settings, "DEFAULT_CONFIG_FILE", tmp_path / "etc/vbot.toml")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "vbot.toml"


def variable(name: str) -> str:
    return f"VBOT_{name.upper()}"


def test_the_table_above_is_the_whole_operators_interface() -> None:
    # Those for a worker that does not share the api's data folder have tests of their own below.
    elsewhere = {"api_url", "api_fingerprint", "api_certificate", "join_token_file", "queue_access"}
    assert set(NAMES) == set(settings.PARSERS) - elsewhere


@by_row
def test_each_setting_has_its_documented_default(row: Row) -> None:
    assert getattr(load(None, {}), row.name) == row.default


@cases(lambda row: row.in_file)
def test_each_setting_is_read_from_the_file(name: str, text: str, expected: Any, config: Path) -> None:
    config.write_text(f"{name} = {text}\n")
    assert getattr(load(config, {}), name) == expected


@cases(lambda row: row.in_environment)
def test_each_setting_is_read_from_the_environment(name: str, text: str, expected: Any) -> None:
    assert getattr(load(None, {variable(name): text}), name) == expected


@by_row
def test_the_environment_overrides_the_file(row: Row, config: Path) -> None:
    in_file, (in_environment, expected) = next(iter(row.in_file)), next(iter(row.in_environment.items()))
    config.write_text(f"{row.name} = {in_file}\n")
    assert getattr(load(config, {variable(row.name): in_environment}), row.name) == expected


@by_row
def test_an_empty_variable_counts_as_not_set(row: Row) -> None:
    assert getattr(load(None, {variable(row.name): ""}), row.name) == row.default


@cases(lambda row: row.wrong)
def test_a_bad_variable_is_refused_by_name_and_reason(name: str, text: str, expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(None, {variable(name): text})
    message = str(refused.value)
    assert message.startswith(variable(name))
    assert expected in message
    assert "\n" not in message
    if name != "admin_token":
        assert repr(text) in message


@cases(lambda row: dict.fromkeys(row.wrong_in_file, "") | {f'"{text}"': "" for text in row.wrong})
def test_a_bad_line_of_the_file_is_refused_by_file_and_name(name: str, text: str, expected: str, config: Path) -> None:
    config.write_text(f"{name} = {text}\n")
    with pytest.raises(ConfigurationError) as refused:
        load(config, {})
    assert str(refused.value).startswith(f"{config}: {name} ")


def test_an_unknown_name_in_the_file_is_refused(config: Path) -> None:
    config.write_text("retenton_days = 3\n")
    with pytest.raises(ConfigurationError, match="unknown setting 'retenton_days'") as refused:
        load(config, {})
    assert str(config) in str(refused.value)


@pytest.mark.parametrize("name", ["VBOT_LISTEN", "vbot_listen", "lisen", "VBOT_LISEN"])
def test_a_variables_name_in_the_file_is_refused_with_the_one_that_is_meant(name: str, config: Path) -> None:
    config.write_text(f'{name} = "127.0.0.1:8443"\n')
    with pytest.raises(ConfigurationError, match=rf"unknown setting '{name}' \(is listen meant\?\)"):
        load(config, {})


def test_an_unknown_variable_is_named_with_the_one_that_may_be_meant() -> None:
    environment = {
        "VBOT_LISTN": "secret",
        "VBOT_WEBHOOK_TIMEOUT_SECOND": "1",
        "VBOT_COLOUR": "blue",
        "VBOT_DEVICE": "cpu",
        "VBOT": "",
        "HOME": "/",
    }
    assert unknown_variables(environment) == {
        "VBOT_COLOUR": None,
        "VBOT_LISTN": "VBOT_LISTEN",
        "VBOT_WEBHOOK_TIMEOUT_SECOND": "VBOT_WEBHOOK_TIMEOUT_SECONDS",
    }
    assert load(None, environment).device == "cpu"


def test_a_file_that_is_no_toml_is_refused_with_its_place(config: Path) -> None:
    config.write_text("listen = \n")
    with pytest.raises(ConfigurationError, match=r"vbot\.toml is not valid TOML: .*line 1"):
        load(config, {})


def test_a_file_that_is_no_text_is_refused(config: Path) -> None:
    config.write_bytes(b"listen = '\xff'\n")
    with pytest.raises(ConfigurationError, match="is not valid TOML"):
        load(config, {})


def test_a_file_that_was_named_must_be_there(config: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot read .*vbot\.toml: No such file"):
        load(config, {})


def test_the_file_in_etc_is_read_when_none_is_named() -> None:
    settings.DEFAULT_CONFIG_FILE.parent.mkdir()
    settings.DEFAULT_CONFIG_FILE.write_text('device = "cpu"\n')
    loaded = load(None, {})
    assert loaded.device == "cpu"
    assert loaded.config_file == settings.DEFAULT_CONFIG_FILE


def test_a_named_file_stands_in_for_the_one_in_etc(config: Path) -> None:
    settings.DEFAULT_CONFIG_FILE.parent.mkdir()
    settings.DEFAULT_CONFIG_FILE.write_text('device = "cpu"\n')
    config.write_text("lease_seconds = 5\n")
    assert load(config, {}).device == "auto"


def test_root_keeps_its_data_below_var(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    loaded = load(None, {})
    assert (loaded.data_dir, loaded.models_dir) == (Path("/var/lib/vbot"), Path("/var/lib/vbot-models"))


def test_a_relative_folder_is_made_absolute_so_that_children_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, {"VBOT_DATA_DIR": "data"}).data_dir == tmp_path / "data"


@pytest.mark.parametrize("origin", ["file", "environment"])
def test_a_bad_admin_token_is_not_echoed(origin: str, config: Path) -> None:
    config.write_text('admin_token = "geheim"\n' if origin == "file" else "")
    with pytest.raises(ConfigurationError) as refused:
        load(config, {"VBOT_ADMIN_TOKEN": "geheim"} if origin == "environment" else {})
    assert "geheim" not in str(refused.value)


def test_secrets_do_not_show_in_the_settings_own_text() -> None:
    loaded = load(
        None, {"VBOT_ADMIN_TOKEN": "a-token-nobody-may-see", "VBOT_REDIS_URL": "redis://:the-password@queue:6379"}
    )
    assert loaded.admin_token == "a-token-nobody-may-see"
    assert "nobody-may-see" not in repr(loaded)
    assert "the-password" not in repr(loaded)


def test_a_worker_on_another_box_is_told_where_the_api_is() -> None:
    loaded = load(None, {"VBOT_API_URL": "https://10.0.0.1:8443", "VBOT_API_FINGERPRINT": "AA:BB"})
    assert (loaded.api_url, loaded.api_fingerprint) == ("https://10.0.0.1:8443", "AA:BB")


def test_a_worker_of_another_user_is_told_where_the_api_publishes_its_certificate(config: Path) -> None:
    config.write_text('api_certificate = "/run/vbot/certificate.pem"\nqueue_access = "/run/vbot-queue"\n')
    assert load(config, {}).api_certificate == Path("/run/vbot/certificate.pem")
    assert load(config, {}).queue_access == Path("/run/vbot-queue")


def test_a_worker_on_another_machine_finds_its_joining_token_in_a_file() -> None:
    given = {"VBOT_API_URL": "https://10.0.0.1:8443", "VBOT_JOIN_TOKEN_FILE": "/run/credentials/x/join-token"}
    assert load(None, given).join_token_file == Path("/run/credentials/x/join-token")
    assert load(None, {}).join_token_file is None


@pytest.mark.parametrize(
    ("listen", "tls", "url"),
    [
        ("0.0.0.0:8443", "auto", "https://127.0.0.1:8443"),
        ("0.0.0.0:8080", "off", "http://127.0.0.1:8080"),
        ("[::]:8443", "auto", "https://[::1]:8443"),
        ("10.0.0.1:443", "/c.pem,/k.pem", "https://10.0.0.1:443"),
    ],
)
def test_a_process_on_this_machine_finds_the_api(listen: str, tls: str, url: str) -> None:
    assert load(None, {"VBOT_LISTEN": listen, "VBOT_TLS": tls}).local_api_url == url


def test_megabytes_are_of_1024_kilobytes() -> None:
    assert load(None, {"VBOT_MAX_RECORDING_MB": "2"}).max_recording_bytes == 2 * 1024 * 1024


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    loaded: Settings = load(None, {})
    with pytest.raises(AttributeError):
        loaded.device = "cpu"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("environment", "announced"),
    [
        ({}, True),
        ({"VBOT_LISTEN": "10.0.0.1:8443"}, True),
        ({"VBOT_LISTEN": "127.0.0.1:8443"}, False),
        ({"VBOT_LISTEN": "[::1]:8443"}, False),
        ({"VBOT_LISTEN": "localhost:8443"}, False),
        ({"VBOT_MDNS": "off"}, False),
        ({"VBOT_LISTEN": "127.0.0.1:8443", "VBOT_MDNS": "on"}, True),
    ],
)
def test_an_appliance_announces_itself_where_others_can_come_in(environment: dict[str, str], announced: bool) -> None:
    assert load(None, environment).announces_itself is announced


def test_each_value_knows_where_it_was_set(config: Path) -> None:
    config.write_text('device = "cpu"\nlease_seconds = 5\n')
    loaded = load(config, {"VBOT_LEASE_SECONDS": "6", "VBOT_RETENTION_DAYS": ""})
    told = {name: loaded.source_of(name) for name in ("device", "lease_seconds", "retention_days")}
    assert told == {
        "device": Source(SourceKind.FILE, str(config)),
        "lease_seconds": Source(SourceKind.ENVIRONMENT, "VBOT_LEASE_SECONDS"),
        "retention_days": Source(SourceKind.DEFAULT),
    }


@pytest.mark.parametrize(
    ("lines", "made", "used"),
    [
        ('redis_url = "{unit}"', True, True),
        ('redis_url = "{unit}"', False, False),
        ('redis_url = "redis://127.0.0.1"', True, False),
        ("", True, False),
    ],
    ids=["of a version before", "an older unit", "a queue of one's own", "no unit"],
)
def test_where_the_file_is_of_before_the_queue_had_users_those_that_its_unit_has_made_are_used(
    lines: str, made: bool, used: bool, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "USERS_OF_UNIT", tmp_path)
    if made:
        (tmp_path / "users.acl").touch()
    config.write_text(lines.format(unit=settings.QUEUE_OF_UNIT))
    assert load(config, {}).queue_access == (tmp_path if used else None)


# -- what was changed over the API ---------------------------------------------------------------------------


def own(tmp_path: Path, text: str, **environment: str) -> Settings:
    (tmp_path / OWN_FILE).write_text(text)
    return load(None, {"VBOT_DATA_DIR": str(tmp_path), **environment})


def test_environment_and_file_go_before_what_was_changed_and_the_default_behind(config: Path, tmp_path: Path) -> None:
    (tmp_path / OWN_FILE).write_text("backup_keep = 3\nmax_recording_mb = 4\nrate_limit_per_minute = 5\n")
    config.write_text("max_recording_mb = 40\n")
    loaded = load(config, {"VBOT_DATA_DIR": str(tmp_path), "VBOT_RATE_LIMIT_PER_MINUTE": "50"})
    assert (loaded.backup_keep, loaded.max_recording_mb, loaded.rate_limit_per_minute) == (3, 40, 50)
    kinds = [loaded.source_of(name).kind for name in ("backup_keep", "max_recording_mb", "rate_limit_per_minute")]
    assert kinds == [SourceKind.APPLIANCE, SourceKind.FILE, SourceKind.ENVIRONMENT]
    assert loaded.passed_over == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("backup_keep = \n", "is not valid TOML"),
        ("backup_keep = 0\n", "'backup_keep' must be at least 1"),
        ('listen = "0.0.0.0:1"\n', "'listen' is changed on the appliance itself alone"),
        ("colour = 1\n", "'colour' is no setting"),
        ("#" * 70_000, "is larger than anything that the appliance writes there"),
    ],
)
def test_what_is_damaged_or_unknown_there_is_passed_over_and_told(tmp_path: Path, text: str, told: str) -> None:
    loaded = own(tmp_path, text)
    assert (loaded.backup_keep, str(loaded.listen)) == (7, "0.0.0.0:8443")
    problem = loaded.passed_over[0]
    assert told in problem
    assert str(tmp_path / OWN_FILE) in problem


@pytest.mark.parametrize("bad", ["backup_keep = 0", "backup_keep = ", "\0", "[a", "[a]", "a.b = 1", "[" * 5000])
def test_one_bad_line_costs_no_other(tmp_path: Path, bad: str) -> None:
    loaded = own(tmp_path, f"retention_days = [3650, 3650]\n{bad}\nmax_recording_mb = 4\n")
    assert (loaded.max_recording_mb, loaded.retention_days) == (4, (3650, 3650))
    (problem,) = loaded.passed_over
    assert str(tmp_path / OWN_FILE) in problem


def test_of_what_is_there_twice_nobody_knows_which_was_meant(tmp_path: Path) -> None:
    loaded = own(tmp_path, "backup_keep = 2\nbackup_keep = 3\nmax_recording_mb = 4\nretention_days = [1, 2]\n")
    assert (loaded.backup_keep, loaded.max_recording_mb, loaded.retention_days) == (7, 4, (1, 2))
    assert [problem.endswith("'backup_keep' is there twice") for problem in loaded.passed_over] == [True]


def test_what_was_written_by_hand_may_go_over_lines(tmp_path: Path) -> None:
    loaded = own(tmp_path, "# ours\nretention_days = [\n  10,\n  20,\n]\n")
    assert (loaded.retention_days, loaded.passed_over) == ((10, 20), ())


@pytest.mark.parametrize(
    "damaged",
    [
        b"retention_days = [3650, 36\xff50]\n",
        b"retention_da\x00s = [3650, 3650]\n",
        b"retenti/n_days = [3650, 3650]\n",
        b"retentiom_days = [3650, 3650]\n",
        b"retention_days = [3650, 96501]\n",
        b"retention_days = [3650]\n",
        b"retention_days = {texts = 3650}\n",
        b"retention_days = [3650, 3650]\nretention_days = [3650, 365]\n",
        b"backup_keep = 7?retention_days = [3650, 3650]\n",
        b"\0" * 100,
        b"#" * 70_000,
    ],
)
def test_where_the_retention_may_have_stood_in_what_is_damaged_nothing_is_erased_by_a_guess(
    tmp_path: Path, config: Path, damaged: bytes
) -> None:
    (tmp_path / OWN_FILE).write_bytes(damaged)
    loaded = load(None, {"VBOT_DATA_DIR": str(tmp_path)})
    assert loaded.retention_days == (36_500, 36_500)
    assert "kept for ever until it is set again" in loaded.passed_over[-1]
    assert loaded.source_of("retention_days") == Source(SourceKind.APPLIANCE, str(tmp_path / OWN_FILE))

    config.write_text("retention_days = [1, 2]\n")
    elsewhere = load(config, {"VBOT_DATA_DIR": str(tmp_path)})
    assert elsewhere.retention_days == (1, 2)
    assert not any("for ever" in problem for problem in elsewhere.passed_over)


@pytest.mark.parametrize("text", ["", "backup_keep = 0\n", "colour = 1\n"])
def test_where_it_can_have_stood_nowhere_the_default_is_in_force(tmp_path: Path, text: str) -> None:
    assert own(tmp_path, text).retention_days == (30, 365)


@pytest.mark.parametrize(("reason", "folder_is_ours", "told"), [
    (errno.EACCES, True, True), (errno.EACCES, False, False), (errno.EIO, True, True), (errno.EIO, False, True),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_unless_the_whole_folder_is_somebody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int, folder_is_ours: bool, told: bool
) -> None:

    def refused(path: str, _flags: int) -> int:
        raise OSError(reason, os.strerror(reason), path)

    monkeypatch.setattr(own_file, "_open_as_it_lies", refused)
    monkeypatch.setattr(os, "access", lambda _path, _mode: folder_is_ours)
    loaded = load(None, {"VBOT_DATA_DIR": str(tmp_path)})
    assert [os.strerror(reason) in problem for problem in loaded.passed_over[:1]] == [True] * told
    assert loaded.retention_days == ((36_500, 36_500) if told else (30, 365))


@pytest.mark.parametrize(
    ("lay", "told"),
    [
        (os.mkfifo, "is no file"),
        (lambda path: path.symlink_to("elsewhere.toml"), "is a link"),
        (Path.mkdir, "cannot be read: Is a directory"),
    ],
    ids=["a pipe", "a link", "a folder"],
)
def test_what_is_no_file_is_passed_over_and_root_neither_waits_for_it_nor_follows_it(
    lay: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere.toml").write_text("backup_keep = 3\n")
    lay(tmp_path / OWN_FILE)
    loaded = load(None, {"VBOT_DATA_DIR": str(tmp_path)})
    assert loaded.passed_over[0] == f"{tmp_path / OWN_FILE} {told}"
    assert loaded.backup_keep == Settings().backup_keep


def test_every_editable_value_comes_back_from_the_file(tmp_path: Path) -> None:
    defaults = {name: getattr(Settings(), name) for name, about in ABOUT.items() if about.edit is not None}
    defaults["max_storage_gb"] = 5
    loaded = own(tmp_path, own_file_text(defaults))
    assert loaded.passed_over == ()
    assert {name: getattr(loaded, name) for name in defaults} == defaults
    assert {loaded.source_of(name).kind for name in defaults} == {SourceKind.APPLIANCE}


def test_nothing_that_locks_out_or_opens_the_box_may_be_edited() -> None:
    editable = {name for name, about in ABOUT.items() if about.edit is not None}
    assert editable == {
        "sentiment_of",
        "rate_limit_per_minute",
        "max_concurrent_calls",
        "max_storage_gb",
        "max_audio_hours_per_day",
        "max_recording_mb",
        "webhook_retry_seconds",
        "webhook_timeout_seconds",
        "webhook_disable_after_days",
        "retention_days",
        "backup_every_hours",
        "backup_keep",
    }
