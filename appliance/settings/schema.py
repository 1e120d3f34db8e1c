"""Every setting in one table: name, type, how it is parsed and bounded, default, meaning, whether it may be edited.

A field is a line of vbot.toml and, in capitals after `VBOT_`, a variable. There is no other list of them in the code.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from appliance.settings import values
from appliance.settings.about import DEFAULT_SOURCE, About, Edit, Kind, Source
from appliance.settings.values import Listen, Network, SyslogTarget, TlsFiles


def _home_folder(name: str) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib") / name
    try:
        return Path.home() / ".local/share" / name
    except RuntimeError:  # a user whom this machine does not know, as in a container: it has no home
        return Path("/var/lib") / name


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. Units are in the names."""

    data_dir: Annotated[Path, values.folder, About("Where database, recordings and secrets lie.")] = field(
        default_factory=partial(_home_folder, "vbot")
    )
    models_dir: Annotated[Path, values.folder, About("Where model packs lie; many data folders may share it.")] = field(
        default_factory=partial(_home_folder, "vbot-models")
    )

    # The PBX comes over the LAN.
    listen: Annotated[
        Listen, values.address_and_port, About("The address and port on which calls and administrators are answered.")
    ] = field(default=Listen("0.0.0.0", 8443))  # noqa: S104
    names: Annotated[
        tuple[str, ...],
        values.host_names,
        About("Names under which the office reaches the box, beside its host name and addresses."),
    ] = ()
    tls: Annotated[
        str | TlsFiles,
        values.tls,
        About("The certificate: made by the appliance itself (auto), files of your own, or none (off)."),
    ] = "auto"
    admin_token: Annotated[
        str | None,
        values.token,
        About("The first administrator's token, given at the first start; only its hash is kept.", secret=True),
    ] = field(default=None, repr=False)
    # Not in the repr, because it may hold a password.
    redis_url: Annotated[
        str | None, values.text, About("The queue on another machine; not set: a private one on this box.")
    ] = field(default=None, repr=False)
    queue_access: Annotated[Path | None, values.path, About("The folder with the passwords of the queue's users.")] = (
        None
    )

    asr_model: Annotated[
        str, values.text, About("The model pack that turns speech into text, or a folder with such a model.")
    ] = "whisper-base"
    summary_model: Annotated[
        str | None, values.text, About("The model pack that writes summaries; not set: sentences of the call itself.")
    ] = None
    llm_url: Annotated[
        str | None,
        values.text,
        About("A server in the office that writes the summaries, such as http://10.0.0.5:11434/v1."),
    ] = None
    llm_model: Annotated[
        str | None, values.text, About("Which of that server's models; not set: the first that it lists.")
    ] = None
    llm_key_file: Annotated[Path | None, values.path, About("The file with the key for that server.")] = None
    llm_timeout_seconds: Annotated[
        float, values.seconds, About("How long one answer of that server is waited for, in seconds.")
    ] = 120.0
    llm_outside: Annotated[
        bool, values.leaves_the_building, About("Whether that server may stand outside the building.")
    ] = False
    language_model: Annotated[
        str | None,
        values.text,
        About("The model pack for moods and summaries; not set: smollm2-135m where it is installed; off: none."),
    ] = None
    voice_model: Annotated[
        str | None,
        values.text,
        About("The model pack that tells the voices of mono recordings apart; off: they are not told apart."),
    ] = None
    sentiment_of: Annotated[
        str,
        values.sentiment_of,
        About(
            "Whose mood is found: the outside party's, both parties' or nobody's. Customers may differ.",
            Edit(Kind.CHOICE, choices=("outside", "both", "none")),
        ),
    ] = "outside"
    device: Annotated[str, values.device, About("What calls are analysed on: the processor or a graphics card.")] = (
        "auto"
    )
    calls_at_once: Annotated[
        int | None,
        values.at_least(1),
        About("How many calls a worker analyses at the same time; not set: as suits device and memory."),
    ] = None

    rate_limit_per_minute: Annotated[
        int,
        values.at_least(1),
        About("How many requests a minute one API key may make. Customers may differ.", Edit(Kind.WHOLE, 1, 1_000_000)),
    ] = 100
    max_concurrent_calls: Annotated[
        int,
        values.at_least(1),
        About(
            "How many calls of one customer may be accepted and not yet finished. Customers may differ.",
            Edit(Kind.WHOLE, 1, 10_000),
        ),
    ] = 10
    # Per customer, so that none takes all of the disk or of the workers' time: more than an office has.
    max_storage_gb: Annotated[
        int | None,
        values.at_least(1),
        About(
            "How many GB the recordings of one customer may take; not set: half of the disk. Customers may differ.",
            Edit(Kind.WHOLE, 1, 1_000_000),
        ),
    ] = None
    max_audio_hours_per_day: Annotated[
        int,
        values.at_least(1),
        About(
            "How many hours of one customer's audio are analysed in 24 hours. Customers may differ.",
            Edit(Kind.WHOLE, 1, 1_000_000),
        ),
    ] = 500  # twenty lines, day and night
    max_recording_mb: Annotated[
        int,
        values.at_least(1),
        About("How many MB a recording may have; larger ones are refused.", Edit(Kind.WHOLE, 1, 4096)),
    ] = 512

    webhook_retry_seconds: Annotated[
        tuple[float, ...],
        values.three_seconds,
        About(
            "After how many seconds a webhook that failed is tried again: three times.",
            Edit(Kind.NUMBERS, 1, 7 * 24 * 3600, count=3, at_once=True),
        ),
    ] = (10.0, 60.0, 300.0)
    webhook_timeout_seconds: Annotated[
        float,
        values.seconds,
        About("How many seconds a receiver may take to answer a webhook.", Edit(Kind.NUMBER, 1, 300)),
    ] = 15.0
    webhook_allow: Annotated[
        tuple[Network, ...] | None,
        values.networks,
        About("The networks to which webhooks may go; not set: private and public ones."),
    ] = None
    webhook_plain_http: Annotated[
        tuple[Network, ...],
        values.networks,
        About("Public networks to which webhooks may go over plain HTTP, where anybody on the way can read them."),
    ] = ()
    retention_days: Annotated[
        tuple[int, int],
        values.days_kept,
        About(
            "For how many days recordings and texts are kept; 0: a recording is erased once its result is stored. "
            "Customers may differ.",
            Edit(Kind.WHOLES, 0, 36_500, count=2, at_once=True),
        ),
    ] = (30, 365)  # recordings, texts
    lease_seconds: Annotated[
        float,
        values.seconds,
        About("After how many seconds without a sign of life from its worker a call is given to another."),
    ] = 900.0
    webhook_disable_after_days: Annotated[
        int,
        values.at_least(1),
        About(
            "After how many days in which it took nothing an endpoint is disabled.",
            Edit(Kind.WHOLE, 1, 3650, at_once=True),
        ),
    ] = 5

    cors_origins: Annotated[
        frozenset[str], values.origins, About("Web sites whose pages may read what the API answers.")
    ] = frozenset()
    # So that the results of what was accepted can still be stored.
    disk_floor_mb: Annotated[
        int, values.at_least(0), About("With less than so many MB free on the disk no call is accepted.")
    ] = 200
    backup_every_hours: Annotated[
        int,
        values.at_least(0),
        About(
            "After how many hours the appliance makes a backup by itself; 0: never.",
            Edit(Kind.WHOLE, 0, 8760, at_once=True),
        ),
    ] = 24
    backup_keep: Annotated[
        int,
        values.at_least(1),
        About(
            "How many of the backups that it makes by itself are kept; older ones are removed.",
            Edit(Kind.WHOLE, 1, 1000, at_once=True),
        ),
    ] = 7
    audit_days: Annotated[
        int | None, values.at_least(1), About("For how many days lines of the audit are kept; not set: for ever.")
    ] = None
    syslog_url: Annotated[
        SyslogTarget | None, values.syslog_url, About("The syslog server or SIEM to which the audit goes.")
    ] = None
    syslog_ca_file: Annotated[
        Path | None,
        values.path,
        About("The certificate authority of that server; not set: those that this machine trusts."),
    ] = None

    mdns: Annotated[
        bool | None,
        values.on_or_off,
        About("Whether the desktop program finds the box in the office's network; not set: where that can reach it."),
    ] = None

    # For a worker on another box; on the appliance itself they are derived.
    api_url: Annotated[
        str | None, values.text, About("For a worker on another machine: the box that it works for.")
    ] = None
    api_fingerprint: Annotated[
        str | None, values.text, About("For a worker on another machine: the SHA-256 of that box's certificate.")
    ] = None
    join_token_file: Annotated[
        Path | None, values.path, About("For a worker on another machine: the file with the token that lets it join.")
    ] = None
    # It may not look into the data folder.
    api_certificate: Annotated[
        Path | None,
        values.path,
        About("For a worker of another user: the file in which the appliance publishes its certificate."),
    ] = None

    # No settings: where they were read from, and what of the appliance's own file was passed over, and why.
    config_file: Path | None = None
    sources: Mapping[str, Source] = field(default_factory=dict, compare=False, repr=False)
    passed_over: tuple[str, ...] = field(default=(), compare=False)

    def source_of(self, name: str) -> Source:
        """Where a setting's value comes from."""
        return self.sources.get(name, DEFAULT_SOURCE)

    @property
    def local_api_url(self) -> str:
        """The api's address for a process on this machine."""
        scheme = "http" if self.tls == "off" else "https"
        return f"{scheme}://{Listen(self.listen.local_host, self.listen.port)}"

    @property
    def announces_itself(self) -> bool:
        return not self.listen.is_loopback if self.mdns is None else self.mdns

    @property
    def max_recording_bytes(self) -> int:
        return self.max_recording_mb * 1024 * 1024

    @property
    def max_storage_bytes(self) -> int:
        """What a customer's recordings may take; the data folder must be there."""
        if self.max_storage_gb is not None:
            return self.max_storage_gb * 1024**3
        return shutil.disk_usage(self.data_dir).total // 2


_NO_SETTINGS = ("config_file", "sources", "passed_over")
_HINTS = {
    name: hint.__metadata__  # a field without one fails here, at import
    for name, hint in get_type_hints(Settings, include_extras=True).items()
    if name not in _NO_SETTINGS
}
PARSERS: dict[str, Callable[[Any], Any]] = {name: metadata[0] for name, metadata in _HINTS.items()}
ABOUT: dict[str, About] = {name: metadata[1] for name, metadata in _HINTS.items()}
