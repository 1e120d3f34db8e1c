"""Of a lock on standard input, what is neither torch's own nor in another lock: `without_torch.py [OTHER] <LOCK`.

Nor pip, which every environment has: it would replace itself while it works. Which build of torch is installed, pip's
settings on each machine say: packaging/torch_build.py. Standard library only.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_LEFT_OUT = re.compile(r"(torch|triton|nvidia-.+|cuda-.+|pip)")
_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==[^\n]*(?:\n +[^\n]*)*\n", re.MULTILINE)


def entries(lock: str) -> dict[str, str]:
    """Each package's lines by its name, and by its markers where it has several versions."""
    return {found[0].partition("\\")[0].strip(): found[0] for found in _ENTRY.finditer(lock)}


def main() -> int:
    other = set(entries(Path(sys.argv[1]).read_text())) if len(sys.argv) > 1 and sys.argv[1] else set()
    for head, lines in entries(sys.stdin.read()).items():
        if head not in other and not _LEFT_OUT.fullmatch(head.partition("==")[0]):
            sys.stdout.write(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
