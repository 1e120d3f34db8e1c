"""The program's picture as Windows (.ico) and macOS (.icns) want it, made of the drawing at build time."""

from __future__ import annotations

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
# What Apple calls each size; @2x ones are the same picture of twice the size.
ICNS_SIZES = {"icp4": 16, "icp5": 32, "icp6": 64, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024}


def png(drawing: Path, size: int) -> bytes:
    """The drawing as a square picture."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def write_ico(drawing: Path, file: Path) -> Path:
    """A header, a line for each picture, the pictures; 256 is written as 0."""
    pictures = [(size, png(drawing, size)) for size in ICO_SIZES]
    head = struct.pack("<HHH", 0, 1, len(pictures))
    place = len(head) + 16 * len(pictures)
    lines = b""
    for size, picture in pictures:
        lines += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), place)
        place += len(picture)
    file.write_bytes(head + lines + b"".join(picture for _, picture in pictures))
    return file


def write_icns(drawing: Path, file: Path) -> Path:
    """Pictures one after the other, each with its name and length before it."""
    parts = b""
    for name, size in ICNS_SIZES.items():
        picture = png(drawing, size)
        parts += name.encode() + struct.pack(">I", len(picture) + 8) + picture
    file.write_bytes(b"icns" + struct.pack(">I", len(parts) + 8) + parts)
    return file
