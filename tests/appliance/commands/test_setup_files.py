"""What `vbot setup` writes: single lines of the settings, and the lines for each telephone system."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from appliance.commands.setup.pbx_lines import ALL, PbxLines
from appliance.commands.setup.settings_file import change_settings, changed
from appliance.errors import ConfigurationError

CHECKOUT = Path(__file__).parents[3]
INSTALLED = (CHECKOUT / "systemd/vbot.toml").read_text()


def test_of_the_installers_file_all_stays_but_the_line_that_was_asked() -> None:
    after = changed(INSTALLED, {"listen": "0.0.0.0:9443"})
    assert [line for line in after.splitlines() if line not in INSTALLED.splitlines()] == ['listen = "0.0.0.0:9443"']
    assert [line for line in INSTALLED.splitlines() if line not in after.splitlines()] == []
    lines = after.splitlines()
    assert lines[lines.index('listen = "0.0.0.0:9443"') - 1] == '# listen = "0.0.0.0:8443"'


def test_a_change_is_made_where_the_setting_stands_and_its_comment_stays() -> None:
    text = 'listen = "a # b:1"   # the PBX\'s VLAN\nx = 1\n'
    assert changed(text, {"listen": "0.0.0.0:1234"}) == 'listen = "0.0.0.0:1234"   # the PBX\'s VLAN\nx = 1\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'names = ["b"]\n'),
        ("x = 1", 'x = 1\nnames = ["b"]\n'),
        ('names = [\n  "a", # old\n]\n# end\n', 'names = ["b"]\n# end\n'),
        ("x = 1\n[retention_days]\ntexts = 7\n", 'x = 1\nnames = ["b"]\n[retention_days]\ntexts = 7\n'),
        ("[other]\nnames = 3\n", 'names = ["b"]\n[other]\nnames = 3\n'),
        ("#names = []\r\nx = 1\r\n", '#names = []\r\nnames = ["b"]\nx = 1\r\n'),
    ],
)
def test_wherever_it_stands(text: str, expected: str) -> None:
    assert changed(text, {"names": ["b"]}) == expected


@pytest.mark.parametrize("value", ['with "quotes"', "back\\slash", "ü → \u2028", "tab\there"])
def test_a_value_is_read_as_it_was_given(value: str) -> None:
    assert tomllib.loads(changed("", {"listen": value})) == {"listen": value}


def test_a_file_that_is_written_in_another_way_is_left_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "vbot.toml"
    path.write_text('"listen" = "0.0.0.0:8443"\n')
    with pytest.raises(ConfigurationError, match=r'write `listen = "0.0.0.0:9443"` there by hand'):
        change_settings(path, {"listen": "0.0.0.0:9443"}, {})
    assert path.read_text() == '"listen" = "0.0.0.0:8443"\n'


def test_mode_and_link_stay_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "vbot.toml"
    real.write_text("# ours\n")
    real.chmod(0o640)
    link.symlink_to(real)
    assert change_settings(link, {"listen": "0.0.0.0:9443"}, {}) == "# ours\n"
    assert link.is_symlink()
    assert real.read_text() == '# ours\nlisten = "0.0.0.0:9443"\n'
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(file.name for file in tmp_path.iterdir()) == ["real.toml", "vbot.toml"]


def test_what_would_be_no_settings_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "vbot.toml"
    path.write_text("# ours\n")
    with pytest.raises(ConfigurationError, match="must be ADDRESS:PORT"):
        change_settings(path, {"listen": "nowhere"}, {})
    assert path.read_text() == "# ours\n"
    assert [file.name for file in tmp_path.iterdir()] == ["vbot.toml"]


@pytest.mark.parametrize("lines", ALL, ids=lambda lines: lines.page)
def test_each_telephone_systems_lines_are_those_of_its_page(lines: PbxLines) -> None:
    page = [line.strip() for line in (CHECKOUT / "packaging/pbx" / lines.page).read_text().splitlines()]
    for line in lines.text.splitlines():
        assert line in page


def test_no_telephone_system_is_left_out() -> None:
    pages = {page.name for page in (CHECKOUT / "packaging/pbx").glob("*.md")} - {"README.md"}
    assert {lines.page for lines in ALL} == pages
