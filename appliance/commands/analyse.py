"""`vbot analyse FILE`: the engine alone, no appliance."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.vocabulary import check_vocabulary, listed, tidied
from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.messages.call_result import CallResult
    from appliance.settings import Settings

LARGEST_TRANSCRIPT_BYTES = 64 * 1024 * 1024


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "analyse",
        help="analyse a recording or a transcript here and now",
        description="The engine alone, no appliance: a recording (or the two parties' legs, a mono file each), or a "
        "transcript as JSON "
        '({"direction": …, "language": "en", "segments": [{start, end, party, text}]}), in; the webhook\'s result '
        "fields as JSON on standard output.",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("other_leg", metavar="FILE", type=Path, nargs="?", help="the right leg, where FILE is the left")
    parser.add_argument("--language", help='of the recording, such as "en" (default: detected)')
    parser.add_argument("--direction", choices=("inbound", "outbound", "internal"))
    parser.add_argument("--caller-channel", choices=("left", "right"), default="left")
    parser.add_argument("--vocabulary", metavar="WORD[,WORD]", default="", help="names and products that may come up")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    import msgspec  # noqa: PLC0415

    # As the webhook shows it: without the times of all words.
    result = msgspec.structs.replace(_analyse(arguments, settings), words=msgspec.UNSET)
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    return 0


def _analyse(arguments: argparse.Namespace, settings: Settings) -> CallResult:
    from appliance.commands.worker import load_engine  # noqa: PLC0415
    from appliance.messages.analyse_call import AnalyseCall  # noqa: PLC0415

    expected = _vocabulary(arguments.vocabulary)
    text = _transcript_text(arguments.file) if arguments.other_leg is None else None
    engine = load_engine(settings)
    if text is not None:
        return engine.analyse_transcript(text)
    call = AnalyseCall(
        call_id="",
        revision=1,
        attempt=1,
        recording_path="",
        language=arguments.language,
        direction=arguments.direction,
        caller_channel=arguments.caller_channel,
        vocabulary=expected,
        sentiment_of="both",  # there is no customer whose setting it could be, and nothing is stored
    )
    legs = (arguments.file, arguments.other_leg) if arguments.other_leg else arguments.file
    return engine.analyse(legs, call, _show_progress)


def _vocabulary(text: str) -> tuple[str, ...]:
    """What may come up. Raises ConfigurationError."""
    entries = listed(text)
    try:
        check_vocabulary(entries)
    except ValueError as error:
        raise ConfigurationError(f"--vocabulary {error}") from None
    return tidied(entries)


def _transcript_text(file: Path) -> str | None:
    """The file's text when it is JSON, None when it is a recording. Raises ConfigurationError."""
    try:
        with file.open("rb") as opened:
            head = opened.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        if not head.startswith(b"{"):
            return None
        if file.stat().st_size > LARGEST_TRANSCRIPT_BYTES:
            raise ConfigurationError(f"{file} is too large for a transcript")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is not UTF-8") from None


def _show_progress(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{share:4.0%}", end="" if share < 1 else "\n", file=sys.stderr, flush=True)
