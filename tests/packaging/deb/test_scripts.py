"""The maintainers' scripts and the configurations beside them, without building anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import Step, UpgradeRecord, write_record
from appliance.storage.folder.data_folder import OWN_NAMES

DEB = Path(__file__).parents[3] / "packaging/deb"
PACKAGES = sorted(file.parent for file in DEB.glob("*/nfpm.yaml"))
FUNCTIONS = r"^(?:is_upgraded|is_needed|stay_with_version_before)\(\) \{\n.*?^\}\n"
NAMES = ("preinst", "postinst", "prerm", "postrm", "config")
SCRIPTS = [package / name for package in PACKAGES for name in NAMES if (package / name).exists()]


def filled_in(file: Path) -> str:
    return re.sub(r"@([A-Z_]+)@", lambda found: "@" if found[1] == "AT" else "cpu", file.read_text())


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_shellcheck_finds_nothing(script: Path) -> None:
    command = ["shellcheck", "--shell=sh", "-"]
    answer = subprocess.run(command, input=filled_in(script), capture_output=True, text=True, timeout=60, check=False)
    assert answer.stdout == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_script_ends_at_the_first_error(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/bin/sh"
    assert "set -e" in lines


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_a_package_names_itself_and_every_script_that_it_has(package: Path) -> None:
    configuration = (package / "nfpm.yaml").read_text()
    assert re.search(rf'^name: ("@PACKAGE@"|{package.name})$', configuration, re.MULTILINE)
    named = set(re.findall(r"^ +\w+: (preinst|postinst|prerm|postrm|config)$", configuration, re.MULTILINE))
    assert named == {script.name for script in SCRIPTS if script.parent == package}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_what_lintian_is_not_to_say_is_said_of_this_package_and_argued(package: Path) -> None:
    lines = (package / "lintian-overrides").read_text().splitlines()
    assert lines[0].startswith("# ")
    assert [line for line in lines if not line.startswith(("#", f"{package.name}: ", "@PACKAGE@: "))] == []


def test_during_an_upgrade_what_runs_stays_what_it_is_while_dpkg_replaces_the_package(tmp_path: Path) -> None:
    """preinst of the new version, what dpkg does, postinst: by `vbot upgrade`, which turns the link itself."""
    opt = tmp_path / "opt"
    for version in ("0.9.0", "1.0.0"):
        (opt / version / "bin").mkdir(parents=True)
        (opt / version / "bin/vbot").write_text(version)
    (opt / "0.9.0/.kept-as-the-way-back").touch()
    (opt / "current").symlink_to("1.0.0")
    (opt / "upgrade.json").touch()
    appliance = DEB / "vbot-appliance"

    def run(script: str, *arguments: str) -> None:
        placed = script.replace("@VERSION@", "1.1.0").replace("@PACKAGE@", "vbot-appliance")
        placed = placed.replace("/opt/vbot", str(opt))
        done = subprocess.run(["sh", "-euc", placed, "sh", *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

    for _ in range(2):  # and once more, as after a power cut
        run((appliance / "preinst").read_text(), "upgrade", "1.0.0-1")
        assert (opt / "current").readlink() == Path("1.0.0.kept")
        assert (opt / "current/bin/vbot").read_text() == "1.0.0"
        shutil.rmtree(opt / "1.0.0", ignore_errors=True)  # dpkg removes what the new package has not
        (opt / "1.1.0/bin").mkdir(parents=True, exist_ok=True)
        (opt / "1.1.0/bin/vbot").write_text("1.1.0")
        functions = re.findall(FUNCTIONS, *_text_of(appliance))
        assert len(functions) == 3
        run(f"{''.join(functions)}is_upgraded && stay_with_version_before")
        assert (opt / "current").readlink() == Path("1.0.0")
        assert (opt / "current/bin/vbot").read_text() == "1.0.0"
        # The kept copy stays: whoever finishes an upgrade that was cut off runs from it.
        versions = ["1.0.0", "1.0.0.kept", "1.1.0"]
        assert sorted(path.name for path in opt.iterdir()) == [*versions, "current", "upgrade.json"]
        assert [path.parent.name for path in opt.glob("*.*.*/.kept-as-the-way-back")] == ["1.0.0"]


def test_a_third_version_that_comes_while_an_upgrade_watches_leaves_it_its_way_back(tmp_path: Path) -> None:
    opt = tmp_path / "opt"
    for version in ("0.9.0", "1.0.0", "1.1.0", "1.2.0"):
        (opt / version / "bin").mkdir(parents=True)
        (opt / version / "bin/vbot").write_text(version)
    for before in ("0.9.0", "1.0.0"):
        (opt / before / ".kept-as-the-way-back").touch()
    (opt / "current").symlink_to("1.1.0")
    record = UpgradeRecord(step=Step.WATCHING, old="1.0.0", new="1.1.0", began_at=datetime(2026, 12, 1, tzinfo=UTC))
    write_record(Installation(opt), record)
    appliance = DEB / "vbot-appliance"
    functions = "".join(re.findall(FUNCTIONS, *_text_of(appliance)))
    for script, *arguments in (
        ((appliance / "preinst").read_text(), "upgrade", "1.1.0-1"),
        (f"{functions}is_upgraded && stay_with_version_before",),
    ):
        placed = script.replace("@VERSION@", "1.2.0").replace("@PACKAGE@", "vbot-appliance")
        placed = placed.replace("/opt/vbot", str(opt))
        done = subprocess.run(["sh", "-euc", placed, "sh", *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    Installation(opt).bring_back("1.0.0")
    assert (opt / "current/bin/vbot").read_text() == "1.0.0"
    assert (opt / "1.1.0/bin/vbot").read_text() == "1.1.0"
    assert not (opt / "0.9.0").exists()


def _text_of(package: Path) -> tuple[str, re.RegexFlag]:
    return (package / "postinst").read_text(), re.MULTILINE | re.DOTALL


class Placed:
    """A package's script on a box whose /opt/vbot is a folder of ours; what it starts and enables is written down."""

    def __init__(self, folder: Path, package: str) -> None:
        self.package, self.opt, self.said = package, folder / "opt", folder / "said"
        (self.opt / "1.0.0/bin").mkdir(parents=True)
        (self.opt / "1.0.0/bin/python").symlink_to("/bin/true")
        (self.opt / "1.0.0/lib").mkdir()
        (self.opt / "current").symlink_to("1.0.0")
        (folder / "bin").mkdir()
        (folder / "bin/systemctl").write_text(f'#!/bin/sh\necho "$*" >>{self.said}\n')
        (folder / "bin/systemctl").chmod(0o755)
        self.path = f"{folder / 'bin'}:{os.environ['PATH']}"

    def run(self, script: str, *arguments: str) -> None:
        words = {"VERSION": "1.0.0", "PACKAGE": self.package, "AT": "@", "DEVICE": "cpu"}
        folder = DEB / self.package.removesuffix("-cpu")
        placed = re.sub(r"@([A-Z]+)@", lambda found: words[found[1]], (folder / script).read_text())
        command = ["sh", "-euc", placed.replace("/opt/vbot", str(self.opt)), "sh", *arguments]
        environment = os.environ | {"PATH": self.path}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

    @property
    def enabled(self) -> bool:
        return "enable vbot-worker@cpu.service" in self.said.read_text() if self.said.exists() else False


