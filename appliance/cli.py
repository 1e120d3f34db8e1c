"""The console script `vbot`. Loads a command's module, and what that needs, only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from appliance import __version__
from appliance.commit import commit
from appliance.errors import ApplianceError
from appliance.process.exit_reason import error_line
from appliance.process.lock_holder import own_unit
from appliance.process.log.journal import JOURNAL_SOCKET, journal_handler, leads_to_journal
from appliance.process.service_manager import ServiceManager
from appliance.settings import load, unknown_variables

COMMANDS = (
    "init",
    "setup",
    "up",
    "api",
    "worker",
    "demo",
    "models",
    "backup",
    "restore",
    "repair",
    "token",
    "audit",
    "certificate",
    "analyse",
    "doctor",
    "upgrade",
    "support-bundle",
    "log-level",
)
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
SERVICES = ("up", "api", "worker")

# By its name, also where this module is run by `python -m`.
logger = logging.getLogger("appliance.cli")


class _Parser(argparse.ArgumentParser):
    """Errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"vbot: {message} (see `{self.prog} --help`)\n")


class _Version(argparse.Action):
    """Asks for the commit only when somebody wants to know."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        known = commit()
        print(f"vbot {__version__}{f' ({known})' if known else ''}")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _Parser(
        prog="vbot",
        description="The vBot appliance: call recordings in over the LAN, transcription, summary, sentiment and "
        "keywords out by signed webhook. No cloud service hears or reads a call.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and the commit, and end")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (default: /etc/vbot/vbot.toml)")
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command", required=True, parser_class=_Parser)
    for name in COMMANDS:
        importlib.import_module(f"appliance.commands.{name.replace('-', '_')}").add_parser(subparsers)
    _accept_config_after_the_command(subparsers)
    return parser


def _accept_config_after_the_command(subparsers: argparse._SubParsersAction[_Parser]) -> None:
    for parser in subparsers.choices.values():
        parser.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def main(arguments: Sequence[str] | None = None, journal_socket: Path = JOURNAL_SOCKET) -> int:
    """Run one command; every foreseen error is one line on standard error and the error's exit code."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that a terminal cannot show, or sends in another encoding
    try:
        try:
            return _run(arguments, journal_socket)
        finally:
            # Now: at Python's end nobody could say that the reader has gone, and the exit code would be 120.
            print(end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(arguments: Sequence[str] | None, journal_socket: Path) -> int:
    # What we write is for the owner alone, whoever started us with whatever umask.
    os.umask(0o077)
    parsed = build_parser().parse_args(arguments)
    journal = _journal_of(parsed.command, journal_socket)
    logging.basicConfig(
        level=logging.INFO if parsed.command in SERVICES else logging.WARNING, handlers=[journal or _plain_lines()]
    )
    # Dramatiq tells of every connection that it tries anew, at its highest level; the relay says it once.
    logging.getLogger("dramatiq").setLevel(logging.CRITICAL + 1)
    if parsed.command in SERVICES:
        threading.excepthook = _log_thread_error
        logging.captureWarnings(capture=True)
    try:
        try:
            settings = load(parsed.config, os.environ)
        except ApplianceError as error:
            if (tell := getattr(parsed, "tell_of_settings", None)) is None:
                raise
            told: int = tell(parsed, error)
            return told
        if parsed.command in SERVICES:
            _warn_of_unknown_variables()
        code: int = parsed.run(parsed, settings)
    except ApplianceError as error:
        _tell_of(error, parsed.command, journal)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if isinstance(error, BrokenPipeError) or not (parsed.command in SERVICES or isinstance(error, OSError)):
            raise
        return _end_unforeseen(error, parsed.command, journal)
    return code


def _end_unforeseen(error: Exception, command: str, journal: logging.Handler | None) -> int:
    """Of a service in the journal, into which Python's own traceback would come as if it were no error."""
    if isinstance(error, OSError) and command not in SERVICES:
        # Such as a disk that is full: of the machine, and nothing that we could have known.
        print(f"vbot: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}", file=sys.stderr)
        return 1
    logger.error("`vbot %s` ends by an unforeseen error", command, exc_info=error)
    _tell_of(error, command, journal)
    return 1


def _journal_of(command: str, path: Path) -> logging.Handler | None:
    """The journal, where systemd reads what this process writes."""
    if not leads_to_journal(sys.stderr, os.environ):
        return None
    return journal_handler(sys.stderr, own_unit().removesuffix(".service") or f"vbot-{command}", path)


def _plain_lines() -> logging.Handler:
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(logging.Formatter(LOG_FORMAT))
    return lines


def _tell_of(error: Exception, command: str, journal: logging.Handler | None) -> None:
    """In the last line that we write, and for a service in its status: there it is looked for."""
    text = str(error) if isinstance(error, ApplianceError) else error_line(error)
    if journal is None:
        print(f"vbot: {text}", file=sys.stderr)
    else:
        # On the way of the lines before it, so that it comes behind them.
        record = {"name": "vbot", "levelno": logging.ERROR, "levelname": "ERROR", "msg": "%s", "args": (text,)}
        journal.handle(logging.makeLogRecord(record))
    if command in SERVICES:
        ServiceManager(os.environ).status(f"ended: {error_line(error)}")


def _log_thread_error(ended: threading.ExceptHookArgs) -> None:
    """A thread that ends so is logged as an error as well."""
    if ended.exc_value is not None:
        name = ended.thread.name if ended.thread is not None else "a thread"
        logger.error("%s ended by an unforeseen error", name, exc_info=ended.exc_value)


def _warn_of_unknown_variables() -> None:
    unknown = unknown_variables(os.environ)
    if unknown:
        names = [name if meant is None else f"{name} (is {meant} meant?)" for name, meant in unknown.items()]
        logger.warning("ignored environment variables, which are no settings of vBot: %s", ", ".join(names))


if __name__ == "__main__":
    sys.exit(main())
