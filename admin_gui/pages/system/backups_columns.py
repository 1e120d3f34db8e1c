"""The columns of the table of backups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.client.backups import Backup
from admin_gui.models.system.texts import backup_tone, backup_word, verification_tone, verification_word
from admin_gui.models.table.columns import Column
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate


def backup_columns(now: Callable[[], datetime]) -> list[Column[Backup]]:
    """`now` tells the appliance's clock."""
    return [
        Column("name", translate("backups", "Backup"), lambda one: one.name, sort=lambda one: one.name, width=225),
        Column("state", translate("backups", "State"), backup_word, tone=backup_tone, width=130),
        Column(
            "verified",
            translate("backups", "Checked"),
            verification_word,
            tone=verification_tone,
            tooltip=_what_was_found,
            width=130,
        ),
        Column(
            "age",
            translate("backups", "Age"),
            lambda one: formats.age(one.created_at, now()),
            sort=lambda one: one.created_at,
            width=120,
            yields=3,
        ),
        Column(
            "created",
            translate("backups", "Made"),
            lambda one: formats.moment(one.created_at),
            tooltip=lambda one: formats.utc_tooltip(one.created_at),
            sort=lambda one: one.created_at,
            export=lambda one: one.created_at.isoformat(),
            typical=formats.longest_moment(),
            yields=1,
        ),
        Column(
            "size",
            translate("backups", "Size"),
            lambda one: formats.size(one.bytes),
            sort=lambda one: one.bytes,
            right=True,
            width=90,
            yields=2,
        ),
        Column(
            "error",
            translate("backups", "Error"),
            lambda one: translated(one.error or ""),
            tooltip=lambda one: translated(one.error or ""),
            width=170,
        ),
    ]


def _what_was_found(backup: Backup) -> str:
    """More of a look than a word."""
    seen = backup.verification
    if seen is None:
        return translate("backups", "Nobody has looked since the appliance started")
    return "\n".join(part for part in (translated(seen.problem or ""), formats.utc_tooltip(seen.at)) if part)