def test_a_worker_that_is_installed_once_more_is_what_runs(tmp_path: Path) -> None:
    box = Placed(tmp_path, "vbot-worker-cpu")
    box.run("preinst", "upgrade", "1.0.0+deb13")
    assert (box.opt / "current").readlink() == Path("1.0.0")
    (box.opt / "1.0.0.kept").mkdir()  # as an earlier package left it
    (box.opt / "current").unlink()
    (box.opt / "current").symlink_to("1.0.0.kept")
    box.run("postinst", "configure", "1.0.0+deb13")
    assert (box.opt / "current").readlink() == Path("1.0.0")
    assert not (box.opt / "1.0.0.kept").exists()


def test_the_appliance_that_is_installed_once_more_runs_on_from_a_copy_until_its_postinst(tmp_path: Path) -> None:
    box = Placed(tmp_path, "vbot-appliance")
    box.run("preinst", "upgrade", "1.0.0+deb13")
    assert (box.opt / "current").readlink() == Path("1.0.0.kept")
    assert (box.opt / "current/bin/python").is_symlink()


@pytest.mark.parametrize(
    ("call", "enabled"),
    [
        (("configure", ""), True),
        (("configure", "0.9.0+deb13"), False),
        (("abort-remove",), True),
        (("abort-remove", "in-favour", "vbot-worker-cuda", "1.0.0"), True),
        (("abort-upgrade", "1.1.0+deb13"), False),
    ],
)
def test_a_removal_that_was_broken_off_leaves_the_worker_switched_on(
    tmp_path: Path, call: tuple[str, ...], enabled: bool
) -> None:
    box = Placed(tmp_path, "vbot-worker-cpu")
    box.run("postinst", *call, *([""] if len(call) == 1 else []))
    assert box.enabled == enabled


