"""`python -m tests.faults.fake_worker`: the production worker with an engine that is there at once.

Its recordings say in plain text among their samples what is to be made of them (tests/faults/spool.py writes them):
how long the work takes, or that the recording brings its worker down.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import setproctitle

from appliance import worker
from appliance.commands.worker import expected_fingerprint
from appliance.messages import AnalyseCall, CallResult, PartiesResult, PartyResult
from appliance.settings import Settings, load
from appliance.storage.data_folder import DataFolder, valkey_url

TAKES_SECONDS = re.compile(rb"takes (\d+\.\d+) seconds")
KILLS = b"brings its worker down"


class FakeEngine:
    """Makes of each recording the SHA-256 of what it was given."""

    device = "cpu"
    model = "fake"

    def analyse(self, recording: Path, call: AnalyseCall, on_progress: Callable[[float], None]) -> CallResult:
        audio = recording.read_bytes()
        found = TAKES_SECONDS.search(audio)
        time.sleep(float(found[1]) if found else 0.2)
        if KILLS in audio:
            os.kill(os.getpid(), signal.SIGKILL)
        on_progress(1.0)
        silent = PartyResult(talk_seconds=0.0, sentiment="neutral", sentiment_score=0.0)
        return CallResult(
            transcription=hashlib.sha256(audio).hexdigest(),
            summary="",
            sentiment="neutral",
            keywords="",
            duration_seconds=1.0,
            speech_seconds=0.0,
            language="en",
            segments=[],
            parties=PartiesResult(caller=silent, called=silent),
            keyword_scores={},
            models={"asr": self.model},
            no_speech=False,
        )


def main() -> int:
    """As `vbot worker` does, under the same title."""
    setproctitle.setproctitle("vbot worker")
    settings: Settings = load(None, os.environ)
    queue_url = settings.redis_url or valkey_url(DataFolder(settings.data_dir))
    return worker.run(settings, queue_url, settings.local_api_url, expected_fingerprint(settings), FakeEngine)


if __name__ == "__main__":
    sys.exit(main())
