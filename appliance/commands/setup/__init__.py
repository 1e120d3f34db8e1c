"""`vbot setup`: from an installed box to the first webhook that is proven, and the page to print for the office.

Each step shows what is set, asks, and does what was answered before the next one begins; each thing that it does is
whole or not done. So it may be ended anywhere, and run again.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.commands.setup.box import Box
    from appliance.commands.setup.questions import AnswerFile, Source
    from appliance.settings import Settings

ANSWERS_HELP = """\
An answers file is TOML; what it leaves out stays as it is:

  listen = "0.0.0.0:8443"
  names = ["vbot.example.lan"]
  certificate = "made"             # keep, made, own (certificate_file, key_file), office (request_file, signed_file)
  test_call = true
  page = "vbot-office.html"        # holds the customer's API key
  remove_first_boot_note = false   # true: recovery key and admin token are kept elsewhere

  [customer]                       # made, or changed where there is one of this company_name
  company_name = "Example Ltd"
  name = "Ada Example"
  email = "ada@example.com"
  webhook_url = "https://crm.example.lan/vbot"
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "setup",
        help="after the installation: address, certificate, first customer, a test call, a page to print",
        description="Asks, shows what is set, and changes only what is answered. Can be ended anywhere and run again.",
        epilog=ANSWERS_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--answers", type=Path, metavar="FILE", help="take the answers from a file, and ask nothing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.setup.box import Box  # noqa: PLC0415
    from appliance.commands.setup.questions import AnswerFile, Terminal  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder, check_owner  # noqa: PLC0415

    check_owner(settings.data_dir)
    folder = DataFolder(settings.data_dir)
    if not folder.is_initialised:
        raise ConfigurationError(f"{folder.root} is not set up: run `vbot init` first")
    box = Box(settings, folder, os.environ, _say)
    if arguments.answers is None:
        if not sys.stdin.isatty():
            raise ConfigurationError("there is no terminal to ask on: give --answers FILE (`vbot setup --help`)")
        _set_up(Terminal(sys.stdin.readline, _say), box)
        return 0
    answers = AnswerFile(arguments.answers)
    _check(answers, box)
    _set_up(answers, box)
    return 0


def _say(text: str = "", end: str = "\n") -> None:
    print(text, end=end, flush=True)


def _set_up(source: Source, box: Box) -> None:
    from appliance.commands.setup.address import set_address  # noqa: PLC0415
    from appliance.commands.setup.certificate import set_certificate  # noqa: PLC0415
    from appliance.commands.setup.customer import set_customer  # noqa: PLC0415
    from appliance.commands.setup.running import bring_into_service  # noqa: PLC0415

    box.say("1 Address")
    set_address(source, box)
    box.say("\n2 Certificate")
    set_certificate(source, box)
    bring_into_service(box)
    box.say("\n3 Customer")
    customer = set_customer(source, box)
    box.say("\n4 Test call")
    _try(source, box, customer)
    box.say("\n5 The page to print")
    _write_page(source, box, customer)
    _offer_to_remove_note(source, box)
    box.say("\nThe box is set up. `vbot setup` can be run again at any time; `vbot doctor` checks the box.")


def _try(source: Source, box: Box, customer: dict[str, Any] | None) -> None:
    from appliance.commands.setup.customer import NOBODY_TO_TRY  # noqa: PLC0415
    from appliance.commands.setup.trial_call import TEST_CALL, TrialFailed, send_test_call  # noqa: PLC0415

    if customer is None:
        if not source.is_person and source.ask(TEST_CALL, False):
            raise ConfigurationError(NOBODY_TO_TRY)  # it was not known before the api ran
        box.say("  none, for no customer is named")
        return
    while source.ask(TEST_CALL, source.is_person):
        try:
            send_test_call(box, customer)
        except TrialFailed as failed:
            if not source.is_person:
                raise
            box.say(f"  {failed}")
            continue  # to be asked again: it may be mended meanwhile
        return


def _write_page(source: Source, box: Box, customer: dict[str, Any] | None) -> None:
    from appliance.commands.setup.office_page import PAGE, WITH_KEY, WITHOUT_KEY, write_page  # noqa: PLC0415

    if not source.has(PAGE.key):
        return
    path = source.ask(PAGE, Path("vbot-office.html"))
    if path is None:
        return
    write_page(path, box, customer)
    box.say(f"  {path.absolute()} is written. {WITHOUT_KEY if customer is None else WITH_KEY}")


def _offer_to_remove_note(source: Source, box: Box) -> None:
    from appliance.commands.setup.questions import Question, shown_yes_or_no, yes_or_no  # noqa: PLC0415
    from appliance.commands.setup.running import run_vbot  # noqa: PLC0415
    from appliance.services.upkeep.first_boot_note import left_since  # noqa: PLC0415

    left = left_since(box.folder)
    if left is None:
        return
    box.say(f"\n{box.folder.root / left[0]} shows the recovery key and the first admin token in plain.")
    question = Question("remove_first_boot_note", "Both are kept elsewhere: remove it", yes_or_no, shown_yes_or_no)
    if source.ask(question, False):
        box.say(f"  {run_vbot(box.settings, 'backup', 'recovery-key', '--kept').strip()}")


def _check(answers: AnswerFile, box: Box) -> None:
    """Every answer, before the first is acted on. Raises ConfigurationError naming the one that is wrong."""
    from appliance.commands.setup import address, certificate, customer, office_page, trial_call  # noqa: PLC0415
    from appliance.commands.setup.questions import Question, yes_or_no  # noqa: PLC0415

    own = certificate.certificate_question(box.folder)
    answers.check(
        [
            address.listen_question(box.settings.listen),
            address.NAMES,
            certificate.CHOICE,
            certificate.REQUEST_FILE,
            certificate.signed_question(box.folder),
            own,
            certificate.key_question(box.folder, answers.ask(own, None) if answers.has(own.key) else None),
            *(customer.field_question(field, box.settings) for field in customer.FIELDS),
            trial_call.TEST_CALL,
            office_page.PAGE,
            Question("remove_first_boot_note", "", yes_or_no),
        ]
    )
    certificate.check_complete(answers, box)
    customer.check_complete(answers, box)
    box.check_writable(name for name in ("listen", "names") if answers.has(name))
