"""The page to print for the office: what the telephone system's administrator needs, and no other secret."""

from __future__ import annotations

import html
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from appliance.commands.setup.pbx_lines import ALL, PbxLines
from appliance.commands.setup.questions import Question, writable_file
from appliance.commands.setup.running import certificate_file
from appliance.commands.setup.written_file import write_beside

if TYPE_CHECKING:
    from appliance.commands.setup.box import Box

NO_PAGE = "-"
MARK = '<meta name="generator" content="vbot setup">'
WITH_KEY = (
    "This page holds an API key: give it to the telephone system's administrator alone. It holds no other secret, "
    "neither admin token nor recovery key."
)
WITHOUT_KEY = "This page holds no secret."
_NO_CUSTOMER = {"company_name": "no customer named", "id": "-", "api_key": "your_api_key"}


def page_file(value: Any) -> Path | None:
    """Where it is written: a new file, or an earlier page. None: nowhere."""
    if value == NO_PAGE:
        return None
    path = writable_file(value)
    if path.exists() and MARK not in path.read_text(encoding="utf-8", errors="replace"):
        raise ValueError(f"{path} is there and is something else")
    return path


PAGE: Question[Path | None] = Question(
    "page", f"File for the page to print ({NO_PAGE}: none)", page_file, checks_kept=True
)


def write_page(path: Path, box: Box, customer: dict[str, Any] | None) -> None:
    """For its owner alone. Raises ConfigurationError where it cannot be written."""
    write_beside(path, page(box, customer), 0o600)


def page(box: Box, customer: dict[str, Any] | None) -> str:
    """The page for this customer; with none a place is left for its key."""
    from appliance.domain.clock import utc_now  # noqa: PLC0415

    about, shown = customer or _NO_CUSTOMER, _identity(box)
    values = {
        **shown,
        "holds": WITHOUT_KEY if customer is None else WITH_KEY,
        "company": about["company_name"],
        "number": str(about["id"]),
        "api_key": about["api_key"],
        "today": f"{utc_now():%Y-%m-%d}",
    }
    values["curl"] = shown["curl"].replace("your_api_key", about["api_key"])
    text = Template((resources.files("appliance.commands.setup") / "office_page.html").read_text(encoding="utf-8"))
    escaped = {name: html.escape(value) for name, value in values.items()}
    return text.substitute(escaped, lines="\n".join(map(_section, ALL)))


def _identity(box: Box) -> dict[str, str]:
    """By what the box is known."""
    from appliance.services.access.certificate import read_certificate  # noqa: PLC0415
    from appliance.services.access.pbx_line import box_url, pbx_line, plain_line, plain_url  # noqa: PLC0415

    listen, names = box.settings.listen, box.settings.names
    if box.settings.tls == "off":
        url, none = plain_url(listen, names), "none: TLS is off"
        return {
            "url": url,
            "pin": none,
            "fingerprint": none,
            "until": "-",
            "post_setup": f"vbot-post --setup {url}",
            "curl": plain_line(url),
            "curl_note": "Over plain HTTP everybody on the way can read key and call.",
        }
    seen = read_certificate(certificate_file(box.settings, box.folder))
    url = box_url(seen, listen, names)
    return {
        "url": url,
        "pin": seen.public_key_pin,
        "fingerprint": seen.fingerprint_sha256,
        "until": f"{seen.not_after:%Y-%m-%d}",
        "post_setup": f"vbot-post --setup {url} --pin {seen.public_key_pin}",
        "curl": pbx_line(seen, listen, names),
        "curl_note": "The pin is checked although --insecure is there: leave neither away.",
    }


def _section(lines: PbxLines) -> str:
    system, where, text = map(html.escape, (lines.system, lines.where, lines.text))
    return f"<section><h2>{system}</h2><p>{where}:</p><pre>{text}</pre></section>"
