"""Every setting in one table: name, type, how it is parsed and bounded, default, meaning.

A field is a line of vbot.toml and, in capitals after `VBOT_`, a variable. There is no other list of them in the code.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from appliance.settings import values
from appliance.settings.values import Listen, Network, SyslogTarget, TlsFiles


def _home_folder(name: str) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib") / name
    return Path.home() / ".local/share" / name


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. Units are in the names."""

    data_dir: Annotated[Path, values.folder] = field(default_factory=partial(_home_folder, "vbot"))
    models_dir: Annotated[Path, values.folder] = field(default_factory=partial(_home_folder, "vbot-models"))

    # The PBX comes over the LAN.
    listen: Annotated[Listen, values.address_and_port] = field(default=Listen("0.0.0.0", 8443))  # noqa: S104
    # Under which the office reaches the box, beside its host name and addresses: for its certificate and the PBX.
    names: Annotated[tuple[str, ...], values.host_names] = ()
    tls: Annotated[str | TlsFiles, values.tls] = "auto"
    admin_token: Annotated[str | None, values.token] = field(default=None, repr=False)  # of first boot
    # None: a Valkey of our own. Not in the repr, because it may hold a password.
    redis_url: Annotated[str | None, values.text] = field(default=None, repr=False)

    # The folder with the passwords of the queue's users; None: without, or as redis_url says.
    queue_access: Annotated[Path | None, values.path] = None

    asr_model: Annotated[str, values.text] = "whisper-base"  # a model pack's name, or a folder
    summary_model: Annotated[str | None, values.text] = None  # None: the summary is an extract
    # A server on the LAN that writes the summaries, as OpenAI's API has it: http://10.0.0.5:11434/v1
    llm_url: Annotated[str | None, values.text] = None
    llm_model: Annotated[str | None, values.text] = None  # None: the first one that the server lists
    llm_key_file: Annotated[Path | None, values.path] = None
    llm_timeout_seconds: Annotated[float, values.seconds] = 120.0  # for one answer
    llm_outside: Annotated[bool, values.leaves_the_building] = False  # whether the server may stand outside
    # None: smollm2-135m where it is installed; "off": the moods and the summary are found without.
    language_model: Annotated[str | None, values.text] = None
    # None: one that is installed and does not run as code; "off": the voices of mono recordings are not told apart.
    voice_model: Annotated[str | None, values.text] = None
    sentiment_of: Annotated[str, values.sentiment_of] = "outside"  # whose moods are computed; customers may differ
    device: Annotated[str, values.device] = "auto"
    calls_at_once: Annotated[int | None, values.at_least(1)] = None  # of a worker; None: as suits device and memory

    rate_limit_per_minute: Annotated[int, values.at_least(1)] = 100  # per API key
    max_concurrent_calls: Annotated[int, values.at_least(1)] = 10  # per customer: accepted and not yet final
    # Per customer, so that none takes all of the disk or of the workers' time: more than an office has.
    max_storage_gb: Annotated[int | None, values.at_least(1)] = None  # of its recordings; None: half of the disk
    max_audio_hours_per_day: Annotated[int, values.at_least(1)] = 500  # twenty lines, day and night
    max_recording_mb: Annotated[int, values.at_least(1)] = 512

    webhook_retry_seconds: Annotated[tuple[float, ...], values.three_seconds] = (10.0, 60.0, 300.0)
    webhook_timeout_seconds: Annotated[float, values.seconds] = 15.0  # for one attempt
    webhook_allow: Annotated[tuple[Network, ...] | None, values.networks] = None  # None: private and public ones
    # Public ones to which webhooks may go over plain HTTP, for everybody on the way to read.
    webhook_plain_http: Annotated[tuple[Network, ...], values.networks] = ()
    retention_days: Annotated[tuple[int, int], values.days_kept] = (30, 365)  # recordings, texts
    lease_seconds: Annotated[float, values.seconds] = 900.0  # of a call, without a sign of life from its worker
    webhook_disable_after_days: Annotated[int, values.at_least(1)] = 5  # that an endpoint took nothing

    cors_origins: Annotated[frozenset[str], values.origins] = frozenset()  # sites whose pages may read our replies
    # Below this nothing is accepted, so that the results of what was accepted can still be stored.
    disk_floor_mb: Annotated[int, values.at_least(0)] = 200
    backup_every_hours: Annotated[int, values.at_least(0)] = 24  # by the running appliance itself; 0: none
    backup_keep: Annotated[int, values.at_least(1)] = 7
    # The audit: how long its lines are kept (None: for ever), and to which syslog server or SIEM it goes.
    audit_days: Annotated[int | None, values.at_least(1)] = None
    syslog_url: Annotated[SyslogTarget | None, values.syslog_url] = None
    syslog_ca_file: Annotated[Path | None, values.path] = None  # None: those that this machine trusts

    mdns: Annotated[bool | None, values.on_or_off] = None  # None: announced if the LAN can reach it

    # For a worker on another box; on the appliance itself they are derived.
    api_url: Annotated[str | None, values.text] = None
    api_fingerprint: Annotated[str | None, values.text] = None
    # A worker that joins that box by a token; it lies in this file.
    join_token_file: Annotated[Path | None, values.path] = None
    # For a worker that may not look into the data folder: the file in which the api publishes its certificate.
    api_certificate: Annotated[Path | None, values.path] = None

    config_file: Path | None = None  # no setting: where they were read from

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


PARSERS: dict[str, Callable[[Any], Any]] = {
    name: hint.__metadata__[0]  # a field without a parser fails here, at import
    for name, hint in get_type_hints(Settings, include_extras=True).items()
    if name != "config_file"
}