def test_the_link_is_turned_at_the_last_moment() -> None:
    """Until the new version is started, what runs imports by the link."""
    lines = [line.strip() for line in (DEB / "vbot-appliance/postinst").read_text().splitlines()]
    body = lines[lines.index("configure | abort-upgrade | abort-deconfigure | abort-remove)") :]
    switched = body.index("switch")
    assert [line for line in body[switched + 1 :] if line][:2] == [
        "if [ -d /run/systemd/system ]; then",
        'start "$([ -n "$2" ] && echo restart || echo start)"',
    ]
    assert body.index("keep_version_before") > switched > body.index("first_boot")
    assert not [line for line in lines if "/usr/bin/vbot" in line or "current/bin" in line]


@pytest.mark.parametrize("package", ["vbot-appliance", "vbot-worker"])
def test_while_an_upgrade_is_recorded_no_package_starts_anything(package: str) -> None:
    postinst = (DEB / package / "postinst").read_text()
    restarts = [line for line in postinst.splitlines() if re.search(r"\bstart \"|systemctl --no-block restart", line)]
    assert restarts
    assert "[ -e /opt/vbot/upgrade.json ] ||" in postinst or "        if ! is_upgraded; then\n" in postinst


@pytest.mark.parametrize(
    ("state", "started"),
    [
        ("is-enabled is-active", ["invoke restart vbot.target", "start vbot-api.service"]),
        ("is-active", ["invoke restart vbot.target", "start vbot-api.service"]),
        ("is-enabled", ["invoke restart vbot.target", "start vbot-api.service"]),
        pytest.param("", [], id="a machine of workers for another box"),
    ],
)
def test_no_api_is_started_where_it_is_switched_off_and_workers_for_another_box_are_renewed(
    tmp_path: Path, state: str, started: list[str]
) -> None:
    assert what_start_does(tmp_path, state) == [*started, "--no-block try-restart vbot-worker-join@*"]


@pytest.mark.parametrize(("stays", "again"), [(True, ["restart vbot-api.service"]), (False, [])])
def test_an_api_is_restarted_once_with_its_target_and_by_itself_only_where_that_has_left_it(
    tmp_path: Path, stays: bool, again: list[str]
) -> None:
    """Each restart is a moment in which nobody listens."""
    show = 'case "$*" in show*) cat "$0.life"; exit;; esac'
    (tmp_path / "systemctl.life").write_text("1st")
    done = what_start_does(
        tmp_path, "is-enabled is-active", show, "" if stays else 'echo 2nd >"${0%/*}/systemctl.life"'
    )
    assert [line for line in done if "join" not in line] == [
        "invoke restart vbot.target",
        "start vbot-api.service",
        *again,
    ]


