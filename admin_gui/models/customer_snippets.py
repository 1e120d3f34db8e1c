"""Ready to paste: how a telephone system sends a customer's recordings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate

KEY_PLACE = "YOUR-API-KEY"
# The key is written into a script: nothing but what keys are made of may come to stand there.
_KEY = re.compile(r"[\w.-]+", re.ASCII)
_PIN = re.compile(r"sha256//[A-Za-z0-9+/]{43}=")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text to paste, with the name of what it is for and one sentence on where it goes."""

    name: str
    where: str
    text: str


def snippets(url: str, api_key: str | None, pin: str = "") -> list[Snippet]:
    """For this appliance and this key; None leaves a place for it. `pin`: of the appliance's key, where it is known."""
    key = api_key if api_key is not None and _KEY.fullmatch(api_key) else KEY_PLACE
    terminal = translate("snippets", "In a terminal, with any recording: shows that it works.")
    dial_plan = translate("snippets", "The script on the telephone system, the lines in its dial plan.")
    settings = translate(
        "snippets",
        "The script; then Settings → Advanced Settings: the line as Post Call Recording Script, and Call Record Option"
        " on Yes, so that nothing is recorded before somebody answers.",
    )
    actions = translate("snippets", "The script, and the actions before the call is bridged.")
    return [
        Snippet("curl", terminal, _curl(url, key, pin if _PIN.fullmatch(pin) else "")),
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
        "# Once: keep the box's certificate with its authority, and compare its SHA-256 with System → Certificate.\n"
        f"#   openssl s_client -showcerts -connect {parts.netloc} </dev/null 2>/dev/null >/etc/ssl/vbot.pem\n"
        "#   openssl x509 -in /etc/ssl/vbot.pem -noout -fingerprint -sha256\n"
    )


def _cacert(url: str) -> str:
    return "--cacert /etc/ssl/vbot.pem " if urlsplit(url).scheme == "https" else ""


def _secret(url: str, key: str) -> str:
    """What curl reads from its standard input: arguments could be read by everybody on the machine."""
    return f"""url = "{url}/api/process-call"
header = "X-API-Key: {key}"
END"""


def _curl(url: str, key: str, pin: str) -> str:
    if pin and urlsplit(url).scheme == "https":
        trust = "# The box is known by its key: the pin is checked even though --insecure leaves out the authorities.\n"
        known = f"--insecure --pinnedpubkey '{pin}' \\\n  "
    else:
        trust, known = _trust(url), _cacert(url)
    return f"""{trust}curl --config - {known}--form file=@recording.wav \\
  --form caller_number=+4930123456 --form called_number=+4930654321 <<'END'
{_secret(url, key)}
"""


# Options that curl 7.29 (CentOS 7) knows. The recording is opened by the shell, and numbers are form-strings: whatever
# is in a name or a number, neither the shell nor curl reads anything in it.
def _script(url: str, key: str, usage: str, head: str) -> str:
    """Called when a recording is closed. It tries for an hour while the box is away or busy; a refusal is final."""
    return f"""#!/bin/sh
# /usr/local/bin/vbot-post {usage}: send one closed recording to vBot.
# It holds the key: mode 0700, owned by the telephone system's user.
{_trust(url)}LC_ALL=C
export LC_ALL
{head}tries=0
while [ "$tries" -lt 120 ]; do
  said=$(curl --config - {_cacert(url)}--silent --show-error --connect-timeout 10 --max-time 600 \\
    --form "file=@/dev/fd/3;filename=recording" --form-string "external_id=$id" \\
    --form-string "caller_number=${{from:-anonymous}}" --form-string "called_number=${{to:-anonymous}}" "$@" \\
    --write-out ' %{{http_code}}' 3<"$file" <<'END'
{_secret(url, key)}
  )
  case $said in
    *' 200') exit 0 ;;
    *' 000' | *' 429' | *' 500' | *' 503') ;; # no answer, too much at once, not now
    *) break ;;
  esac
  tries=$((tries + 1))
  sleep 30
done
echo "vbot-post: call $id was not taken: $said" >&2
exit 1
"""


