"""`python -m tests.support.fake_worker_of_eeb1c75`: the first release's worker with an engine that is there at once.

The `appliance` that it imports is that release's, whose modules lay elsewhere (tests/support/versions.py has it first
on the path). So nothing here is of today's program.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TAKES_SECONDS = 0.2


class FakeEngine:
    """Makes of each recording the SHA-256 of what it was given."""

    device = "cpu"
    model = "fake"
    calls_at_once = 2

    def __init__(self, messages: Any) -> None:
        self._messages = messages

    def warm_up(self) -> None:
        """It is warm."""

    def analyse(self, recording: Path, call: Any, on_progress: Callable[[float], None]) -> Any:
        del call
        time.sleep(TAKES_SECONDS)
        on_progress(1.0)
        party = self._messages.PartyResult(talk_seconds=0.5, sentiment="neutral", sentiment_score=0.0)
        return self._messages.CallResult(
            transcription=hashlib.sha256(recording.read_bytes()).hexdigest(),
            summary="",
            sentiment="neutral",
            keywords="",
            duration_seconds=1.0,
            speech_seconds=1.0,
            language="en",
            segments=[],
            parties=self._messages.PartiesResult(caller=party, called=party),
            keyword_scores={},
            models={"asr": self.model},
            no_speech=False,
        )


def main() -> int:
    """As that release's `vbot worker` does."""
    worker, messages = importlib.import_module("appliance.worker"), importlib.import_module("appliance.messages")
    command = importlib.import_module("appliance.commands.worker")
    folder = importlib.import_module("appliance.storage.data_folder")
    settings = importlib.import_module("appliance.settings").load(None, os.environ)
    queue_url = settings.redis_url or folder.valkey_url(folder.DataFolder(settings.data_dir))
    fingerprint = command.expected_fingerprint(settings)
    code: int = worker.run(settings, queue_url, settings.local_api_url, fingerprint, lambda: FakeEngine(messages))
    return code


if __name__ == "__main__":
    sys.exit(main())
