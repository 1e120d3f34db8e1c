"""What a file may be called on any system, whoever named it."""

from __future__ import annotations

from pathlib import PureWindowsPath

import pytest

from admin_gui.text.file_names import LONGEST, safe_file_name

HOME = PureWindowsPath(r"C:\Users\Jürgen Müller\AppData\Local")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("vbot-2026-11-28.tar", "vbot-2026-11-28.tar"),
        ("vbot-2026-11-28", "vbot-2026-11-28.tar"),
        ("Sicherung für Müller.TAR", "Sicherung für Müller.tar"),
        ("con", "_con.tar"),
        ("CON.tar", "_CON.tar"),
        ("aux.old.tar", "_aux.old.tar"),
        ("COM¹", "_COM¹.tar"),
        ("console", "console.tar"),
        ("2026-11-28T04:15:00", "2026-11-28T04_15_00.tar"),
        ("stream.txt:hidden", "stream.txt_hidden.tar"),
        ("ends with dots...", "ends with dots.tar"),
        ("ends with a space .tar", "ends with a space.tar"),
        (".bashrc", "bashrc.tar"),
        ("../../etc/passwd", "_.._etc_passwd.tar"),
        (r"..\..\Windows\System32\evil", r"_.._Windows_System32_evil.tar"),
        ('a<b>c"d|e?f*g', "a_b_c_d_e_f_g.tar"),
        ("backup.exe", "backup.exe.tar"),
        ("a\nb\x00c", "a_b_c.tar"),
        ("exe.\N{RIGHT-TO-LEFT OVERRIDE}rat", "exe._rat.tar"),
        ("", "vbot.tar"),
        (" .. ", "vbot.tar"),
        ("x" * 300, "x" * LONGEST + ".tar"),
    ],
)
def test_a_name_is_one_that_every_system_takes(name: str, safe: str) -> None:
    assert safe_file_name(name, ".tar") == safe
    path = HOME / safe_file_name(name, ".tar")
    assert (path.parent, path.suffix) == (HOME, ".tar")
    assert not path.is_reserved()
