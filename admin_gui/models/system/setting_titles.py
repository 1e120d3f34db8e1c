"""What each setting is called, in the user's language; of those that a customer may have, as on the customer's page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def title_word(name: str) -> str:
    """Of a setting that we know; else its name in vbot.toml."""
    return _titles().get(name, name)


def _titles() -> dict[str, str]:
    return {
        "data_dir": translate("setting titles", "Data folder"),
        "models_dir": translate("setting titles", "Folder of the model packs"),
        "listen": translate("setting titles", "Address and port"),
        "names": translate("setting titles", "Further names of the box"),
        "tls": translate("setting titles", "Certificate"),
        "admin_token": translate("setting titles", "First administrator's token"),
        "redis_url": translate("setting titles", "Queue on another machine"),
        "queue_access": translate("setting titles", "Folder of the queue's passwords"),
        "asr_model": translate("setting titles", "Model for the transcript"),
        "summary_model": translate("setting titles", "Model for the summary"),
        "llm_url": translate("setting titles", "Summary server: address"),
        "llm_model": translate("setting titles", "Summary server: model"),
        "llm_key_file": translate("setting titles", "Summary server: key file"),
        "llm_timeout_seconds": translate("setting titles", "Summary server: wait (seconds)"),
        "llm_outside": translate("setting titles", "Summary server: outside the building"),
        "language_model": translate("setting titles", "Model for moods and summaries"),
        "voice_model": translate("setting titles", "Model for voices"),
        "sentiment_of": translate("setting titles", "Whose mood is computed"),
        "device": translate("setting titles", "Processor or graphics card"),
        "calls_at_once": translate("setting titles", "Calls at once of a worker"),
        "rate_limit_per_minute": translate("setting titles", "Requests a minute"),
        "max_concurrent_calls": translate("setting titles", "Calls at once of a customer"),
        "max_storage_gb": translate("setting titles", "Room on the disk (GB)"),
        "max_audio_hours_per_day": translate("setting titles", "Audio a day (hours)"),
        "max_recording_mb": translate("setting titles", "Largest recording (MB)"),
        "webhook_retry_seconds": translate("setting titles", "Try a webhook again after (seconds)"),
        "webhook_timeout_seconds": translate("setting titles", "Wait for a webhook's receiver (seconds)"),
        "webhook_allow": translate("setting titles", "Networks that webhooks may go to"),
        "webhook_plain_http": translate("setting titles", "Networks for webhooks over plain HTTP"),
        "retention_days": translate("setting titles", "Keep recordings and texts (days)"),
        "lease_seconds": translate("setting titles", "Wait for a silent worker (seconds)"),
        "webhook_disable_after_days": translate("setting titles", "Disable a failing endpoint after (days)"),
        "cors_origins": translate("setting titles", "Web sites that may use the API"),
        "disk_floor_mb": translate("setting titles", "Least room on the disk (MB)"),
        "backup_every_hours": translate("setting titles", "Make a backup every (hours)"),
        "backup_keep": translate("setting titles", "Keep backups (how many)"),
        "audit_days": translate("setting titles", "Keep the audit log (days)"),
        "syslog_url": translate("setting titles", "Syslog server or SIEM"),
        "syslog_ca_file": translate("setting titles", "Certificate authority of the syslog server"),
        "mdns": translate("setting titles", "Found in the office's network"),
        "api_url": translate("setting titles", "Worker: address of its box"),
        "api_fingerprint": translate("setting titles", "Worker: certificate of its box (SHA-256)"),
        "join_token_file": translate("setting titles", "Worker: file with the joining token"),
        "api_certificate": translate("setting titles", "Worker: file with the box's certificate"),
    }
