"""`vbot doctor` is never wrong: each fault of a stopped box is made for real, and it names that one and no other.

It says what mends it, too. A box that runs: test_doctor_of_a_running_box.py. Made elsewhere: a worker that dies while
loading (test_cannot_load), each damaged file (test_damaged_files), a damaged recording (test_damaged_recordings), a
user who is not the owner (test_one_appliance). By fakes at our seams, for want of the thing: cards and drivers, units
(tests/appliance/commands/checks).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.services.access.certificate import create_certificate
from appliance.services.access.made_certificate import LIFETIME
from tests.support.appliance import free_port, vbot
from tests.support.broken_installation import BrokenInstallation
from tests.support.database_file import open_file
from tests.support.doctor import Case, each, look
from tests.support.fake_appliance import MIB

pytestmark = pytest.mark.slow

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what is done to the machine takes root")


@dataclass
class Stopped:
    """A data folder with a backup, of which nothing runs."""

    data_dir: Path
    settings: dict[str, str | None]
    port: int


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("set-up") / "data"
    assert vbot("init", data_dir=data_dir).returncode == 0
    assert vbot("backup", "recovery-key", "--kept", data_dir=data_dir).returncode == 0
    assert vbot("backup", "create", data_dir=data_dir).returncode == 0
    return data_dir


@pytest.fixture
def stopped(set_up: Path, tmp_path: Path) -> Stopped:
    data_dir, port = tmp_path / "data", free_port()
    shutil.copytree(set_up, data_dir)
    installation = BrokenInstallation(tmp_path)
    installation.breaks()
    settings = {"VBOT_LISTEN": f"127.0.0.1:{port}", "VBOT_DISK_FLOOR_MB": "1", **installation.environment}
    return Stopped(data_dir, settings, port)


@contextmanager
def api_stopped(_box: Stopped) -> Iterator[None]:
    yield


@contextmanager
def port_taken(box: Stopped) -> Iterator[None]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", box.port))
        other.listen()
        yield


@contextmanager
def database_newer(box: Stopped) -> Iterator[None]:
    """So that the api refuses to start."""
    with open_file(box.data_dir / "vbot.duckdb") as connection:
        connection.execute("INSERT INTO schema_migration VALUES (9999, 'of tomorrow', now())")
    refused = vbot("api", data_dir=box.data_dir, settings=box.settings)
    assert refused.returncode == 78
    assert "written by a newer vBot (schema 9999)" in refused.stderr
    yield


@contextmanager
def database_damaged(box: Stopped) -> Iterator[None]:
    with (box.data_dir / "vbot.duckdb").open("r+b") as file:
        file.truncate(6000)
    yield


@contextmanager
def setting_misspelt(box: Stopped) -> Iterator[dict[str, Any]]:
    config = box.data_dir.parent / "vbot.toml"
    config.write_text('listen = "127.0.0.1:8443"\nwebhook_alow = ["10.0.0.0/8"]\n')
    yield {"config": config}


@contextmanager
def variable_misspelt(box: Stopped) -> Iterator[None]:
    box.settings["VBOT_WEBHOOK_ALOW"] = "10.0.0.0/8"
    yield


@contextmanager
def torch_not_importable(_box: Stopped) -> Iterator[None]:
    yield


@contextmanager
def pack_missing(box: Stopped) -> Iterator[None]:
    box.settings["VBOT_MODELS_DIR"] = str(box.data_dir.parent / "no-models")
    yield


@contextmanager
def pack_damaged(box: Stopped) -> Iterator[None]:
    models = box.data_dir.parent / "models"
    shutil.copytree(os.environ.get("VBOT_MODELS_DIR", "/var/lib/vbot-models"), models, copy_function=os.link)
    tokenizer = models / "whisper-tiny.en" / "tokenizer.json"
    content = tokenizer.read_bytes()
    tokenizer.unlink()
    tokenizer.write_bytes(content[:-1] + b" ")
    box.settings["VBOT_MODELS_DIR"] = str(models)
    yield


@contextmanager
def disk_under_the_floor(box: Stopped) -> Iterator[None]:
    """By the setting: more than this disk has."""
    box.settings["VBOT_DISK_FLOOR_MB"] = str(shutil.disk_usage(box.data_dir).total // MIB + 1)
    yield


@contextmanager
def disk_slow(box: Stopped) -> Iterator[None]:
    """Each wait for it takes a third of a second longer, as on a dying one."""
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    source, library = box.data_dir.parent / "slow.c", box.data_dir.parent / "slow.so"
    source.write_text("#include <unistd.h>\nint fdatasync(int file) { usleep(333000); return fsync(file); }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    box.settings["LD_PRELOAD"] = str(library)
    yield


def replace_certificate(box: Stopped, *, made: datetime) -> None:
    create_certificate(box.data_dir / "tls/certificate.pem", box.data_dir / "tls/key.pem", made)


@contextmanager
def certificate_ends(box: Stopped) -> Iterator[None]:
    replace_certificate(box, made=datetime.now(UTC) - LIFETIME + timedelta(days=9, hours=1))
    yield


@contextmanager
def certificate_has_ended(box: Stopped) -> Iterator[None]:
    replace_certificate(box, made=datetime.now(UTC) - LIFETIME - timedelta(days=2))
    yield


@contextmanager
def certificate_not_valid_yet(box: Stopped) -> Iterator[None]:
    """As one that was made while the clock ran ahead."""
    replace_certificate(box, made=datetime.now(UTC) + timedelta(days=40))
    yield


@contextmanager
def machine_renamed(_box: Stopped) -> Iterator[dict[str, Any]]:
    yield {"before": ("unshare", "--uts", "sh", "-c", 'hostname renamed-box; exec "$@"', "sh")}


def patch_which(box: Stopped, on_ffmpeg: str) -> None:
    """The program stumbles, or finds none, where it looks for ffmpeg."""
    folder = Path(str(box.settings["PYTHONPATH"]).split(os.pathsep)[0])
    (folder / "sitecustomize.py").write_text(
        "import shutil\nwhich = shutil.which\n"
        f"def look(name, *more, **how):\n    if name == 'ffmpeg':\n        {on_ffmpeg}\n"
        "    return which(name, *more, **how)\nshutil.which = look\n"
    )


@contextmanager
def ffmpeg_missing(box: Stopped) -> Iterator[None]:
    patch_which(box, "return None")
    yield


@contextmanager
def backups_old(box: Stopped) -> Iterator[None]:
    (newest,) = (box.data_dir / "backups").glob("*.tar")
    newest.rename(newest.with_name(f"vbot-{datetime.now(UTC) - timedelta(days=9):%Y%m%dT%H%M%SZ}.tar"))
    yield


@contextmanager
def backups_on_the_same_disk(_box: Stopped) -> Iterator[None]:
    yield


STOPPED = [
    Case(api_stopped, "api", "failed", r"nothing listens on 127\.0\.0\.1:\d+: no call is accepted", "^vbot up$"),
    Case(
        port_taken,
        "api",
        "failed",
        r"\(pid \d+\) listens on .*, so that this api cannot",
        r"(kill|systemctl stop) \S",
        long=True,
    ),
    Case(database_newer, "database", "failed", "newer vBot .schema 9999.: install that version", "vbot", {"api"}),
    Case(database_damaged, "database", "failed", "is cut off|is damaged|is no", "^vbot repair", {"api"}, long=True),
    Case(
        variable_misspelt,
        "settings",
        "warning",
        "VBOT_WEBHOOK_ALOW .is VBOT_WEBHOOK_ALLOW",
        "^unset VBOT_",
        {"api"},
        long=True,
    ),
    Case(torch_not_importable, "engine", "failed", "cannot be imported: RuntimeError: .*CUDA", "reinstall", {"api"}),
    Case(ffmpeg_missing, "ffmpeg", "warning", "M4A, .* stay unread$", "apt-get install ffmpeg$", {"api"}),
    Case(pack_missing, "model packs", "failed", "whisper-tiny.en", "^vbot models install", {"api"}),
    Case(pack_damaged, "model packs", "failed", "tokenizer.json", "^vbot models install", {"api"}, long=True),
    Case(disk_under_the_floor, "disk", "failed", "less than the floor of", r"du -xh .*/data$", {"api"}, long=True),
    Case(
        disk_slow,
        "disk speed",
        "warning",
        r"a write takes (3[3-9]\d|[4-9]\d\d|\d{4,})\.\d ms .* slow, busy or",
        "journalctl -k",
        {"api"},
        long=True,
    ),
    Case(certificate_ends, "certificate", "warning", "expires on 20.*, in 9 days", "^vbot certificate renew$", {"api"}),
    Case(
        certificate_has_ended,
        "certificate",
        "failed",
        "has expired on 20",
        "^vbot certificate renew$",
        {"api"},
        long=True,
    ),
    Case(
        certificate_not_valid_yet,
        "certificate",
        "failed",
        "UTC on only: if that",
        "^vbot certificate renew$",
        {"api"},
        long=True,
    ),
    Case(
        backups_old,
        "backups",
        "failed",
        "the newest is 9 days old, and one is to be made",
        "backup create",
        {"api"},
        long=True,
    ),
    Case(
        backups_on_the_same_disk,
        "backup disk",
        "warning",
        "on the disk of the data, and dies",
        "rsync",
        {"api"},
        long=True,
    ),
]


@each(STOPPED)
def test_what_is_wrong_with_a_stopped_box_is_named(case: Case, stopped: Stopped) -> None:
    with case.fault(stopped):
        case.check(look(stopped.data_dir, stopped.settings))


def test_where_no_worker_is_installed_it_is_one_line_that_says_how_one_is(stopped: Stopped, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    base = BrokenInstallation(tmp_path / "base")
    base.is_missing()
    looked = look(stopped.data_dir, {**stopped.settings, **base.environment})
    found = looked.about("engine")
    assert found["reason"] == "no worker is installed: calls are accepted and wait"
    assert found["command"].endswith(" -m pip install 'vbot-appliance[worker]'")
    assert looked.named("failed") == {"engine", "api"}, looked.findings
    assert looked.named("skipped") == set(), looked.findings


def test_a_look_that_stumbles_hides_no_other_and_is_told_with_what_helps(stopped: Stopped) -> None:
    patch_which(stopped, "raise RuntimeError('of a kind that nobody foresaw')")
    looked = look(stopped.data_dir, stopped.settings)
    found = looked.about("ffmpeg")
    assert found["reason"] == "the look at it failed: RuntimeError: of a kind that nobody foresaw"
    assert (found["state"], found["command"]) == ("skipped", "vbot support-bundle")
    assert looked.about("decoders")["state"] in ("ok", "warning")


def test_a_setting_that_nobody_knows_is_named_and_nothing_else_is_said(stopped: Stopped) -> None:
    with setting_misspelt(stopped) as more:
        looked = look(stopped.data_dir, stopped.settings, **more)
    assert looked.code == 1
    found = looked.about("settings")
    assert found["reason"].endswith("vbot.toml: unknown setting 'webhook_alow' (is webhook_allow meant?)")
    assert re.search(r"editor /.*/vbot\.toml$", found["command"])
    assert looked.named("skipped") == {"the rest"}


@as_root
def test_a_certificate_that_does_not_name_the_machine_as_it_is_called_now_is_named(stopped: Stopped) -> None:
    with machine_renamed(stopped) as more:
        found = look(stopped.data_dir, stopped.settings, *more["before"]).about("certificate")
    assert found["state"] == "warning"
    assert re.search(r"the names under which this box is reached \(renamed-box.*\)", found["reason"])
    assert found["command"] == "vbot certificate renew"
