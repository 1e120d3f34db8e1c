"""The window that all pages are in."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QMainWindow, QWidget

TITLE = "vBot Administration"


class MainWindow(QMainWindow):
    """Pages in the middle, the state of the connection below them."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.resize(1100, 720)
        self.setCentralWidget(QWidget())
        self._connection = QLabel("not connected")
        self.statusBar().addWidget(self._connection)

    @property
    def connection_text(self) -> str:
        """What the status line says about the connection."""
        return self._connection.text()
