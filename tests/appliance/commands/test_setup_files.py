"""What `vbot setup` writes: single lines of the settings, and the lines for each telephone system."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from appliance.commands.setup.box import Box
from appliance.commands.setup.office_page import WITH_KEY, WITHOUT_KEY, page, page_file
from appliance.commands.setup.pbx_lines import ALL, PbxLines
from appliance.commands.setup.settings_file import change_settings, changed, write_settings
from appliance.commands.setup.trial_call import in_words
from appliance.errors import ConfigurationError
from appliance.services.access.certificate import create_certificate
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.builders import NOON

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
        ("#names = []\r\nx = 1\r\n", '#names = []\r\nnames = ["b"]\r\nx = 1\r\n'),
        ('names = [\r\n  "a",\r\n]\r\nx = 1', 'names = ["b"]\r\nx = 1'),
        ("#names = []\r\nx = 1\n", '#names = []\r\nnames = ["b"]\nx = 1\n'),
    ],
)
def test_wherever_it_stands(text: str, expected: str) -> None:
    assert changed(text, {"names": ["b"]}) == expected


@pytest.mark.parametrize("value", ['with "quotes"', "back\\slash", "ü → \u2028", "tab\there"])
def test_a_value_is_read_as_it_was_given(value: str) -> None:
    assert tomllib.loads(changed("", {"listen": value})) == {"listen": value}


def test_a_file_of_windows_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "vbot.toml"
    path.write_bytes(b'# the PBX\'s VLAN\r\nlisten = "127.0.0.1:8443"\r\n')
    before = change_settings(path, {"listen": "0.0.0.0:9443"}, {})
    assert path.read_bytes() == b'# the PBX\'s VLAN\r\nlisten = "0.0.0.0:9443"\r\n'
    assert before is not None
    write_settings(path, before, {})
    assert path.read_bytes() == b'# the PBX\'s VLAN\r\nlisten = "127.0.0.1:8443"\r\n'


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
    # NethVoice is FreePBX inside, and its own way needs more than a line.
    pages = {page.name for page in (CHECKOUT / "packaging/pbx").glob("*.md")} - {"README.md", "nethvoice.md"}
    assert {lines.page for lines in ALL} == pages


@pytest.fixture
def box(folder: DataFolder) -> Box:
    folder.create()
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    environment = {"VBOT_DATA_DIR": str(folder.root), "VBOT_NAMES": "vbot.example.lan"}
    return Box(load(None, environment), folder, environment, print)


def test_only_what_a_running_api_does_not_know_makes_the_settings_newer_than_it(
    folder: DataFolder, tmp_path: Path
) -> None:
    """Or each setup that writes another name would restart a box that takes calls."""
    folder.create()
    config, environment = tmp_path / "vbot.toml", {"VBOT_DATA_DIR": str(folder.root)}
    config.write_text('listen = "127.0.0.1:8443"\n')
    folder.api_socket.touch()
    os.utime(config, (1e9, 1e9))
    os.utime(folder.api_socket, (1e9 + 1, 1e9 + 1))

    def box() -> Box:
        return Box(load(config, environment), folder, environment, lambda *_: None)

    box().change(names=["vbot.example.lan"])
    assert not box().is_outdated
    box().change(listen="127.0.0.1:9443")
    assert box().is_outdated
    box().change(names=["vbot.example.com"])
    assert box().is_outdated


def test_a_file_from_the_future_is_newer_than_no_api(folder: DataFolder, tmp_path: Path) -> None:
    folder.create()
    config, environment = tmp_path / "vbot.toml", {"VBOT_DATA_DIR": str(folder.root)}
    config.touch()
    folder.api_socket.touch()
    os.utime(config, (1e10, 1e10))
    assert not Box(load(config, environment), folder, environment, print).is_outdated


def test_the_page_says_that_it_holds_the_key_and_reads_nothing_in_a_name(box: Box) -> None:
    made = page(box, {"id": 7, "company_name": "<b>& Söhne</b>", "api_key": "vbk_7"})
    assert WITH_KEY.split("'")[0] in made
    assert "&lt;b&gt;&amp; Söhne&lt;/b&gt;" in made
    assert made.count("vbk_7") == 2
    assert "https://vbot.example.lan:8443" in made
    assert "$" not in made.replace("$${recordings_dir}", "").replace("${", "")  # of the template nothing is left


def test_the_page_points_nethvoice_to_the_line_of_freepbx_and_to_its_own_page(box: Box) -> None:
    made = page(box, None)
    assert "<h2>NethVoice</h2>" in made
    assert "FreePBX is inside" in made
    assert "packaging/pbx/nethvoice.md" in made


def test_without_a_customer_the_page_holds_no_secret(box: Box) -> None:
    made = page(box, None)
    assert WITHOUT_KEY in made
    assert "your_api_key" in made


def test_without_tls_the_page_has_no_pin(folder: DataFolder) -> None:
    environment = {"VBOT_DATA_DIR": str(folder.root), "VBOT_TLS": "off"}
    made = page(Box(load(None, environment), folder, environment, print), None)
    assert "vbot-post --setup http://" in made
    assert "sha256//" not in made
    assert "--insecure" not in made


def test_a_page_takes_the_place_of_a_page_alone(box: Box, tmp_path: Path) -> None:
    earlier, other = tmp_path / "earlier.html", tmp_path / "other.html"
    earlier.write_text(page(box, None))
    other.write_text("a letter")
    assert page_file(str(earlier)) == earlier
    with pytest.raises(ValueError, match="is something else"):
        page_file(str(other))
    assert page_file("-") is None


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        ({"status": 204, "latency_ms": 7}, "answered 204 (No Content) after 7 ms: the whole chain works"),
        ({"status": 410, "latency_ms": 7}, "answered 410 (Gone), and so it did not take the result"),
        ({"status": 799, "latency_ms": 7}, "answered 799, and so"),
        ({"status": None, "error": "connection refused"}, "did not answer: connection refused"),
    ],
)
def test_what_the_webhook_said_is_told_in_words(attempt: dict[str, object], said: str) -> None:
    assert said in in_words(attempt)
