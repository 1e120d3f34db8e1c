"""The dial plans: of the PBX, where the guides' own lines stand, and of those at the other ends of its calls."""

from __future__ import annotations

import re
from pathlib import Path

GUIDES = Path(__file__).parents[2] / "packaging/pbx"
SOUNDS = "/opt/lines"


def lines_of_guide(name: str, first_words: str) -> str:
    """The code block of a guide that begins like this, as an administrator copies it."""
    blocks = re.findall(r"^( *)```\n(.*?)^ *```$", (GUIDES / name).read_text(), re.MULTILINE | re.DOTALL)
    (found,) = [block for _, block in blocks if block.lstrip().startswith(first_words)]
    return re.sub(r"^ +", "", found, flags=re.MULTILINE)


def dial_plan_of_pbx() -> str:
    """`101` is recorded as the guide for Asterisk says, and `VARIANT*101` in another way."""
    asterisk = lines_of_guide("asterisk.md", "; The numbers go through the shell")
    freepbx = lines_of_guide("freepbx.md", "/usr/bin/vbot-post").strip()
    dial = "same => n,Dial(PJSIP/${TO},25,tT)\nsame => n,Hangup()\n"
    by_hand = "/usr/bin/vbot-post ^{MIXMONITOR_FILENAME} external_id=^{UNIQUEID} ${SAID}"
    variants = {
        "mono": "MixMonitor(${UNIQUEID}.wav,b,${VBOT})",
        "gsm": "MixMonitor(${UNIQUEID}.wav49,b,${VBOT})",
        "raw": f"MixMonitor(${{UNIQUEID}}.raw,bD,{by_hand} encoding=pcm_s16le channels=2)",
        "stereowav": "MixMonitor(${UNIQUEID}.wav,bD,${VBOT})",
        # Two files, told of by their names instead of the id; what there is beside them is not sent.
        "files": "MixMonitor(${UNIQUEID}-mix.wav,br(${UNIQUEID}-in.wav)t(${UNIQUEID}-out.wav),"
        "/usr/bin/vbot-post --legs /var/spool/asterisk/monitor/^{UNIQUEID}-in.wav"
        " /var/spool/asterisk/monitor/^{UNIQUEID}-out.wav external_id=^{UNIQUEID} ${SAID})",
    }
    plan = f"""[incoming]
exten => _1XX,1,Set(TO=${{EXTEN}})
{asterisk}{dial}
exten => queue,1,NoOp()
{asterisk.replace("${EXTEN}", "500")}same => n,Queue(support,,,,40)
same => n,Hangup()

exten => voicemail,1,Answer()
{asterisk.replace("${EXTEN}", "201").replace("direction=", "disposition=voicemail direction=").replace("br(", "r(")}\
same => n,VoiceMail(201@default,us)
same => n,Hangup()

[transfers]
exten => _1XX,1,Dial(PJSIP/${{EXTEN}},25,tT)

[demand]
exten => _1XX,1,Set(TO=${{EXTEN}})
{dial}
; As FreePBX does it: the caller's number is a part of the recording's name (sub-record-check, macro-dial).
[freepbx]
exten => _1XX,1,Set(TO=${{EXTEN}})
same => n,Set(FROMEXTEN=${{CALLERID(num)}})
same => n,Set(TIMESTR=${{STRFTIME(${{EPOCH}},,%Y%m%d-%H%M%S)}})
same => n,Set(CALLFILENAME=in-${{TO}}-${{FROMEXTEN}}-${{TIMESTR}}-${{UNIQUEID}})
same => n,Set(DAY=${{STRFTIME(${{EPOCH}},,%Y/%m/%d)}})
same => n,Set(MIXMON_POST={freepbx})
same => n,MixMonitor(/var/spool/asterisk/monitor/${{DAY}}/${{CALLFILENAME}}.wav,abi(LOCAL_MIXMON_ID),${{MIXMON_POST}})
{dial}"""
    # Dashes are ignored in extensions, and some letters stand for digits in patterns.
    ways_in = [f"exten => {name}*101,1,Goto({name},101,1)\n" for name in variants]
    ways_in += [
        f"exten => {name}*{phone},1,Goto({name},{phone},1)\n" for name, phone in (("freepbx", 114), ("demand", 113))
    ]
    plan = plan.replace("[transfers]", "".join(ways_in) + "\n[transfers]", 1)
    for name, monitor in variants.items():
        plan += f"\n[{name}]\nexten => 101,1,Set(TO=${{EXTEN}})\n{_SAID}same => n,{monitor}\n{dial}"
    return plan