# Every word stands after a name, so that an empty number moves no other to its place.
_ARGUMENTS = """file=$1 id=$2 from=${3#from=} to=${4#to=}
set --
"""
# FreePBX writes the caller's number into the name of the file, whatever is in it: so the name is found and read within
# the script, and is never part of a command line.
_BY_ID = """monitor=/var/spool/asterisk/monitor # or what Override Call Recording Location says
id=$1
case $id in
  '' | *[!0-9A-Za-z._-]*)
    echo "vbot-post: that is not the id of a call" >&2
    exit 1
    ;;
esac
for file in "$monitor"/*/*/*/*-"$id".* "$monitor"/*-"$id".*; do
  [ -f "$file" ] && break
done
if [ ! -f "$file" ]; then
  echo "vbot-post: no recording of call $id in $monitor" >&2
  exit 1
fi
# Its name is kind-called-caller-day-time-id.wav; whatever is in the caller's number, no shell reads it as a command.
name=${file##*/}
name=${name%-"$id".*}
name=${name%-*-*}
kind=${name%%-*}
name=${name#*-}
to=${name%%-*}
from=${name#*-}
case $kind in
  out) set -- --form-string direction=outbound ;;
  internal) set -- --form-string direction=internal ;;
  in | external | q) set -- --form-string direction=inbound ;;
  *) set -- ;;
esac
"""


def _asterisk(url: str, key: str) -> str:
    return f"""{_script(url, key, "FILE ID from=NUMBER to=NUMBER", _ARGUMENTS)}
; extensions.conf, before Dial(). Numbers are cut down to digits first, since they end in a shell command.
same => n,Set(VBOT_FROM=${{FILTER(0-9+,${{CALLERID(num)}})}})
same => n,Set(VBOT_TO=${{FILTER(0-9+,${{EXTEN}})}})
same => n,Set(VBOT=/usr/local/bin/vbot-post ^{{MIXMONITOR_FILENAME}} ^{{UNIQUEID}} from=^{{VBOT_FROM}} to=^{{VBOT_TO}})
; b: record only while two people are connected, no ringing and no announcements.
same => n,MixMonitor(${{UNIQUEID}}.wav,b,${{VBOT}})
"""


def _freepbx(url: str, key: str) -> str:
    return f"""{_script(url, key, "UNIQUEID", _BY_ID)}
# Settings → Advanced Settings (show and override read-only settings first).
# Call Record Option: Yes. It records only while two people are connected (MixMonitor's option b).
# Post Call Recording Script: this line and nothing more. Anything of the caller's in it would be run as a command.
/usr/local/bin/vbot-post ^{{UNIQUEID}}
"""


def _freeswitch(url: str, key: str) -> str:
    digits = r"|^(\+?[0-9]+)$|%1|n"
    return f"""{_script(url, key, "FILE ID from=NUMBER to=NUMBER", _ARGUMENTS)}
<!-- Dial plan, before "bridge": each party on a channel of its own; numbers are digits or nothing. -->
<action application="set" data="RECORD_STEREO=true"/>
<action application="set" data="vbot_file=$${{recordings_dir}}/${{uuid}}.wav"/>
<action application="set" data="vbot_from=${{regex(${{caller_id_number}}{digits})}}"/>
<action application="set" data="vbot_to=${{regex(${{destination_number}}{digits})}}"/>
<action application="set" data="vbot_said=${{vbot_file}} ${{uuid}} from=${{vbot_from}} to=${{vbot_to}}"/>
<action application="set" data="record_post_process_exec_api=system:/usr/local/bin/vbot-post ${{vbot_said}}"/>
<action application="record_session" data="${{vbot_file}}"/>
"""