def what_start_does(
    tmp_path: Path, state: str, show: str = 'case "$*" in show*) exit;; esac', turn: str = ""
) -> list[str]:
    """What postinst's `start restart` asks of systemd, of whose units the target is in this state."""
    told = tmp_path / "told"
    systemctl = f"""case "$*" in *is-*) for one in {state}; do [ "$2" != "$one" ] || exit 0; done; exit 3;; esac"""
    for name, text in {
        "systemctl": f'{systemctl}\n{show}\necho "$*" >>{told}',
        "deb-systemd-invoke": f'echo "invoke $*" >>{told}\n{turn}',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    postinst, flags = _text_of(DEB / "vbot-appliance")
    functions = "".join(re.findall(r"^(?:is_a_box|life_of_api|start)\(\) \{\n.*?^\}\n", postinst, flags))
    script = functions.replace("/usr/sbin/policy-rc.d", str(tmp_path / "no policy").replace(" ", "-")) + "start restart"
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(["sh", "-euc", script], env=path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return told.read_text().splitlines()


class Purged:
    """A box whose postrm is run by a purge, below a folder of ours; whom it removes is written down."""

    def __init__(self, root: Path) -> None:
        self.root, self.told = root, root / "told"
        self.data, self.credential = root / "var/lib/vbot", root / "etc/credstore.encrypted/vbot.master-key"
        self.say("")
        for folder in (self.data, self.credential.parent, root / "etc/vbot", root / "bin", root / "usr/share/debconf"):
            folder.mkdir(parents=True, exist_ok=True)
        self.credential.touch()
        for name in ("userdel", "groupdel", "deb-systemd-helper", "systemctl"):
            (root / "bin" / name).write_text(f'#!/bin/sh\necho "{name} $*" >>{self.told}\n')
            (root / "bin" / name).chmod(0o755)

    def say(self, settings: str) -> None:
        (self.root / "etc/vbot").mkdir(parents=True, exist_ok=True)
        (self.root / "etc/vbot/vbot.toml").write_text(settings)

    def fill(self, folder: Path, *, key: str = "secrets/master.key") -> None:
        for name in (key, "vbot.duckdb"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()

    def purge(self, *, erase: bool) -> str:
        """What it says."""
        asked = "".join(f"db_{name}() {{ :; }}\n" for name in ("input", "go", "purge"))
        answer = f"{asked}db_get() {{ RET={str(erase).lower()}; }}\n"
        (self.root / "usr/share/debconf/confmodule").write_text(answer)
        script = (DEB / "vbot-appliance/postrm").read_text()
        placed = re.sub(r"(?<![\w/])/(?=(?:etc|var|run|usr|opt)/)", f"{self.root}/", script)
        environment = {"PATH": f"{self.root}/bin:/usr/bin:/bin"}
        command = ["sh", "-euc", placed, "sh", "purge"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stderr

    @property
    def removed(self) -> list[str]:
        lines = self.told.read_text().splitlines() if self.told.exists() else []
        return [line for line in lines if line.startswith("userdel")]


def test_a_purge_that_is_to_erase_all_erases_data_elsewhere_and_the_key_that_systemd_keeps(tmp_path: Path) -> None:
    box = Purged(tmp_path)
    elsewhere = tmp_path / "srv/vbot"
    box.fill(elsewhere)
    box.say(f'# data_dir = "/nowhere"\n  data_dir = "{elsewhere}" # a disk of its own\n')
    assert box.purge(erase=True) == ""
    assert not elsewhere.exists()
    assert not box.credential.exists()
    assert not (tmp_path / "etc/vbot").exists()
    assert box.removed == ["userdel vbot", "userdel vbot-worker"]


def test_a_purge_leaves_what_else_lies_in_a_folder_that_somebody_chose(tmp_path: Path) -> None:
    """With data_dir = "/srv" everything of everybody went."""
    box = Purged(tmp_path)
    chosen = tmp_path / "srv"
    box.fill(chosen)
    ours = ["recordings/2026/a", "backups/vbot-20261201T000000Z.tar", "vbot.duckdb.wal", "restoring-k2_x9qab/a"]
    ours += [f"before-{what}-20261201T000000Z/vbot.duckdb" for what in ("restore", "repair", "upgrade", "back")]
    ours += ["before-upgrade-20261201T000000Z.begun/vbot.duckdb", "backups/.verify-k2_x9qab/a"]
    ours += ["backups/.copy-k2_x9qab/vbot.duckdb"]  # what a backup that was killed has left
    others = ["www/index.html", "backups/photos.tar", "lost+found/#12", "lost+found/#13/mine"]
    others += ["before-upgrade-of-the-nas/a", "restoring-photos/a"]
    for name in (*ours, "lost+found/2026-a", *others):
        (chosen / name).parent.mkdir(parents=True, exist_ok=True)
        (chosen / name).touch()
    box.say(f'data_dir = "{chosen}/"\n')
    assert f"what else is in {chosen} stays" in box.purge(erase=True)
    assert sorted(str(path.relative_to(chosen)) for path in chosen.rglob("*") if path.is_file()) == sorted(others)
    assert not (tmp_path / "etc/vbot").exists()


def test_a_purge_knows_the_names_of_which_the_program_says_that_they_are_its_own() -> None:
    script = (DEB / "vbot-appliance/postrm").read_text()
    (function,) = re.findall(r"^erase_own_in\(\) \{\n.*?^\}\n", script, re.MULTILINE | re.DOTALL)
    assert {name.partition("/")[0] for name in re.findall(r'"\$1"?/([^\s";]+)', function)} == {*OWN_NAMES}


def test_a_purge_that_cannot_take_a_mounted_folder_away_comes_to_its_end(tmp_path: Path) -> None:
    """`find` ends with an error there, having erased all else; and so the users stayed, and the next purge had no
    word of where the data is.
    """
    box = Purged(tmp_path)
    (tmp_path / "bin/find").write_text('#!/bin/sh\n/usr/bin/find "$@"\nexit 1\n')
    (tmp_path / "bin/find").chmod(0o755)
    elsewhere = tmp_path / "srv/vbot"
    box.fill(box.data)
    box.fill(elsewhere)
    box.say(f'data_dir = "{elsewhere}"\n')
    box.purge(erase=True)
    assert [folder.exists() for folder in (elsewhere, box.data, tmp_path / "etc/vbot", box.credential)] == [False] * 4
    assert box.removed == ["userdel vbot", "userdel vbot-worker"]


def test_what_a_purge_does_not_know_for_its_own_stays_with_its_users_and_is_named(tmp_path: Path) -> None:
    box = Purged(tmp_path)
    elsewhere = tmp_path / "srv/vbot"
    box.fill(elsewhere, key="somebody's")
    box.say(f"data_dir = '{elsewhere}'\n")
    assert str(elsewhere) in box.purge(erase=True)
    assert (elsewhere / "vbot.duckdb").exists()
    assert box.removed == []


def test_a_purge_that_erases_nothing_says_where_it_stays(tmp_path: Path) -> None:
    box = Purged(tmp_path)
    elsewhere = tmp_path / "srv/vbot"
    box.fill(elsewhere)
    box.say(f'data_dir = "{elsewhere}"\n')
    assert f"the data stays in {elsewhere}" in box.purge(erase=False)
    assert (elsewhere / "vbot.duckdb").exists()
    assert box.credential.exists()
    assert box.removed == []
    box.say("")
    box.fill(box.data)
    assert f"the data stays in {box.data}" in box.purge(erase=False)


def test_where_systemd_keeps_the_master_key_the_first_boot_is_left_to_the_api(tmp_path: Path) -> None:
    postinst, flags = _text_of(DEB / "vbot-appliance")
    first_boot = re.findall(r"^first_boot\(\) \{\n.*?^\}\n", postinst, flags)[0]
    program = tmp_path / "vbot"
    program.touch(0o755)
    for said, code in (("systemd keeps the master key for vbot-api: …", 0), ("cannot use /var/lib/vbot", 1)):
        program.write_text(f"#!/bin/sh\necho 'vbot: {said}' >&2\nexit 1\n")
        script = f"program={program}\n{first_boot}first_boot\necho first=${{was_first:-}}"
        done = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == code
        assert said in done.stderr
