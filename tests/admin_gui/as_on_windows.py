"""The program's modules with paths of Windows' kind, on Linux; a process of its own, started by test_on_windows.py.

    python -m tests.admin_gui.as_on_windows FOLDER '{"fcntl": …}'

Paths are Windows' own in what they are made of (drives, shares, backslashes, the names that Windows refuses); what is
written lies under FOLDER: `C/…` for the drive, `UNC/nas/berichte/…` for a share. Qt's classes that take a path take and
give it as Windows' Qt does. Bounds: no file is locked by whoever has it open, upper and lower case are two, and nothing
of Qt's own code for Windows runs.
"""

from __future__ import annotations

import importlib
import json
import ntpath
import os
import pathlib
import pkgutil
import re
import sys
from pathlib import PureWindowsPath
from types import ModuleType
from typing import Any

import msgspec
from PySide6 import QtCore, QtGui

import admin_gui
from tests.benchmarks.gui_api import call as a_call

HOME = r"C:\Users\Jürgen Müller"
SHARE = r"\\nas\berichte"
# What Windows answers ERROR_INVALID_NAME to.
REFUSED = re.compile(r'[<>:"|?*\x00-\x1f]|[ .]$|^(con|prn|aux|nul|(com|lpt)[0-9])(\.|$)', re.IGNORECASE)
RealPath = pathlib.Path
POSIX_PATH_OF_A_MODULE = RealPath(__file__).anchor  # `__file__` alone begins with it

folder = RealPath()  # under which all files lie


class WindowsPath(PureWindowsPath):
    """`pathlib.Path` as it is there."""

    @classmethod
    def home(cls) -> WindowsPath:
        return cls(HOME)

    def real(self) -> RealPath:
        """Where it lies here. Raises OSError where Windows takes no such name."""
        if not self.is_absolute() and not (self.root and not self.drive):
            raise OSError(f"{self} is relative: to what, on Windows?")
        names = self.parts[1:]
        if not self.drive:
            return RealPath(POSIX_PATH_OF_A_MODULE, *names)
        for name in names:
            if REFUSED.search(name):
                raise OSError(f"[WinError 123] {name!r} in {self}")
        if self.drive.startswith("\\\\"):
            return folder.joinpath("UNC", *self.drive.strip("\\").split("\\"), *names)
        return folder.joinpath(self.drive.rstrip(":"), *names)

    def __fspath__(self) -> str:
        return str(self.real())

    def replace(self, target: WindowsPath) -> WindowsPath:
        self.real().replace(target.real())
        return target


def delegate(name: str) -> Any:
    """To where it lies here."""
    return lambda self, *arguments, **options: getattr(self.real(), name)(*arguments, **options)


METHODS = ("exists", "is_dir", "is_file", "mkdir", "touch", "unlink", "open", "write_text", "write_bytes", "stat")
for method in METHODS:
    setattr(WindowsPath, method, delegate(method))


def of_qt(path: str) -> str:
    """As Qt writes it on every system."""
    return PureWindowsPath(path).as_posix()


class Settings(QtCore.QSettings):
    """With the file that Windows' Qt would take."""

    def __init__(self, *_: object) -> None:
        self._file = of_qt(rf"{HOME}\AppData\Roaming\vbot\vbot-admin.ini")
        super().__init__(os.fspath(WindowsPath(self._file)), QtCore.QSettings.Format.IniFormat)

    def fileName(self) -> str:  # noqa: N802
        return self._file


class LockFile(QtCore.QLockFile):
    def __init__(self, file: str) -> None:
        super().__init__(os.fspath(WindowsPath(file)))


class StandardPaths(QtCore.QStandardPaths):
    @staticmethod
    def writableLocation(kind: QtCore.QStandardPaths.StandardLocation) -> str:  # noqa: N802
        places = {"DownloadLocation": "Downloads", "DocumentsLocation": "Documents", "HomeLocation": "."}
        return of_qt(rf"{HOME}\{places.get(kind.name, 'AppData')}")


_local_url = QtCore.QUrl.fromLocalFile


class Url(QtCore.QUrl):
    @staticmethod
    def fromLocalFile(file: str) -> QtCore.QUrl:  # noqa: N802
        return _local_url(file.replace("\\", "/"))  # as Qt itself does there


