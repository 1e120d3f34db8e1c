"""`python -m admin_gui.translations.update`: read the texts out of the sources into the .ts file of each language.

Fill in what is unfinished in `de.ts`, and the plurals in `en.ts`, and run it again. Nothing may stay unfinished: a test
looks. What Qt loads is made of these files by `compiled.py` and is not kept.
"""

from __future__ import annotations

from pathlib import Path

from admin_gui.translations.compiled import run_qt_tool

FOLDER = Path(__file__).parent
PROGRAM = FOLDER.parent
# English needs words of its own only where a number decides: "1 row", "2 rows".
LANGUAGES = {"de": (), "en": ("-pluralonly",)}


def update(program: Path = PROGRAM) -> None:
    """Bring the .ts files of a program up to date with its sources."""
    modules = sorted(str(one.relative_to(program)) for one in program.rglob("*.py"))
    for language, options in LANGUAGES.items():
        languages = ("-source-language", "en", "-target-language", language)
        file = f"translations/{language}.ts"
        common = ("-silent", "-no-obsolete", "-locations", "none")
        run_qt_tool("lupdate", *common, *options, *languages, *modules, "-ts", file, folder=program)


if __name__ == "__main__":
    update()
