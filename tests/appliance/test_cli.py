"""The console script: help everywhere, and every foreseen error in one line."""

from __future__ import annotations

import argparse
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance import __version__, cli
from appliance.cli import COMMANDS, SERVICES, build_parser, main
from appliance.commit import commit
from appliance.domain.clock import utc_now
from appliance.domain.token import DEFAULT_LIFE
from appliance.errors import ApplianceError, ConfigurationError, PermanentFailure
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder
from tests.support.appliance import READY_SECONDS
from tests.support.database_file import open_file
from tests.support.own_records import own_records
from tests.support.processes import wait_until

# The table of the operator's interface.
DOCUMENTED = {
    "init": (),
    "setup": (),
    "up": (),
    "api": (),
    "worker": (),
    "demo": (),
    "models": ("list", "install", "import", "verify"),
    "backup": ("create", "list", "verify"),
    "restore": (),
    "repair": (),
    "token": ("create", "list", "revoke"),
    "audit": ("verify",),
    "certificate": ("show", "renew"),
    "analyse": (),
    "doctor": (),
    "upgrade": (),
    "support-bundle": (),
    "log-level": (),
}


@pytest.fixture(autouse=True)
def untouched_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """`main` changes logging, and reads the environment."""
    for name in list(os.environ):
        if name.startswith("VBOT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("VBOT_DATA_DIR", str(tmp_path / "data"))
    level = logging.getLogger("dramatiq").level
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    yield
    logging.getLogger("dramatiq").setLevel(level)


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
    return found


def command_lines() -> list[tuple[str, ...]]:
    """Every command and subcommand that there is."""
    lines: list[tuple[str, ...]] = [()]
    for name, parser in subcommands(build_parser()).items():
        lines += [(name,), *((name, sub) for sub in subcommands(parser))]
    return lines


def run(*arguments: str) -> int:
    """The exit code, as the shell sees it."""
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else -1


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let `doctor` do what the test puts under "do"; what it was given stands under "settings" and "arguments"."""
    seen: dict[str, Any] = {"do": lambda: 0}

    def do(arguments: argparse.Namespace, settings: Settings) -> int:
        seen.update(arguments=arguments, settings=settings)
        code: int = seen["do"]()
        return code

    # Commands bind `run` when the parser is built, by name in their module.
    monkeypatch.setattr("appliance.commands.doctor.run", do)
    return seen


def test_every_documented_command_is_there() -> None:
    for name, subs in DOCUMENTED.items():
        parser = subcommands(build_parser())[name]
        assert set(subs) <= set(subcommands(parser)), name
    assert set(COMMANDS) == set(DOCUMENTED)
    assert set(SERVICES) <= set(COMMANDS)


@pytest.mark.parametrize("line", command_lines(), ids=" ".join)
def test_every_command_has_help(line: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*line, "--help") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith(f"usage: {' '.join(('vbot', *line))}")
    assert shown.err == ""


@pytest.mark.parametrize("line", [line for line in command_lines() if len(line) == 1], ids=" ".join)
def test_every_command_says_what_it_does_in_the_list_of_all(
    line: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    run("--help")
    # Behind the name, or below one that is long.
    assert re.search(rf"(?m)^    {line[0]}(?:  +|\n {{10,}})\S", capsys.readouterr().out)


def test_the_version_is_told_with_the_commit(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    known = commit()
    assert capsys.readouterr().out == f"vbot {__version__}{f' ({known})' if known else ''}\n"


WRONG = [
    (),
    ("frobnicate",),
    ("--frobnicate", "doctor"),
    ("token",),
    ("token", "frobnicate"),
    ("token", "create"),
    ("token", "create", "--role", "king"),
    *(("token", "create", "--role", "viewer", "--expires-days", days) for days in ("0", "-1", "1.5", "soon", "36501")),
    ("token", "revoke", "one"),
    ("token", "revoke"),
    ("models",),
    ("backup",),
    ("backup", "verify"),
    ("restore",),
    ("analyse",),
    ("analyse", "a.wav", "--direction", "up"),
    ("doctor", "--config"),
    *((*line, "--frobnicate") for line in command_lines() if line),
]


@pytest.mark.parametrize("line", WRONG, ids=" ".join)
def test_what_is_not_understood_is_one_line_and_exit_2(
    line: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*line) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("vbot: ")
    assert shown.err.count("\n") == 1
    assert "--help" in shown.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(ApplianceError("it rains"), 1), (ConfigurationError("it rains"), 1), (PermanentFailure("it rains"), 78)],
)
def test_a_foreseen_error_is_one_line_and_its_exit_code(
    answering: dict[str, Any], capsys: pytest.CaptureFixture[str], error: ApplianceError, code: int
) -> None:
    def fail() -> int:
        raise error

    answering["do"] = fail
    assert run("doctor") == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "vbot: it rains\n")


def test_an_unforeseen_error_is_not_hidden(answering: dict[str, Any]) -> None:
    def fail() -> int:
        raise ZeroDivisionError

    answering["do"] = fail
    with pytest.raises(ZeroDivisionError):
        run("doctor")


def test_an_unforeseen_error_of_a_service_is_logged_and_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_arguments: argparse.Namespace, _settings: Settings) -> int:
        raise ZeroDivisionError("by\nnothing")

    monkeypatch.setattr("appliance.commands.worker.run", fail)
    monkeypatch.setattr("threading.excepthook", threading.excepthook)
    try:
        assert run("worker") == 1
        threading.Thread(target=lambda: 1 / 0, name="helper").start()
        assert wait_until(lambda: len(own_records(caplog)) == 2, 60)
    finally:
        logging.captureWarnings(capture=False)

    assert capsys.readouterr().err == "vbot: ZeroDivisionError: by nothing\n"
    ends, thread = own_records(caplog)
    assert (ends.levelname, thread.levelname) == ("ERROR", "ERROR")
    assert ends.exc_info is not None
    assert ends.exc_info[0] is ZeroDivisionError
    assert "helper" in thread.getMessage()
    assert thread.exc_info is not None


@pytest.mark.parametrize("code", [0, 1, 3])
def test_the_commands_own_code_is_the_exit_code(answering: dict[str, Any], code: int) -> None:
    answering["do"] = lambda: code
    assert run("doctor") == code


def test_an_interrupt_ends_it_as_the_shell_expects(answering: dict[str, Any]) -> None:
    def interrupt() -> int:
        raise KeyboardInterrupt

    answering["do"] = interrupt
    assert run("doctor") == 130


@pytest.mark.usefixtures("answering")
def test_what_it_writes_is_for_the_owner_alone() -> None:
    os.umask(0)
    run("doctor")
    assert os.umask(0o077) == 0o077


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_settings_file_may_stand_before_or_after_the_command(
    answering: dict[str, Any], tmp_path: Path, place: str
) -> None:
    config = tmp_path / "vbot.toml"
    config.write_text('device = "cpu"\n')
    option = ("--config", str(config))
    assert run(*(option if place == "before" else ()), "doctor", *(option if place == "after" else ())) == 0
    assert answering["settings"].device == "cpu"


def test_a_bad_setting_is_one_line_and_exit_1(
    answering: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VBOT_DEVICE", "gpu")
    assert run("worker") == 1
    said = "VBOT_DEVICE must be auto, cpu, cuda or cuda:N (is 'gpu')"
    assert capsys.readouterr().err == f"vbot: {said}\n"
    assert run("doctor") == 1
    assert f"WRONG settings: {said}: `unset VBOT_DEVICE`\n" in capsys.readouterr().out
    assert "settings" not in answering


def test_a_misspelt_variable_is_warned_of_without_its_value(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("appliance.commands.worker.run", lambda *_: 0)
    monkeypatch.setattr("threading.excepthook", threading.excepthook)
    monkeypatch.setenv("VBOT_ADMIN_TOKN", "a-secret-of-24-characters")
    monkeypatch.setenv("VBOT_COLOUR", "blue")
    try:
        assert run("worker") == 0
    finally:
        logging.captureWarnings(capture=False)
    (record,) = own_records(caplog)
    assert record.levelname == "WARNING"
    assert record.getMessage() == (
        "ignored environment variables, which are no settings of vBot: "
        "VBOT_ADMIN_TOKN (is VBOT_ADMIN_TOKEN meant?), VBOT_COLOUR"
    )


@pytest.mark.parametrize(
    "line", [("token", "list"), ("token", "revoke", "1"), ("backup", "create"), ("backup", "list")], ids=" ".join
)
def test_on_a_folder_that_is_not_set_up_it_says_what_to_run(
    line: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*line) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("vbot: ")
    assert "vbot init" in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("--config", "nowhere.toml", "init"), "cannot read nowhere.toml"),
        (("backup", "verify", "nowhere.tar"), "cannot read nowhere.tar"),
        (("restore", "nowhere.tar", "--recovery-key-file", "nowhere.key"), "cannot read nowhere.key"),
        (("models", "verify"), "no model pack is installed"),
        (("models", "install"), "give the NAME of a pack"),
        (("models", "install", "nonsense"), "no model pack 'nonsense' in the catalogue"),
        (("models", "import", "nowhere"), "nowhere does not exist"),
        (("analyse", "nowhere.wav"), "cannot read nowhere.wav"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    line: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.setenv("VBOT_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    assert run(*line) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("vbot: ")
    assert said in shown.err
    assert shown.err.count("\n") == 1


# -- first boot and tokens, on a real folder -----------------------------------------------------------------


def test_a_first_boot_leaves_its_secrets_in_a_private_file_where_there_is_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = DataFolder(tmp_path / "data")
    assert run("init") == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert str(folder.first_boot_note) in shown.err
    assert "Recovery key" not in shown.err
    assert "Recovery key" in folder.first_boot_note.read_text()
    assert run("init") == 1
    assert "is set up already" in capsys.readouterr().err


@pytest.mark.slow
def test_tokens_are_made_listed_and_revoked_while_no_appliance_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init")
    capsys.readouterr()
    assert run("token", "create", "--role", "viewer", "--name", "wall display") == 0
    token = capsys.readouterr().out
    assert token.startswith("vbt_")
    assert token.count("\n") == 1
    assert run("token", "list") == 0
    listed = capsys.readouterr().out
    assert "wall display" in listed
    assert token.strip() not in listed
    number = next(line.split()[0] for line in listed.splitlines() if "wall display" in line)
    assert run("token", "revoke", number) == 0
    assert capsys.readouterr().out == f"token {number} is revoked\n"
    run("token", "list")
    assert "wall display" not in capsys.readouterr().out
    run("token", "list", "--all")
    assert "revoked" in capsys.readouterr().out
    assert run("token", "revoke", "999") == 1
    assert capsys.readouterr().err == "vbot: there is no token 999\n"


def test_a_token_that_ends_by_itself_says_when_and_that_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init")
    run("token", "create", "--role", "viewer", "--name", "for a week", "--expires-days", "7")
    capsys.readouterr()

    def state() -> str:
        assert run("token", "list") == 0
        return next(line for line in capsys.readouterr().out.splitlines() if "for a week" in line)

    assert "  valid until 20" in state()
    in_a_week = utc_now() + timedelta(days=7)
    monkeypatch.setattr("appliance.domain.clock.utc_now", lambda: in_a_week)
    assert "  expired 20" in state()


@pytest.mark.slow
def test_a_token_ends_after_a_year_unless_never_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    run("init")
    before = utc_now()
    run("token", "create", "--role", "viewer", "--name", "silent")
    run("token", "create", "--role", "viewer", "--name", "for ever", "--expires", "never")
    run("token", "create", "--role", "viewer", "--name", "until then", "--expires", "2100-01-31")
    capsys.readouterr()
    run("token", "list")
    states = {line[16:40].strip(): line.split()[-1] for line in capsys.readouterr().out.splitlines()[1:]}
    assert states["silent"][:10] in {(now + DEFAULT_LIFE).isoformat()[:10] for now in (before, utc_now())}
    # What opens everything when all else is lost lies in a safe, and does not end there.
    assert (states["for ever"], states["until then"], states["first boot"]) == (
        "valid",
        "2100-01-31T00:00:00Z",
        "valid",
    )
    assert run("token", "create", "--role", "viewer", "--expires", "2020-01-31") == 1
    assert capsys.readouterr().err == "vbot: --expires must be a day to come\n"


def test_a_viewer_of_a_customer_is_made_only_for_one_that_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    run("init")
    capsys.readouterr()
    assert run("token", "create", "--role", "viewer", "--customer", "7") == 1
    assert capsys.readouterr().err == "vbot: there is no customer 7\n"
    assert run("token", "create", "--role", "admin", "--customer", "7") == 1
    assert "an administrator sees everything" in capsys.readouterr().err


# -- the audit's chain ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_audit_is_proved_while_nothing_runs_and_a_line_that_was_touched_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def verify(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        return run("audit", "verify", *arguments), capsys.readouterr().out

    run("init")
    run("token", "create", "--role", "viewer", "--name", "grafana")
    code, said = verify()
    head = said.strip().rpartition("head: ")[2]
    assert (code, len(head)) == (0, 64)
    assert "whole: 3 lines" in said
    run("token", "revoke", "2")
    code, said = verify("--head", head)
    assert (code, f"{head} is in the chain" in said) == (0, True)

    database = tmp_path / "data" / "vbot.duckdb"
    with open_file(database) as connection:
        connection.execute("DELETE FROM audit WHERE seq >= 3")
    code, said = verify("--head", head)
    assert (code, "MISSING" in said) == (1, True)
    with open_file(database) as connection:
        connection.execute("UPDATE audit SET address = '10.0.0.1' WHERE seq = 2")
    code, said = verify()
    assert (code, said.splitlines()[0].startswith("BROKEN at line 2: ")) == (1, True)
    assert "(token.created, 20" in said
    assert "its content was changed" in said


def test_a_name_that_would_break_the_list_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    run("init")
    capsys.readouterr()
    assert run("token", "create", "--role", "viewer", "--name", "two\nlines") == 1
    assert capsys.readouterr().err == "vbot: the name must not contain control characters\n"


# -- as a process of its own ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("command", ["models list", "--help"])
def test_a_reader_that_closes_early_is_no_error(command: str) -> None:
    # It closes before the first word, so that what fails is what is written last.
    command = f"(sleep 1; {sys.executable} -m appliance.cli {command}) | exec 0<&-; exit ${{PIPESTATUS[0]}}"
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        ["bash", "-c", command], env=buffered, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert done.stderr == ""


def test_help_loads_neither_torch_nor_tornado_nor_the_database() -> None:
    program = (
        "import sys; from appliance.cli import build_parser; build_parser().format_help();"
        "print([name for name in ('torch', 'tornado', 'duckdb', 'dramatiq', 'engine') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "[]\n"


def test_it_is_installed_under_its_name() -> None:
    script = Path(sys.executable).with_name("vbot")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split()[:2] == ["vbot", cli.__version__]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), "name the new version's packages, or `apt`, or one of --resume and --back"),
        (("new.deb", "--resume"), "name the new version's packages, or `apt`, or one of --resume and --back"),
        (("new.deb",), "only one that was installed below /opt/vbot can be upgraded so"),
    ],
)
def test_what_cannot_be_upgraded_is_told_in_one_line(
    arguments: tuple[str, ...], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("upgrade", *arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("vbot: ")
    assert line.endswith(error)


def test_a_full_disk_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    """As far as a test may fill one: no file may grow."""
    vbot = [sys.executable, "-m", "appliance.cli"]
    made = subprocess.run([*vbot, "init"], capture_output=True, text=True, timeout=READY_SECONDS, check=False)
    assert made.returncode == 0, made.stderr
    full = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *vbot, "certificate", "renew"]
    done = subprocess.run(full, capture_output=True, text=True, timeout=READY_SECONDS, check=False)
    assert done.returncode == 1
    assert done.stderr == "vbot: File too large\n"
