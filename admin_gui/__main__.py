"""`python -m admin_gui`, and where the bundled program begins."""

from __future__ import annotations

import sys

from admin_gui.app import main

if __name__ == "__main__":
    sys.exit(main())
