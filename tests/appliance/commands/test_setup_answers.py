"""What `vbot setup` is answered: at a terminal and in a file, as editors of any system write it, and never too much."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from appliance.commands.setup.office_page import PAGE
from appliance.commands.setup.questions import LONGEST_FILE_BYTES, AnswerFile, Question, Stopped, Terminal, as_text
from appliance.errors import ConfigurationError

NAME = Question("customer.name", "Name", as_text)


@pytest.mark.parametrize("begins", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_is_read_with_any_ends_of_lines(tmp_path: Path, begins: bytes, end: bytes) -> None:
    file = tmp_path / "answers.toml"
    file.write_bytes(begins + end.join([b"# ours", b"[customer]", b'name = "Ada"', b""]))
    answers = AnswerFile(file)
    answers.check([NAME])
    assert answers.ask(NAME, None) == "Ada"


def test_what_is_no_answers_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="/dev/zero is no answers file: it has more than 64 KB"):
        AnswerFile(Path("/dev/zero"))
    file = tmp_path / "answers.toml"
    file.write_text("#" * LONGEST_FILE_BYTES)
    AnswerFile(file)


def test_a_line_that_does_not_end_is_asked_again(tmp_path: Path) -> None:
    said: list[str] = []
    typed = io.StringIO(f"{'x' * 10_000_000}\nAda\r\n")
    terminal = Terminal(typed.readline, lambda text="", end="": said.append(text))
    assert terminal.ask(NAME, None) == "Ada"
    assert "  customer.name must have less than 4096 characters" in said
    with pytest.raises(Stopped):
        terminal.ask(NAME, None)


def test_what_came_in_another_encoding_is_asked_again(tmp_path: Path) -> None:
    said: list[str] = []
    typed = io.TextIOWrapper(io.BytesIO("Müller\nMueller\n".encode("latin-1")), encoding="utf-8", errors="replace")
    terminal = Terminal(typed.readline, lambda text="", end="": said.append(text))
    assert terminal.ask(NAME, None) == "Mueller"
    assert any("another encoding" in line for line in said)


def test_also_what_is_offered_must_still_be_right(tmp_path: Path) -> None:
    """Enter took a page's default though a file of that name was somebody else's."""
    (tmp_path / "ours.html").write_text("a letter to the landlord")
    said: list[str] = []
    typed = io.StringIO(f"\n{tmp_path / 'new.html'}\n")
    terminal = Terminal(typed.readline, lambda text="", end="": said.append(text))
    assert terminal.ask(PAGE, tmp_path / "ours.html") == tmp_path / "new.html"
    assert any("is there and is something else" in line for line in said)
