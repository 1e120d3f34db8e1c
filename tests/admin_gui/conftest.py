"""Windows are shown on Qt's own screen in memory."""

from __future__ import annotations

import os

# Before pytest-qt makes the application.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