class DesktopServices(QtGui.QDesktopServices):
    opened: list[str] = []  # noqa: RUF012

    @staticmethod
    def openUrl(url: QtCore.QUrl) -> bool:  # noqa: N802
        DesktopServices.opened.append(bytes(url.toEncoded().data()).decode())
        return True


def imported_anew(barred: list[str], names: dict[str, list[str]]) -> dict[str, ModuleType]:
    """All modules of the program, as Windows' Python would import them."""
    found = [one.name for one in pkgutil.walk_packages(admin_gui.__path__, "admin_gui.")]
    found = [name for name in found if not name.endswith(".__main__")]
    for name in found:  # first with all libraries, as they are on this system
        importlib.import_module(name)
    for name in [one for one in sys.modules if one.partition(".")[0] == "admin_gui"]:
        del sys.modules[name]
    for name in barred:
        sys.modules[name] = None  # type: ignore[assignment]
    for module, attributes in names.items():
        for attribute in attributes:
            if hasattr(sys.modules[module], attribute):
                delattr(sys.modules[module], attribute)
    pathlib.Path = WindowsPath  # type: ignore[assignment,misc]
    for one in (Settings, LockFile, StandardPaths, Url):
        setattr(QtCore, f"Q{one.__name__}", one)
    QtGui.QDesktopServices = DesktopServices  # type: ignore[misc]
    sys.platform, os.name, os.path, os.sep, os.altsep = "win32", "nt", ntpath, "\\", "/"
    return {name: importlib.import_module(name) for name in found}


class Context:
    """What saving needs of the program."""

    def __init__(self, memory: Any) -> None:
        self.memory = memory
        self.said: list[tuple[str, Any]] = []

    def say(self, text: str, _kind: str, offer: Any) -> None:
        self.said.append((text, offer))


def computed(modules: dict[str, ModuleType]) -> dict[str, Any]:
    """Every path that the program makes by itself, and that they can be written to."""
    told: dict[str, Any] = {"modules": len(modules)}
    memory = modules["admin_gui.local_storage.profiles"].Memory()
    told["settings"] = str(memory.file)
    second_start = modules["admin_gui.shell.notices.second_start"]
    told["another runs"] = second_start.call_forward(memory.file)
    first = second_start.SecondStart(memory.file)
    first.begin()
    told["beside the settings"] = sorted(one.name for one in memory.file.parent.real().iterdir())
    told["another runs now"] = second_start.call_forward(memory.file, 0.0)
    first.end()
    # Where to save
    saving = modules["admin_gui.saving"]
    context = Context(memory)
    WindowsPath(HOME, "Downloads").mkdir()
    told["first folder"] = str(saving.folder_to_begin_in(context))
    reports = WindowsPath(SHARE, "Q4 2026")
    reports.mkdir(parents=True)
    memory.remember(saving.FOLDER, str(reports))
    told["next folder"] = str(saving.folder_to_begin_in(context))
    # What is saved there
    calls = modules["admin_gui.client.calls"]
    call = msgspec.convert({**a_call(7), "caller_number": '+49 30/1234:"?*'}, calls.Call)
    export = modules["admin_gui.pages.calls.folder_export"]
    stop = modules["admin_gui.client.transport.stop"].Stop()
    tables = [export.write_table(reports, [], [call], stop) for _ in range(2)]
    (reports / f"{export.file_name(call)}.txt").write_text("said", encoding="utf-8")
    told["tables"] = [str(one) for one in tables]
    safe = modules["admin_gui.text.file_names"].safe_file_name
    for hostile in ("nul", "COM1.x", "a:b?c*", "..", "ends. ", "Ä" * 300, "x/..\\y", '"<>|', "aux.tar"):
        (WindowsPath(HOME) / safe(hostile, ".tar")).write_bytes(b"")
    told["left aside"] = [str(one) for one in folder.rglob("*.part")]
    # What is opened of it
    for file, to_read in ((tables[0], False), (WindowsPath(HOME, "Downloads", "Gespräche 100 %.pdf"), True)):
        saving.tell_saved(context, f"Saved as {file}", file, to_read=to_read)
        text, offer = context.said[-1]
        offer.run()
        told.setdefault("said", []).append(text)
    told["opened"] = DesktopServices.opened
    return told


if __name__ == "__main__":
    folder = RealPath(sys.argv[1])
    WindowsPath(HOME).mkdir(parents=True)
    without = json.loads(sys.argv[2])
    application = QtCore.QCoreApplication([])
    print(json.dumps(computed(imported_anew(without["modules"], without["names"]))))