# As in the guide; what each variant does with it stands behind it.
_SAID = """same => n,Set(VBOT_FROM=${BASE64_ENCODE(${CALLERID(num)})})
same => n,Set(VBOT_TO=${BASE64_ENCODE(${EXTEN})})
same => n,Set(SAID=caller_number:base64=^{VBOT_FROM} called_number:base64=^{VBOT_TO} direction=inbound)
same => n,Set(VBOT=/usr/bin/vbot-post --asterisk ^{UNIQUEID} ${SAID})
"""


def _plays(line: str) -> str:
    return f"Playback({SOUNDS}/{line})"


def _phone(number: int, *steps: str) -> str:
    first, *rest = steps
    return f"exten => {number},1,{first}\n" + "".join(f"same => n,{step}\n" for step in rest)


def dial_plan_of_ends() -> str:
    """Those who call (`callers`, what they play is LINE), and the telephones that are called."""
    phones = [
        _phone(101, "Wait(1)", "Answer()", _plays("agent"), "Wait(60)"),
        _phone(102, "Wait(1)", "Answer()", _plays("second-agent"), "Wait(60)"),
        _phone(103, "Ringing()", "Wait(90)"),  # nobody is there
        _phone(104, "Busy(10)"),
        # Blind: the telephone itself sends REFER.
        _phone(105, "Answer()", _plays("agent"), "Transfer(PJSIP/sip:102@127.0.0.1:${PBX_PORT})", "Hangup()"),
        # Attended: *2 and the number, a word between the colleagues, and the first hangs up.
        _phone(
            106, "Answer()", _plays("agent"), "SendDTMF(*2,250,150)", "Wait(3)", "SendDTMF(112,250,150)", "Wait(4)",
            _plays("between-colleagues"), "Hangup()",
        ),
        _phone(108, "Progress()", "Playback(/opt/lines/announcement,noanswer)", "Congestion(5)"),
        _phone(
            109, "Progress()", "Playback(/opt/lines/announcement,noanswer)", "Answer()", _plays("agent"), "Wait(60)"
        ),
        _phone(110, "Wait(1)", "Answer()", _plays("short-agent"), "Wait(60)"),
        _phone(111, "Wait(1)", "Answer()", _plays("other-agent"), "Wait(60)"),
        _phone(112, "Answer()", _plays("late-second-agent"), "Wait(60)"),
        _phone(113, "Answer()", "Wait(11)", _plays("demanded-agent"), "Wait(60)"),
        _phone(114, "Answer()", _plays("hello"), "Wait(60)"),
    ]  # fmt: skip
    return f"""[phones]
{"".join(phones)}
[callers]
exten => go,1,Set(CALLERID(num)=${{BASE64_DECODE(${{NUMBER}})}})
same => n,Dial(PJSIP/pbx/sip:${{TARGET}}@127.0.0.1:${{PBX_PORT}},60)
same => n,Hangup()
exten => talk,1,Playback({SOUNDS}/${{LINE}})
same => n,Hangup()
"""


def endpoints(port: int, phones: dict[str, int]) -> str:
    """pjsip.conf of a PBX that takes calls from 127.0.0.1 and reaches its telephones there, each at its port."""
    text = _transport(port) + _endpoint("trunk", port, "incoming")
    text += "[trunk]\ntype = identify\nendpoint = trunk\nmatch = 127.0.0.1\n"
    for name, at in phones.items():
        text += _endpoint(name, at, "transfers", uri=f"sip:{name}@127.0.0.1:{at}")
    return text


def endpoints_of_ends(port: int, pbx_port: int) -> str:
    """pjsip.conf of those at the other ends: all they know is the PBX."""
    text = _transport(port) + _endpoint("pbx", pbx_port, "phones")
    return text + "[pbx]\ntype = identify\nendpoint = pbx\nmatch = 127.0.0.1\n"


def _transport(port: int) -> str:
    return f"[udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{port}\n"


def _endpoint(name: str, port: int, context: str, uri: str = "") -> str:
    return f"""[{name}]
type = endpoint
transport = udp
context = {context}
aors = {name}
disallow = all
allow = alaw
direct_media = no
allow_transfer = yes
bind_rtp_to_media_address = yes
media_address = 127.0.0.1
rtp_symmetric = no
[{name}]
type = aor
contact = {uri or f"sip:127.0.0.1:{port}"}
"""


QUEUES = """[general]
persistentmembers = no
[support]
strategy = linear
timeout = 4
retry = 1
ringinuse = no
autopause = no
joinempty = yes
member => PJSIP/103
member => PJSIP/101
member => PJSIP/111
"""
VOICEMAIL = "[general]\nformat = wav\nmaxsecs = 60\n[default]\n201 => 1234,Ada\n"
FEATURES = """[general]
transferdigittimeout => 3
atxfernoanswertimeout = 15
featuredigittimeout = 2000
[featuremap]
atxfer => *2
"""
CDR = "[general]\nenable = yes\n[csv]\nusegmtime = no\nloguniqueid = yes\n"
