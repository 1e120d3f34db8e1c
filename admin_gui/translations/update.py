"""`python -m admin_gui.translations.update [AREA…]`: read the texts out of the sources and make the files Qt loads.

Each area (a page, and the rest) has a file of its own, so that authors of different pages do not meet. Fill in the
German in `<area>_de.ts`, run it again, and put both files into the commit. Nothing may stay unfinished: a test looks.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import PySide6

FOLDER = Path(__file__).parent
PROGRAM = FOLDER.parent
# English needs words of its own only where a number decides: "1 row", "2 rows".
LANGUAGES = {"de": (), "en": ("-pluralonly",)}
# Pages with their own files, by how their modules and models begin; everything else is `program`.
PAGE_AREAS = ("overview", "customer", "call", "webhook", "system")
AREAS = ("program", *PAGE_AREAS)
_PARTS = ("pages", "models")


def sources(area: str) -> list[Path]:
    """The modules whose texts are an area's."""
    return sorted(module for module in PROGRAM.rglob("*.py") if _area_of(module) == area)


def _area_of(module: Path) -> str:
    parts = module.relative_to(PROGRAM).parts
    if len(parts) > 1 and parts[0] in _PARTS:
        return next((area for area in PAGE_AREAS if parts[1].startswith(area)), "program")
    return "program"


def text_file(area: str, language: str) -> Path:
    return FOLDER / f"{area}_{language}.ts"


def update(areas: Sequence[str]) -> None:
    """Bring the .ts files up to date and make the .qm files of them."""
    for area in areas:
        modules = [str(one.relative_to(PROGRAM)) for one in sources(area)]
        for language, options in LANGUAGES.items():
            if modules:
                name = str(text_file(area, language).relative_to(PROGRAM))
                languages = ("-source-language", "en", "-target-language", language)
                run(
                    "lupdate",
                    "-silent",
                    "-no-obsolete",
                    "-locations",
                    "none",
                    *options,
                    *languages,
                    *modules,
                    "-ts",
                    name,
                )
                run("lrelease", "-silent", name)


def run(tool: str, *arguments: str) -> None:
    """One of Qt's tools, as PySide6 brings them."""
    subprocess.run([Path(PySide6.__file__).with_name(tool), *arguments], cwd=PROGRAM, check=True)


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(AREAS)
    if unknown := set(chosen) - set(AREAS):
        sys.exit(f"there is no area {', '.join(sorted(unknown))}: there are {', '.join(AREAS)}")
    update(chosen)
