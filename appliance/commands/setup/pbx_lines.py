"""What stands in each telephone system, as packaging/pbx/*.md has it; a test compares them line by line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PbxLines:
    """`where` they stand; `page` of packaging/pbx/ says the rest."""

    system: str
    page: str
    where: str
    text: str


_SWEPT = "/etc/vbot-post/config on the machine that has the folder (put yours in its place)"
ALL = (
    PbxLines(
        "Asterisk",
        "asterisk.md",
        "extensions.conf, before Dial(); for calls that your people make: direction=outbound",
        """\
same => n,Set(VBOT_FROM=${BASE64_ENCODE(${CALLERID(num)})})
same => n,Set(VBOT_TO=${BASE64_ENCODE(${EXTEN})})
same => n,Set(VBOT=/usr/bin/vbot-post --asterisk ^{UNIQUEID} direction=inbound \
caller_number:base64=^{VBOT_FROM} called_number:base64=^{VBOT_TO})
same => n,MixMonitor(${UNIQUEID}.wav,br(${UNIQUEID}-caller.wav)t(${UNIQUEID}-called.wav),${VBOT})""",
    ),
    PbxLines(
        "FreePBX",
        "freepbx.md",
        "Settings → Advanced Settings → Post Call Recording Script: this and nothing more; Call Record Option: Yes",
        "/usr/bin/vbot-post --freepbx ^{UNIQUEID}",
    ),
    PbxLines(
        "Issabel",
        "issabel.md",
        "PBX Configuration → Advanced Settings, or /etc/asterisk/globals_custom.conf",
        "MIXMON_POST = /usr/bin/vbot-post --issabel ^{UNIQUEID}",
    ),
    PbxLines(
        "FreeSWITCH, FusionPBX",
        "freeswitch.md",
        "the dial plan, before bridge; set up with --user freeswitch (FusionPBX: often www-data)",
        """\
<action application="set" data="RECORD_STEREO=true"/>
<action application="set" data="RECORD_ANSWER_REQ=true"/>
<action application="set" data="record_post_process_exec_api=bg_system:/usr/bin/vbot-post --freeswitch ${uuid}"/>
<action application="record_session" data="$${recordings_dir}/${uuid}.wav"/>""",
    ),
    PbxLines(
        "3CX",
        "3cx.md",
        "/etc/vbot-post/config on the 3CX machine, set up with --user phonesystem",
        "sweep = /var/lib/3cxpbx/Instance1/Data/Recordings --names 3cx --older 5",
    ),
    PbxLines("Yeastar", "yeastar.md", _SWEPT, "sweep = /srv/yeastar --names yeastar --older 5"),
    PbxLines("Grandstream", "grandstream.md", _SWEPT, "sweep = /srv/ucm --names grandstream --older 10"),
)
