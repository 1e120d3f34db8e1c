"""gpu-check: what it refuses before anything is done, the kit's way through parts, the report, and a dry run."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.processes import wait_until

CHECKOUT = Path(__file__).parents[2]
PACKAGING = CHECKOUT / "packaging"
GPU_CHECK = PACKAGING / "gpu-check"
SECONDS = 60
DRY_RUN_SECONDS = 240


def module(name: str) -> ModuleType:
    """Of the folder packaging, which is no package: the library of that name is another."""
    spec = spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


kit, report = module("gpu_kit"), module("gpu_report")


def gpu_check(*words: str | Path, seconds: float = SECONDS, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GPU_CHECK, *map(str, words)],
        env={**os.environ, "PYTHON": sys.executable, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A kit of a few files."""
    place, folder = tmp_path / "gathered", tmp_path / "kit"
    (place / "calls").mkdir(parents=True)
    (place / "calls" / "calls.json").write_text("[]")
    (place / "calls" / "one.wav").write_bytes(bytes(range(256)) * 10)
    (place / "calls" / "empty").touch()
    folder.mkdir()
    kit.write_kit(place, folder)
    return folder


# -- what is refused before anything is done ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "give the FOLDER with the kit (--collect FOLDER makes one), or --dry-run"),
        (["--dry-run", "--device", "cuda:0"], "--device is for a card, and --dry-run uses none"),
        (["kit", "--device", "cpu"], "--device cpu: must be cuda or cuda:N"),
        (["kit", "--device", "cuda:-1"], "--device cuda:-1: must be cuda or cuda:N"),
        (["kit", "--device", "cuda:1; reboot"], "must be cuda or cuda:N"),
        (["--collect", "there", "kit"], "--collect FOLDER goes alone"),
        (["--collect", "there", "--dry-run"], "--collect FOLDER goes alone"),
        (["--collect", "there", "--minutes", "0"], "--minutes must be from 1 to 600"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(words: list[str], says: str, tmp_path: Path) -> None:
    done = gpu_check(*words, HOME=str(tmp_path))
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [], "nothing is made"


def test_help_says_how_it_goes(tmp_path: Path) -> None:
    done = gpu_check("--help")
    assert done.returncode == 0
    for word in ("--collect FOLDER", "--dry-run", "--device", "report.md"):
        assert word in done.stdout


def plain_error(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that it is."""
    assert done.returncode == 2, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("gpu-check: error: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0].removeprefix("gpu-check: error: ")


def test_a_card_that_is_not_there_is_a_plain_error(made: Path, work: Path, tmp_path: Path) -> None:
    """By the torch that is here: no test machine has eighty cards."""
    done = gpu_check(made, "--device", "cuda:79", "--work", work, "--out", tmp_path / "out", seconds=180)
    assert "none of them is cuda:79" in plain_error(done)
    assert not (tmp_path / "out").exists()


def renamed(made: Path, path: str) -> None:
    manifest = json.loads((made / "kit.json").read_text())
    manifest["files"][0]["path"] = path
    (made / "kit.json").write_text(json.dumps(manifest))


def other_python(made: Path) -> None:
    manifest = json.loads((made / "kit.json").read_text())
    (made / "kit.json").write_text(json.dumps({**manifest, "python": "2.7"}))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (shutil.rmtree, "is no kit: it has no kit.json"),
        (lambda made: (made / "kit.json").unlink(), "is no kit: it has no kit.json"),
        (lambda made: (made / "kit.json").write_text("{"), "kit.json is damaged: copy the kit again"),
        (lambda made: (made / "kit.json").write_text("[" * 100_000), "kit.json is damaged"),
        (lambda made: (made / "kit.json").write_text('{"files": []}'), "kit.json is damaged"),
        (lambda made: next((made / "parts").iterdir()).unlink(), "is missing: copy the kit again"),
        (lambda made: next((made / "parts").iterdir()).write_bytes(b"x"), "came damaged (its parts: 0000"),
        (lambda made: renamed(made, "../outside"), "names '../outside', which is no file of a kit"),
        (lambda made: renamed(made, "/etc/passwd"), "names '/etc/passwd', which is no file of a kit"),
        (other_python, "the kit was collected with Python 2.7, and this is 3."),
    ],
)
def test_a_kit_that_is_none_or_came_damaged_is_a_plain_error(
    made: Path, tmp_path: Path, spoil: Callable[[Path], object], says: str
) -> None:
    def take(folder: Path) -> None:
        kit.check_python(kit.read_kit(folder))
        kit.unpack(folder, tmp_path / "place")

    spoil(made)
    with pytest.raises(kit.KitError) as told:
        take(made)
    assert says in str(told.value)
    assert not list(tmp_path.glob("outside"))
    assert not list((tmp_path / "place").rglob("*.part"))


def test_a_kit_is_cut_into_parts_and_put_together_again(
    tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kit.PART_BYTES <= 60_000_000
    monkeypatch.setattr(kit, "PART_BYTES", 1000)
    folder, place = tmp_path / "small parts", tmp_path / "place"
    folder.mkdir()
    kit.write_kit(tmp_path / "gathered", folder)
    parts = [part.stat().st_size for part in (folder / "parts").iterdir()]
    assert max(parts) == 1000
    kit.unpack(folder, place)
    assert (place / "calls" / "one.wav").read_bytes() == bytes(range(256)) * 10
    assert (place / "calls" / "calls.json").read_text() == "[]"


def test_what_was_spoilt_or_is_of_an_earlier_kit_does_not_stay(made: Path, tmp_path: Path) -> None:
    """All wheels that lie there are installed."""
    place = tmp_path / "place"
    kit.unpack(made, place)
    sound = place / "calls" / "one.wav"
    spoilt = bytearray(sound.read_bytes())
    spoilt[100] ^= 1
    sound.write_bytes(spoilt)
    others = [place / "wheels" / "torch-1.0-py3-none-any.whl", place / "weights" / "old" / "config.json"]
    for other in others:
        other.parent.mkdir(parents=True)
        other.touch()
    kit.unpack(made, place)
    assert sound.read_bytes() == bytes(range(256)) * 10
    assert not [other for other in others if other.exists()]


def test_what_was_put_together_before_is_left(made: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    kit.unpack(made, place)
    before = (place / "calls" / "one.wav").stat().st_mtime_ns
    shutil.rmtree(made / "parts")
    kit.unpack(made, place)
    assert (place / "calls" / "one.wav").stat().st_mtime_ns == before


@pytest.mark.parametrize("there", ["file", "full", "link"])
def test_a_kit_is_made_in_a_new_folder_only(tmp_path: Path, work: Path, there: str) -> None:
    folder = tmp_path / "kit"
    if there == "file":
        folder.write_text("somebody's")
    elif there == "full":
        folder.mkdir()
        (folder / "somebody's").touch()
    else:
        folder.symlink_to(tmp_path)
    done = gpu_check("--collect", folder, "--work", work)
    assert plain_error(done) == f"{folder} exists and is no empty folder: name one that is new"


def test_what_speaks_the_calls_must_be_there(tmp_path: Path, work: Path) -> None:
    done = gpu_check("--collect", tmp_path / "kit", "--work", work, PATH=path_without_flite(tmp_path))
    assert plain_error(done) == "flite is missing, which speaks the calls: apt-get install flite pocketsphinx-testdata"
    assert not (tmp_path / "kit").exists()


def path_without_flite(tmp_path: Path) -> str:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bash", "dirname", "env"):
        (folder / name).symlink_to(shutil.which(name) or "")
    return str(folder)


def refused_at_the_end(tmp_path: Path, work: Path) -> str:
    """What is said when a kit is to be made in a folder that is not empty, which is found out when the work begins."""
    return plain_error(gpu_check("--collect", tmp_path, "--work", work))


def test_the_folder_that_it_works_in_is_for_us_alone(tmp_path: Path, work: Path) -> None:
    assert "is no empty folder" in refused_at_the_end(tmp_path, work)
    assert [one.name for one in work.iterdir()] == ["vbot-gpu-check"]
    assert stat.S_IMODE((work / "vbot-gpu-check").stat().st_mode) == 0o700


def test_what_lies_where_it_is_to_work_is_left_as_it_is(tmp_path: Path, work: Path) -> None:
    work.mkdir()
    work.chmod(0o755)
    own = work / "vbot-gpu-check"
    own.mkdir()
    own.chmod(0o750)
    assert "is no empty folder" in refused_at_the_end(tmp_path, work)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (work, own)] == [0o755, 0o750]


def test_a_folder_that_others_may_write_to_is_not_worked_in(tmp_path: Path, work: Path) -> None:
    own = work / "vbot-gpu-check"
    own.mkdir(parents=True)
    own.chmod(0o777)
    assert f"others may write to {own}" in refused_at_the_end(tmp_path, work)
    own.rmdir()
    own.symlink_to(tmp_path)
    assert f"{own} is no folder" in refused_at_the_end(tmp_path, work)


def test_environments_take_the_place_of_our_own_former_ones_only(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(PACKAGING))
    check = module("gpu_check")
    theirs, own = work / "venv" / "theirs", work / "vbot-gpu-check" / "venv" / "former"
    for file in (theirs, own):
        file.parent.mkdir(parents=True)
        file.touch()
    own.parents[1].chmod(0o700)

    def cannot(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, ["python", "-m", "ensurepip"], b"...\nNo module named ensurepip\n")

    monkeypatch.setattr(check.venv, "create", cannot)
    with pytest.raises(check.CheckFailed) as told:
        check.install(check.own_folder(work), tmp_path / "kit", check.Clock(SECONDS))
    assert str(told.value) == (
        f"{sys.executable} cannot make an environment (apt-get install python3-venv): No module named ensurepip"
    )
    assert (theirs.exists(), own.exists()) == (True, False)


def test_the_checkout_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    checkout = tmp_path / "checkout"
    (checkout / "packaging").mkdir(parents=True)
    for name in ("gpu-check", "gpu_check.py", "gpu_kit.py", "gpu_report.py"):
        shutil.copy(PACKAGING / name, checkout / "packaging")
    before = sorted(checkout.rglob("*"))
    command = [str(checkout / "packaging/gpu-check"), "--collect", str(tmp_path), "--work", str(tmp_path / "work")]
    known = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert "is no empty folder" in plain_error(done)
    assert sorted(checkout.rglob("*")) == before


@pytest.mark.parametrize("place", ["a file/below", "/proc/gpu-check"])
def test_a_disk_that_does_not_let_us_is_a_plain_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").touch()
    done = gpu_check("--dry-run", "--work", tmp_path / place)
    assert str(tmp_path / place) in plain_error(done) or "a file" in plain_error(done)


def test_what_the_tests_are_run_with_is_taken_out_of_the_lock_with_its_hashes() -> None:
    taken = kit.locked((PACKAGING / "locks" / "dev.txt").read_text(), kit.TESTS)
    heads = [line.partition("==")[0] for line in taken.splitlines() if "==" in line and not line.startswith(" ")]
    assert tuple(heads) == kit.TESTS
    assert taken.count("--hash=sha256:") >= len(kit.TESTS)
    with pytest.raises(kit.KitError, match=r"dev\.txt has no nothing-of-the-kind"):
        kit.locked(taken, ("pytest", "nothing-of-the-kind"))


# -- the report -----------------------------------------------------------------------------------------------------


def found(*, dry_run: bool, **recognition: Any) -> dict[str, Any]:
    ours = {"name": "ours", "fault": "", "times_real_time": 2500.4, "wall_ratio": 1.0, "wer": 0.0312}
    ours |= {"load": 3.0, "warm_up": 9.5, "memory_mb": 1234, "cpu": 20.0}
    peer = {"name": "faster-whisper", "fault": "Library libcublas.so.12 is not found | or cannot be loaded"}
    unknown = {**ours, "name": "transformers", "wall_ratio": 4.2, "wer": None}
    measured = {"hardware": "NVIDIA H100", "calls": 60, "seconds": 3600.0, "contenders": [ours, peer, unknown]}
    return {
        "at": "2026-12-01T10:00:00Z",
        "dry_run": dry_run,
        "device": "cpu" if dry_run else "cuda:0",
        "card": None if dry_run else "NVIDIA H100",
        "machine": "Python 3.11",
        "tests": {"passed": 5, "failed": 0, "skipped": 1},
        "recognition": {**measured, **recognition},
        "seconds": 300.0,
    }


def test_the_report_has_each_in_a_table_with_the_cards_name_and_explains_its_columns(tmp_path: Path) -> None:
    report.write_report(tmp_path, found(dry_run=False))
    page = (tmp_path / "report.md").read_text()
    assert page.count("NVIDIA H100") >= 3
    assert "5 passed, 0 failed, 1 skipped." in page
    assert "| ours | 2500.4 | 1.00 | 0.0312 | 3.0 | 9.5 | 1234 | 20.0 |" in page
    assert "| faster-whisper | not measured: Library libcublas.so.12 is not found \\| or cannot be loaded | " in page
    assert "| transformers | 2500.4 | 4.20 | – |" in page
    for column in ("× real time", "to ours", "WER", "load, warm-up", "memory", "CPU s"):
        assert f"- {column}: " in page
    assert "dry run on" not in page
    assert json.loads((tmp_path / "report.json").read_text())["card"] == "NVIDIA H100"


def test_the_report_of_a_dry_run_says_that_it_says_nothing_about_a_card() -> None:
    page = report.as_markdown(found(dry_run=True))
    assert "says nothing about a card" in page
    assert "NVIDIA" not in page.splitlines()[0]


def test_what_was_not_measured_is_said() -> None:
    whole = found(dry_run=False, fault="what is missing here: the time was up")
    whole["tests"] = {"fault": "they took longer than 150 s"}
    page = report.as_markdown(whole)
    assert "Not run: they took longer than 150 s" in page
    assert "Not measured: what is missing here: the time was up" in page
    none = found(dry_run=False)
    none["recognition"] = {"fault": "ImportError: no transformers"}
    assert "Not measured: ImportError: no transformers" in report.as_markdown(none)


# -- the way through ------------------------------------------------------------------------------------------------


def test_a_step_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PACKAGING))
    check = module("gpu_check")
    began = tmp_path / "began"

    class OnceItBegan(subprocess.Popen[str]):
        """However long a Python takes to start on a machine that is busy."""

        def communicate(self, input: str | None = None, timeout: float | None = None) -> tuple[str, str]:
            assert wait_until(began.exists, SECONDS)
            return super().communicate(input, timeout)

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", OnceItBegan)
        hanging = (
            "import pathlib, subprocess; print('it began', flush=True); "
            f"pathlib.Path({str(began)!r}).touch(); subprocess.run(['sleep', '600'])"
        )
        code, said = check.run([sys.executable, "-c", hanging], 1, {})
    assert (code, said) == (None, "it began\n")
    telling = "import os, sys; print(os.environ['WHAT'], flush=True); sys.exit(3)"
    assert check.run([sys.executable, "-c", telling], SECONDS, {"WHAT": "x"}) == (3, "x\n")


def state_of(process: int) -> str:
    """As the kernel names it ("Z": it has ended, and nobody has asked for it); nothing where there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def test_a_contender_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has started holds its output open."""
    from tests.benchmarks.call_set import ReferenceRecording
    from tests.benchmarks.recognition import Contender, run_round

    python, started = tmp_path / "python", tmp_path / "started"
    python.write_text(f"#!/bin/sh\nsleep 100 &\necho $! > {started}\nwait\n")
    python.chmod(0o755)

    class OnceItBegan(threading.Timer):
        """However long a shell takes to start on a machine that is busy."""

        def run(self) -> None:
            wait_until(lambda: started.exists() and started.read_text().endswith("\n"), SECONDS)
            super().run()

    monkeypatch.setattr(threading, "Timer", OnceItBegan)
    contender = Contender("hangs", "ours", {"device": "cpu"})
    run_round(contender, [ReferenceRecording("call", "call.wav", 1.0, ())], str(python), tmp_path, seconds=1.0)
    assert contender.fault == "longer than 1 s"
    process = int(started.read_text())
    assert wait_until(lambda: state_of(process) in ("", "Z"), SECONDS)


@pytest.mark.long
def test_a_dry_run_goes_from_beginning_to_end(tmp_path: Path, work: Path) -> None:
    out = tmp_path / "report"
    done = gpu_check("--dry-run", "--work", work, "--out", out, seconds=DRY_RUN_SECONDS)
    assert done.returncode == 0, done.stderr
    measured = json.loads((out / "report.json").read_text())
    kinds = {one["kind"]: one for one in measured["recognition"]["contenders"]}
    assert kinds.keys() == {"ours", "faster_whisper", "transformers", "transformers_static"}
    for kind in ("ours", "transformers", "transformers_static"):
        assert kinds[kind]["fault"] == ""
        assert kinds[kind]["times_real_time"] > 0
        assert kinds[kind]["memory_mb"] > 100
    assert "says nothing about a card" in (out / "report.md").read_text()
