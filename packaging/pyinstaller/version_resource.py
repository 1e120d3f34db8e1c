"""What Windows shows of the program under Properties, Details: a text that PyInstaller reads."""

from __future__ import annotations

import re

NAME = "vBot Administration"
_TEXT = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1),
  kids=[
    StringFileInfo([StringTable('040904B0', [
      StringStruct('CompanyName', 'vBot'),
      StringStruct('FileDescription', '{name}'),
      StringStruct('FileVersion', '{version}'),
      StringStruct('InternalName', 'vbot-admin'),
      StringStruct('OriginalFilename', 'vbot-admin.exe'),
      StringStruct('ProductName', '{name}'),
      StringStruct('ProductVersion', '{version}')])]),
    VarFileInfo([VarStruct('Translation', [1033, 1200])])
  ]
)
"""


def numbers_of(version: str) -> tuple[int, int, int, int]:
    """1.2.3rc1 as Windows counts: four numbers."""
    found = re.match(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?", version)
    if found is None:
        raise ValueError(f"no version: {version}")
    first, second, third = (int(one or 0) for one in found.groups())
    return first, second, third, 0


def version_resource(version: str) -> str:
    """The whole text."""
    return _TEXT.format(numbers=numbers_of(version), version=version, name=NAME)
