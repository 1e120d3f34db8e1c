"""The desktop program for Windows and macOS, as far as it can be looked at on Linux."""

from __future__ import annotations

import ast
import json
import re
import struct
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

CHECKOUT = Path(__file__).parents[2]
FOLDER = CHECKOUT / "packaging" / "pyinstaller"
VERSION = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
INSTALLER = FOLDER / "windows" / "vbot-admin.iss"

# The spec as PyInstaller would run it there: its own classes only note what they are given.
EVALUATE = """if True:
    import json, sys, types
    from pathlib import Path
    system, folder, workpath = sys.argv[1:]
    hooks = types.ModuleType("PyInstaller.utils.hooks")
    hooks.collect_submodules = lambda name, filter=None: [name]
    hooks.copy_metadata = lambda name: []
    for name, module in (("PyInstaller", types.ModuleType("x")), ("PyInstaller.utils", types.ModuleType("x")),
                         ("PyInstaller.utils.hooks", hooks)):
        sys.modules[name] = module
    noted = {}
    def note(name, **made):
        def call(*arguments, **options):
            noted[name] = {key: value for key, value in options.items() if key != "pathex"}
            return types.SimpleNamespace(**made)
        return call
    x11 = [(f"{one}.so.1", "", "BINARY") for one in
           ("libxcb-cursor", "libxkbcommon-x11", "libxcb-icccm", "libxcb-keysyms", "libxcb-shape")]
    scope = {
        "SPECPATH": folder, "workpath": workpath,
        "Analysis": note("Analysis", binaries=x11, datas=[], pure=[], scripts=[]),
        "PYZ": note("PYZ"), "EXE": note("EXE"), "COLLECT": note("COLLECT"), "BUNDLE": note("BUNDLE"),
    }
    source = compile((Path(folder) / "vbot-admin.spec").read_text(), "vbot-admin.spec", "exec")
    import PySide6.QtSvg, admin_gui.translations.compiled
    sys.path.insert(0, folder)
    import icons
    sys.platform = system
    exec(source, scope)
    sys.platform = "linux"
    print(json.dumps(noted, default=str))
"""


def evaluated(system: str, workpath: Path) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, "-c", EVALUATE, system, str(FOLDER), str(workpath)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-4000:]
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.mark.slow
def test_on_windows_the_program_has_its_icon_its_version_and_the_credential_manager(tmp_path: Path) -> None:
    made = evaluated("win32", tmp_path)
    program = made["EXE"]
    assert program["console"] is False
    assert program["strip"] is False
    assert Path(program["icon"]).read_bytes()[:4] == b"\x00\x00\x01\x00"
    shown = ast.parse(Path(program["version"]).read_text(), mode="eval")
    assert f"StringStruct('ProductVersion', '{VERSION}')" in ast.unparse(shown)
    assert {"keyring.backends.Windows", "win32ctypes.core"} <= set(made["Analysis"]["hiddenimports"])
    assert "BUNDLE" not in made


@pytest.mark.slow
def test_on_macos_there_is_an_app_that_may_ask_for_the_local_network(tmp_path: Path) -> None:
    made = evaluated("darwin", tmp_path)
    app = made["BUNDLE"]
    assert (app["name"], app["version"]) == ("vBot Administration.app", VERSION)
    assert Path(app["icon"]).read_bytes()[:4] == b"icns"
    assert app["info_plist"]["NSBonjourServices"] == ["_vbot._tcp"]
    assert app["info_plist"]["CFBundleLocalizations"] == ["en", "de"]
    assert "keyring.backends.macOS" in made["Analysis"]["hiddenimports"]
    assert made["EXE"]["console"] is False


@pytest.mark.slow
def test_on_linux_it_keeps_its_terminal_and_the_secret_service(tmp_path: Path) -> None:
    made = evaluated("linux", tmp_path)
    assert made["EXE"]["console"] is True
    assert (made["EXE"]["icon"], made["EXE"]["version"]) == (None, None)
    assert "keyring.backends.SecretService" in made["Analysis"]["hiddenimports"]
    assert "BUNDLE" not in made


