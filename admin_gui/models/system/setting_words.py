"""What each setting means, in the user's language: the appliance's own sentences, which a test compares."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def meaning_word(name: str, told: str) -> str:
    """Of a setting that we know; else what the appliance tells, in English."""
    return _meanings().get(name, told)


def _meanings() -> dict[str, str]:
    return {
        "data_dir": translate("setting meanings", "Where database, recordings and secrets lie."),
        "models_dir": translate("setting meanings", "Where model packs lie; many data folders may share it."),
        "listen": translate("setting meanings", "The address and port on which calls and administrators are answered."),
        "names": translate(
            "setting meanings",
            "Names under which the office reaches the box, beside its host name and addresses.",
        ),
        "tls": translate(
            "setting meanings",
            "The certificate: made by the appliance itself (auto), files of your own, or none (off).",
        ),
        "admin_token": translate(
            "setting meanings",
            "The first administrator's token, given at the first start; only its hash is kept.",
        ),
        "redis_url": translate("setting meanings", "The queue on another machine; not set: a private one on this box."),
        "queue_access": translate("setting meanings", "The folder with the passwords of the queue's users."),
        "asr_model": translate(
            "setting meanings",
            "The model pack that turns speech into text, or a folder with such a model.",
        ),
        "summary_model": translate(
            "setting meanings",
            "The model pack that writes summaries; not set: sentences of the call itself.",
        ),
        "llm_url": translate(
            "setting meanings",
            "A server in the office that writes the summaries, such as http://10.0.0.5:11434/v1.",
        ),
        "llm_model": translate("setting meanings", "Which of that server's models; not set: the first that it lists."),
        "llm_key_file": translate("setting meanings", "The file with the key for that server."),
        "llm_timeout_seconds": translate(
            "setting meanings",
            "How long one answer of that server is waited for, in seconds.",
        ),
        "llm_outside": translate("setting meanings", "Whether that server may stand outside the building."),
        "language_model": translate(
            "setting meanings",
            "The model pack for moods and summaries; not set: smollm2-135m where it is installed; off: none.",
        ),
        "voice_model": translate(
            "setting meanings",
            "The model pack that tells the voices of mono recordings apart; off: they are not told apart.",
        ),
        "sentiment_of": translate(
            "setting meanings",
            "Whose mood is found: the outside party's, both parties' or nobody's. Customers may differ.",
        ),
        "device": translate("setting meanings", "What calls are analysed on: the processor or a graphics card."),
        "calls_at_once": translate(
            "setting meanings",
            "How many calls a worker analyses at the same time; not set: as suits device and memory.",
        ),
        "rate_limit_per_minute": translate(
            "setting meanings",
            "How many requests a minute one API key may make. Customers may differ.",
        ),
        "max_concurrent_calls": translate(
            "setting meanings",
            "How many calls of one customer may be accepted and not yet finished. Customers may differ.",
        ),
        "max_storage_gb": translate(
            "setting meanings",
            "How many GB the recordings of one customer may take; not set: half of the disk. Customers may differ.",
        ),
        "max_audio_hours_per_day": translate(
            "setting meanings",
            "How many hours of one customer's audio are analysed in 24 hours. Customers may differ.",
        ),
        "max_recording_mb": translate("setting meanings", "How many MB a recording may have; larger ones are refused."),
        "webhook_retry_seconds": translate(
            "setting meanings",
            "After how many seconds a webhook that failed is tried again: three times.",
        ),
        "webhook_timeout_seconds": translate(
            "setting meanings",
            "How many seconds a receiver may take to answer a webhook.",
        ),
        "webhook_allow": translate(
            "setting meanings",
            "The networks to which webhooks may go; not set: private and public ones.",
        ),
        "webhook_plain_http": translate(
            "setting meanings",
            "Public networks to which webhooks may go over plain HTTP, where anybody on the way can read them.",
        ),
        "retention_days": translate(
            "setting meanings",
            "For how many days recordings and texts are kept; 0: a recording is erased once its result is "
            "stored. Customers may differ.",
        ),
        "lease_seconds": translate(
            "setting meanings",
            "After how many seconds without a sign of life from its worker a call is given to another.",
        ),
        "webhook_disable_after_days": translate(
            "setting meanings",
            "After how many days in which it took nothing an endpoint is disabled.",
        ),
        "cors_origins": translate("setting meanings", "Web sites whose pages may read what the API answers."),
        "disk_floor_mb": translate(
            "setting meanings",
            "With less than so many MB free on the disk no call is accepted.",
        ),
        "backup_every_hours": translate(
            "setting meanings",
            "After how many hours the appliance makes a backup by itself; 0: never.",
        ),
        "backup_keep": translate(
            "setting meanings",
            "How many of the backups that it makes by itself are kept; older ones are removed.",
        ),
        "audit_days": translate(
            "setting meanings",
            "For how many days lines of the audit are kept; not set: for ever.",
        ),
        "syslog_url": translate("setting meanings", "The syslog server or SIEM to which the audit goes."),
        "syslog_ca_file": translate(
            "setting meanings",
            "The certificate authority of that server; not set: those that this machine trusts.",
        ),
        "mdns": translate(
            "setting meanings",
            "Whether the desktop program finds the box in the office's network; not set: where that can reach it.",
        ),
        "api_url": translate("setting meanings", "For a worker on another machine: the box that it works for."),
        "api_fingerprint": translate(
            "setting meanings",
            "For a worker on another machine: the SHA-256 of that box's certificate.",
        ),
        "join_token_file": translate(
            "setting meanings",
            "For a worker on another machine: the file with the token that lets it join.",
        ),
        "api_certificate": translate(
            "setting meanings",
            "For a worker of another user: the file in which the appliance publishes its certificate.",
        ),
    }
