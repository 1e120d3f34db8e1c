"""Ready to paste: how a telephone system sends a customer's recordings."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate

KEY_PLACE = "YOUR-API-KEY"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text to paste, with the name of what it is for and one sentence on where it goes."""

    name: str
    where: str
    text: str


def snippets(url: str, api_key: str | None) -> list[Snippet]:
    """For this appliance and this key; None leaves a place for it."""
    key = api_key or KEY_PLACE
    terminal = translate("snippets", "In a terminal, with any recording: shows that it works.")
    dial_plan = translate("snippets", "The script on the telephone system, the lines in its dial plan.")
    settings = translate("snippets", "The script, then Settings → Advanced Settings → Post Call Recording Script.")
    actions = translate("snippets", "The script, and the actions before the call is bridged.")
    return [
        Snippet("curl", terminal, _curl(url, key)),
        Snippet("Asterisk", dial_plan, _asterisk(url, key)),
        Snippet("FreePBX", settings, _freepbx(url, key)),
        Snippet("FreeSWITCH", actions, _freeswitch(url, key)),
    ]


def _trust(url: str) -> str:
    """How curl knows the box: its certificate is its own, so it is fetched once and compared."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return ""
    return (
        "# Once: keep the box's certificate, and compare its SHA-256 with what System → Certificate says.\n"
        f"#   openssl s_client -connect {parts.netloc} </dev/null 2>/dev/null | openssl x509 >/etc/ssl/vbot.pem\n"
        "#   openssl x509 -in /etc/ssl/vbot.pem -noout -fingerprint -sha256\n"
    )


def _cacert(url: str) -> str:
    return "--cacert /etc/ssl/vbot.pem " if urlsplit(url).scheme == "https" else ""


def _curl(url: str, key: str) -> str:
    return (
        f"{_trust(url)}curl {_cacert(url)}--header 'X-API-Key: {key}' \\\n"
        "  --form file=@recording.wav --form caller_number=+4930123456 --form called_number=+4930654321 \\\n"
        f"  {url}/api/process-call\n"
    )


def _script(url: str, key: str, arguments: str, numbers: str = "") -> str:
    """Called when a recording is closed; curl tries for an hour while the box is away."""
    return f"""#!/bin/sh
# /usr/local/bin/vbot-post {arguments}: send one closed recording to vBot.
# It holds the key: mode 0700, owned by the telephone system's user.
{_trust(url)}{numbers}exec curl {_cacert(url)}--silent --show-error --fail --max-time 600 \\
  --retry 120 --retry-delay 30 --retry-max-time 3600 --retry-all-errors \\
  --header 'X-API-Key: {key}' \\
  --form "file=@$file" --form-string "external_id=$id" \\
  --form-string "caller_number=${{from:-anonymous}}" --form-string "called_number=${{to:-anonymous}}" \\
  {url}/api/process-call
"""


_ARGUMENTS = "file=$1 id=$2 from=$3 to=$4\n"
# FreePBX names a recording kind-called-caller-day-time-id.wav: nothing of the caller's goes through a command line.
_BY_NAME = """file=$1
name=$(basename "$file" .wav)
id=${name##*-} rest=${name#*-}
to=${rest%%-*} rest=${rest#*-} from=${rest%%-*}
"""


def _asterisk(url: str, key: str) -> str:
    return f"""{_script(url, key, "FILE ID FROM TO", _ARGUMENTS)}
; extensions.conf, before Dial(). Numbers are cut down to digits first, since they end in a shell command.
same => n,Set(VBOT_FROM=${{FILTER(0-9+,${{CALLERID(num)}})}})
same => n,Set(VBOT_TO=${{FILTER(0-9+,${{EXTEN}})}})
same => n,Set(VBOT=/usr/local/bin/vbot-post ^{{MIXMONITOR_FILENAME}} ^{{UNIQUEID}} "^{{VBOT_FROM}}" "^{{VBOT_TO}}")
same => n,MixMonitor(${{UNIQUEID}}.wav,,${{VBOT}})
"""


def _freepbx(url: str, key: str) -> str:
    return f"""{_script(url, key, "FILE", _BY_NAME)}
# Post Call Recording Script, one line:
/usr/local/bin/vbot-post ^{{MIXMONITOR_FILENAME}}
"""


def _freeswitch(url: str, key: str) -> str:
    digits = r"|^(\+?[0-9]+)$|%1|n"
    return f"""{_script(url, key, "FILE ID FROM TO", _ARGUMENTS)}
<!-- Dial plan, before "bridge": each party on a channel of its own; numbers are digits or nothing. -->
<action application="set" data="RECORD_STEREO=true"/>
<action application="set" data="vbot_file=$${{recordings_dir}}/${{uuid}}.wav"/>
<action application="set" data="vbot_from=${{regex(${{caller_id_number}}{digits})}}"/>
<action application="set" data="vbot_to=${{regex(${{destination_number}}{digits})}}"/>
<action application="set" data="vbot_said=${{vbot_file}} ${{uuid}} '${{vbot_from}}' '${{vbot_to}}'"/>
<action application="set" data="record_post_process_exec_api=system:/usr/local/bin/vbot-post ${{vbot_said}}"/>
<action application="record_session" data="${{vbot_file}}"/>
"""
