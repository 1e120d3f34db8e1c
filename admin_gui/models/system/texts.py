"""What the system's pages say of workers, backups and tokens."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.appearance.colors import Tone
from admin_gui.client.backups import Backup
from admin_gui.client.system import Worker
from admin_gui.client.tokens import Token
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate


def tab_words() -> dict[str, str]:
    """The system's page by its tabs, as links name them."""
    return {
        "status": translate("SystemPage", "Status"),
        "settings": translate("SystemPage", "Settings"),
        "backups": translate("SystemPage", "Backups"),
        "tokens": translate("SystemPage", "Tokens"),
        "audit": translate("SystemPage", "Audit log"),
        "certificate": translate("SystemPage", "Certificate"),
        "log": translate("SystemPage", "Log"),
        "support": translate("SystemPage", "Support"),
    }


def worker_state(worker: Worker) -> str:
    """`processing` for one that is ready and has a call in hand."""
    return "processing" if worker.state == "ready" and worker.current_call is not None else worker.state


def death_text(worker: Worker) -> str:
    """That it dies before it is ready, and its last words; empty of one that does not."""
    deaths = worker.deaths_while_loading
    if not deaths:
        return ""
    text = (
        translate("workers", "worker %1 died once while loading: %3")
        if deaths == 1
        else translate("workers", "worker %1 died %2 times while loading: %3")
    )
    # Last of all what others wrote: nothing in it is taken for a place to fill.
    text = text.replace("%2", formats.number(deaths)).replace("%1", worker.name)
    return text.replace("%3", translated(worker.last_error or formats.DASH))


def backup_word(backup: Backup) -> str:
    """A backup's state."""
    return {
        "running": translate("backups", "in the making"),
        "done": translate("backups", "done"),
        "failed": translate("backups", "failed"),
    }.get(backup.state, backup.state)


def backup_tone(backup: Backup) -> Tone:
    tones: dict[str, Tone] = {"running": "busy", "done": "good", "failed": "bad"}
    return tones.get(backup.state, "calm")


def verification_word(backup: Backup) -> str:
    """What a look at it found; empty where nobody has looked."""
    seen = backup.verification
    if seen is None:
        return ""
    return {
        "running": translate("backups", "being read: %1").replace("%1", formats.percent(seen.progress)),
        "whole": translate("backups", "whole"),
        "unverified": translate("backups", "not sealed"),
        "damaged": translate("backups", "damaged"),
        "failed": translate("backups", "not possible"),
    }.get(seen.state, seen.state)


def verification_tone(backup: Backup) -> Tone:
    tones: dict[str, Tone] = {
        "running": "busy",
        "whole": "good",
        "unverified": "warn",
        "damaged": "bad",
        "failed": "warn",
    }
    return tones.get(backup.verification.state if backup.verification else "", "calm")


def token_state(token: Token, now: datetime) -> str:
    """`valid`, `revoked` or `expired`, as the appliance says or, from one that does not, by its moments."""
    if token.state:
        return token.state
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= now else "valid"


def token_word(state: str) -> str:
    return {
        "valid": translate("tokens", "valid"),
        "revoked": translate("tokens", "revoked"),
        "expired": translate("tokens", "expired"),
        "ends soon": translate("tokens", "ends soon"),
    }.get(state, state)


def token_tone(state: str) -> Tone:
    tones: dict[str, Tone] = {"valid": "good", "revoked": "calm", "expired": "warn", "ends soon": "warn"}
    return tones.get(state, "calm")


def role_word(role: str) -> str:
    return {
        "admin": translate("tokens", "administrator"),
        "viewer": translate("tokens", "viewer"),
        "worker": translate("tokens", "worker"),
    }.get(role, role)
