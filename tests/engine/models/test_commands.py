"""`vbot models …` as an operator sees it."""

from __future__ import annotations

import argparse
import os
import pty
from pathlib import Path

import pytest

from appliance.commands import models
from appliance.errors import ConfigurationError
from appliance.settings import Settings, load
from engine.models import CATALOGUE
from tests.engine.models.fakes import hugging_face_whisper


@pytest.fixture
def settings(models_dir: Path) -> Settings:
    return load(None, {"VBOT_MODELS_DIR": str(models_dir)})


def vbot_models(settings: Settings, *words: str) -> int:
    """What `vbot models WORDS` does."""
    parser = argparse.ArgumentParser(prog="vbot")
    models.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["models", *words])
    return int(arguments.run(arguments, settings))


def test_list_shows_what_is_installed_and_what_can_be(
    imported: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings.models_dir / "whisper-base").mkdir()
    assert vbot_models(settings, "list") == 0
    states = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()[1:]}
    assert "  installed  " in states["whisper-fake"]
    assert "  damaged  " in states["whisper-base"]
    assert "  not installed  " in states["all-MiniLM-L6-v2"]


@pytest.mark.slow
def test_install_puts_the_result_on_stdout_and_the_steps_on_stderr(
    wheelhouse: Path, settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.engine.models.fakes import fake_entry

    monkeypatch.setitem(CATALOGUE, "whisper-fake", fake_entry(wheelhouse))
    assert vbot_models(settings, "install", "whisper-fake") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith(f"whisper-fake is in {settings.models_dir}/whisper-fake (")
    assert len(shown.out.splitlines()) == 1
    assert shown.err.splitlines()[0].startswith("downloading whisper-fake (")
    assert "\r" not in shown.err, "no bar where nobody looks"


@pytest.mark.parametrize("words", [[], ["whisper-base", "--from-hub", "a/b"], ["whisper-base", "--name", "x"]])
def test_install_says_what_it_needs(words: list[str], settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match=r"give the NAME|goes with"):
        vbot_models(settings, "install", *words)


def test_install_of_an_unknown_pack_names_the_known_ones(settings: Settings) -> None:
    with pytest.raises(
        ConfigurationError, match="no model pack 'whisper-huge' in the catalogue: it has whisper-base, wh"
    ):
        vbot_models(settings, "install", "whisper-base", "whisper-huge")
    assert not settings.models_dir.exists(), "nothing is installed before all names are known"


def test_import_takes_a_name(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = hugging_face_whisper(tmp_path / "on a stick!")
    with pytest.raises(ConfigurationError, match="'on a stick!' cannot be a pack's name"):
        vbot_models(settings, "import", str(folder))
    assert vbot_models(settings, "import", str(folder), "--name", "office") == 0
    assert capsys.readouterr().out.startswith("office is in ")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "ecapa"
    folder.mkdir()
    (folder / "hyperparams.yaml").write_text("embedding_model: !apply:os.system [id]\n")
    return folder


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], r"runs as code, .* say so with --trust-code ecapa"),
        (["--trust-code"], "there is no terminal to ask on: retype the pack's name, --trust-code ecapa"),
        (["--trust-code", "yes"], "'yes' is not ecapa, so nothing was installed"),
    ],
)
def test_code_is_not_installed_without_a_yes_of_the_administrator(
    settings: Settings, code: Path, words: list[str], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        vbot_models(settings, "import", str(code), *words)
    assert not (settings.models_dir / "ecapa").exists()


def test_code_is_installed_where_its_name_is_retyped_and_listed_as_such(
    settings: Settings, code: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert vbot_models(settings, "import", str(code), "--trust-code", "ecapa") == 0
    capsys.readouterr()
    vbot_models(settings, "list")
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ecapa ")]
    assert line.split("  ")[0] == "ecapa"
    assert "  runs as code  " in line


@pytest.mark.parametrize(("typed", "installed"), [("ecapa", True), ("y", False), ("", False)])
def test_a_terminal_asks_for_the_name(
    settings: Settings, code: Path, monkeypatch: pytest.MonkeyPatch, typed: str, installed: bool
) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{typed}\n".encode())
    with os.fdopen(terminal) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        if installed:
            vbot_models(settings, "import", str(code), "--trust-code")
        else:
            with pytest.raises(ConfigurationError, match="is not ecapa, so nothing was installed"):
                vbot_models(settings, "import", str(code), "--trust-code")
    os.close(keyboard)
    assert (settings.models_dir / "ecapa").exists() is installed


def test_verify_names_each_damaged_pack_and_fails(
    imported: Path, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vbot_models(settings, "import", str(hugging_face_whisper(tmp_path / "second")))
    assert vbot_models(settings, "verify") == 0
    assert (imported / "config.json").is_file()
    (imported / "config.json").unlink()
    capsys.readouterr()
    assert vbot_models(settings, "verify") == 1
    shown = capsys.readouterr()
    assert shown.out == "second: whole\n"
    assert "vbot: model pack whisper-fake in " in shown.err
    assert "config.json is missing" in shown.err


def test_verify_of_nothing_is_an_error(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="no model pack is installed in"):
        vbot_models(settings, "verify")


@pytest.mark.parametrize("words", [[], ["list"], ["install"], ["import"], ["verify"]])
def test_every_command_has_help(words: list[str], settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        vbot_models(settings, *words, "--help")
    assert raised.value.code == 0
    assert "usage: vbot models" in capsys.readouterr().out