@pytest.fixture
def icons(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    import icons as found  # type: ignore[import-not-found]

    return found


DRAWING = CHECKOUT / "packaging/deb/vbot-admin/vbot-admin.svg"


def test_an_ico_holds_the_picture_in_each_size(icons: Any, tmp_path: Path) -> None:
    data = icons.write_ico(DRAWING, tmp_path / "made.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", data)
    assert (kind, count) == (1, len(icons.ICO_SIZES))
    for number, size in enumerate(icons.ICO_SIZES):
        width, height, *_, length, place = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        assert (width or 256, height or 256) == (size, size)
        _is_drawn(QImage.fromData(data[place : place + length]), size)


def test_an_icns_holds_the_picture_in_each_size(icons: Any, tmp_path: Path) -> None:
    data = icons.write_icns(DRAWING, tmp_path / "made.icns").read_bytes()
    assert struct.unpack_from(">I", data, 4)[0] == len(data)
    place, sizes = 8, {}
    while place < len(data):
        name, length = data[place : place + 4].decode(), struct.unpack_from(">I", data, place + 4)[0]
        sizes[name] = QImage.fromData(data[place + 8 : place + length])
        place += length
    assert {name: picture.width() for name, picture in sizes.items()} == icons.ICNS_SIZES
    for name, picture in sizes.items():
        _is_drawn(picture, icons.ICNS_SIZES[name])


def _is_drawn(picture: QImage, size: int) -> None:
    assert (picture.width(), picture.height()) == (size, size)
    assert picture.pixelColor(0, 0).alpha() == 0, "the corners are round"
    assert picture.pixelColor(size // 8 + 1, size // 2).blue() > 150


@pytest.mark.parametrize(("version", "numbers"), [("1.0.0", (1, 0, 0, 0)), ("2.13rc1", (2, 13, 0, 0))])
def test_a_version_is_four_numbers_for_windows(
    monkeypatch: pytest.MonkeyPatch, version: str, numbers: tuple[int, ...]
) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    from version_resource import numbers_of, version_resource  # type: ignore[import-not-found]

    assert numbers_of(version) == numbers
    ast.parse(version_resource(version), mode="eval")


def sections() -> dict[str, list[str]]:
    """The installer's script without its comments."""
    found: dict[str, list[str]] = {"": []}
    name = ""
    for line in INSTALLER.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            found[name] = []
        elif line.strip() and not line.startswith(";"):
            found[name].append(line)
    return found


def test_the_installer_takes_what_the_spec_makes_and_what_the_checkout_has(tmp_path: Path) -> None:
    script = INSTALLER.read_text(encoding="utf-8")
    checkout = re.search(r'#define Checkout "(.+)"', script)
    assert checkout is not None
    assert (INSTALLER.parent / checkout[1].replace("\\", "/")).resolve() == CHECKOUT
    named = {one.replace("\\", "/") for one in re.findall(r"\{#Checkout\}\\([^\s\";]+)", script)}
    made_here = {"build/vbot-admin/vbot-admin.ico", "dist/vbot-admin/*", "dist"}
    for file in named - made_here:
        assert (CHECKOUT / file).exists(), file
    assert made_here <= named
    readme = (FOLDER / "README.md").read_text()
    assert "--distpath dist --workpath build packaging\\pyinstaller\\vbot-admin.spec" in readme
    assert f"iscc /DVersion={VERSION}" in readme


def test_the_installer_needs_no_administrator_and_speaks_both_languages() -> None:
    found = sections()
    setup = dict(line.split("=", 1) for line in found["Setup"])
    assert setup["PrivilegesRequired"] == "lowest"
    assert setup["AppVersion"] == "{#Version}"
    assert setup["UninstallDisplayIcon"] == "{app}\\vbot-admin.exe"
    assert re.fullmatch(r"\{\{[0-9A-F-]{36}\}", setup["AppId"])
    languages = [re.search(r'Name: "(\w+)"', line)[1] for line in found["Languages"]]  # type: ignore[index]
    assert languages == ["english", "german"]
    own = [line.partition("=")[0].split(".") for line in found["CustomMessages"]]
    assert sorted(own) == [["english", "StartNow"], ["german", "StartNow"]]
    assert any("{autoprograms}" in line for line in found["Icons"])
    assert all("runas" not in line for line in found["Run"])
