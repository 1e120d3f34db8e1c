"""`vbot audit`: prove by its hash chain that the audit is what was written, of the running or stopped appliance."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from appliance.domain.plurals import counted

if TYPE_CHECKING:
    from appliance.settings import Settings

BROKEN_EXIT_CODE = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = subparsers.add_parser(
        "audit",
        help="prove that the audit is what was written",
        description="Each line of the audit carries a hash over itself and the line before it. Works while the "
        "appliance runs and while it does not.",
    )
    commands = audit.add_subparsers(metavar="COMMAND", required=True)
    verify = commands.add_parser(
        "verify",
        help="go through all lines; name the first one that was changed, moved or taken away",
        description="Prints the last line's hash (the head): kept elsewhere, it proves later that no line at the end "
        "is missing. Exit code 1 when a line is broken, or a head that was given is not there.",
    )
    verify.add_argument("--head", metavar="HASH", type=_hash, help="a head that was kept: whether it is in the chain")
    verify.set_defaults(run=verify_audit)


def _hash(text: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError("must be a hash of 64 hexadecimal digits")
    return text.lower()


def verify_audit(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.local_api import ask, initialised_folder  # noqa: PLC0415

    folder = initialised_folder(settings)
    query = "" if arguments.head is None else f"?head={arguments.head}"
    found = ask(folder.api_socket, "GET", f"/api/audit/verification{query}") or _of_folder(settings, arguments.head)
    for sentence in _sentences(found, arguments.head):
        print(sentence)
    return 0 if found["whole"] and found["head_known"] is not False else BROKEN_EXIT_CODE


def _of_folder(settings: Settings, head: str | None) -> Any:
    import msgspec  # noqa: PLC0415

    from appliance.api.shapes.replies.audit import verdict_reply  # noqa: PLC0415
    from appliance.commands.local_api import initialised_folder  # noqa: PLC0415
    from appliance.services.upkeep.own_database import opened_own_database  # noqa: PLC0415
    from appliance.storage import audit_chain  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415

    folder = initialised_folder(settings)
    with opened_own_database(folder, Keys.of(folder)) as database:
        verdict = database.write_blocking(lambda tx: audit_chain.verify(tx, head=head))
    return msgspec.to_builtins(verdict_reply(verdict))


def _sentences(found: Any, head: str | None) -> list[str]:
    said = []
    if found["broken"] is not None:
        broken = found["broken"]
        said.append(f"BROKEN at line {found['lines']}: {broken['id']} ({broken['action']}, {broken['at']}): ")
        said[-1] += broken["problem"]
        return said
    said.append(f"whole: {counted(found['lines'], 'line', 'lines')}, each as it was written and where it was")
    if found["begins_behind"] is not None:
        said.append(f"lines before were removed when their time was over, the last of them {found['begins_behind']}")
    said += [
        f"lines before {line} were lost with a damaged file, as `vbot repair` noted then" for line in found["gaps"]
    ]
    said += [
        f"line {line} lost a value with a damaged file, as `vbot repair` noted then" for line in found["lost_values"]
    ]
    if found["head_known"] is True:
        said.append(f"{head} is in the chain")
    elif found["head_known"] is False:
        said.append(f"MISSING: {head} is not in the chain: lines at its end were taken away, or it is no head of ours")
    said.append(f"head: {found['head']}")
    return said
