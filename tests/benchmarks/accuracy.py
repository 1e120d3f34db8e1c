"""How true the engine's results are, against peers in the same run where there are any.

    python -m tests.benchmarks.accuracy [language] [audio] [--models-dir /var/lib/vbot-models] [options of that half]

`language`: sentiment, summary and keywords (accuracy_language.py). `audio`: words, silence and parties
(accuracy_audio.py). Without either, both, one after the other; other options than `--models-dir` are for a
half that was named.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys

HALVES = ("language", "audio")


def main(arguments: list[str]) -> int:
    """Run the halves asked for; the exit status is that of the first that failed."""
    named = [word for word in arguments if word in HALVES]
    rest = [word for word in arguments if word not in HALVES]
    status = 0
    for half in named or HALVES:
        name = f"tests.benchmarks.accuracy_{half}"
        if importlib.util.find_spec(name) is None:
            print(f"{half}: there is no {name}", file=sys.stderr)
            status = status or int(half in named)
            continue
        status = importlib.import_module(name).main(rest) or status
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
