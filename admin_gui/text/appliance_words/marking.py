"""Marks a template for translation: lupdate finds it by the name that Qt gives to such a mark."""

from __future__ import annotations


def QT_TRANSLATE_NOOP(_context: str, template: str) -> str:  # noqa: N802 - Qt's own name
    """The template as it is; `_context` says to lupdate where it belongs."""
    return template
