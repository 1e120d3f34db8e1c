"""Our icons: drawn as strokes on a grid of 24, in whatever colour the theme has, sharp on every screen."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from admin_gui.appearance.colors import Tone
from admin_gui.widgets.icon_paths import ICON_PATHS

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{color}" '
    'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{strokes}</svg>'
)


@lru_cache(maxsize=512)
def pixmap(name: str, color: str, size: int = 18, ratio: float | None = None) -> QPixmap:
    """One icon in a colour, `size` logical pixels high."""
    scale = ratio or (QGuiApplication.instance() and QGuiApplication.devicePixelRatio(_application())) or 1.0
    picture = QPixmap(QSize(round(size * scale), round(size * scale)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, color).render(painter, QRectF(0, 0, picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


def icon(name: str, color: str, size: int = 18, checked: str | None = None) -> QIcon:
    """One icon for a button; `checked` is its colour while the button is down."""
    made = QIcon(pixmap(name, color, size))
    if checked is not None:
        made.addPixmap(pixmap(name, checked, size), QIcon.Mode.Normal, QIcon.State.On)
    faint = QColor(color)
    faint.setAlpha(110)
    made.addPixmap(pixmap(name, faint.name(QColor.NameFormat.HexArgb), size), QIcon.Mode.Disabled)
    return made


_WAVE = "M18 30v4M25 24v16M32 17v30M39 25v14M46 30v4"
# For who cannot tell the colours: an exclamation mark, a cross; calm: the wave lies flat.
_MARKS: dict[Tone, str] = {"warn": "M32 17v19M32 47v.1", "bad": "M22 22l20 20M42 22L22 42", "calm": "M18 32h28"}


def program_icon(accent: str, tone: Tone = "good") -> QIcon:
    """The program's own: a rounded square with a speech bubble's wave, or with what a tone says."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect x="4" y="4" width="56" height="56" rx="14" fill="{accent}"/>'
        f'<path d="{_MARKS.get(tone, _WAVE)}" stroke="#ffffff" stroke-width="{4.5 if tone == "good" else 7}" '
        'stroke-linecap="round" fill="none"/></svg>'
    )
    picture = QPixmap(128, 128)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    return QIcon(picture)


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    shown = QColor(color)
    svg = _SVG.format(color=shown.name(), strokes=ICON_PATHS[name]).replace(
        "fill=", f'stroke-opacity="{shown.alphaF():.2f}" fill=', 1
    )
    return QSvgRenderer(QByteArray(svg.encode()))


def _application() -> QGuiApplication:
    application = QGuiApplication.instance()
    assert isinstance(application, QGuiApplication)  # noqa: S101 - there are no pixmaps without one
    return application
