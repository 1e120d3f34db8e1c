"""`python -m tests.support.fake_joined_worker --join …`: `vbot worker` with the fake engine, which sleeps.

Everything but the engine is the production worker: arguments, settings, the way to the queue, claims, reports.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys

from appliance.commands import worker
from appliance.errors import ApplianceError
from appliance.settings import load
from appliance.worker import process
from tests.support.fake_worker import FakeEngine

# Of the clock's, for what the tests measure in the machine's own time.
STOP_SECONDS, HAND_BACK_SECONDS = 120, 60.0


def main() -> int:
    """As `vbot worker` ends: with one line where it cannot begin."""
    process.LONGEST_STOP_SECONDS, process.HAND_BACK_SECONDS = STOP_SECONDS, HAND_BACK_SECONDS
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    parser = argparse.ArgumentParser()
    worker.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["worker", *sys.argv[1:]])
    try:
        return worker.run_worker(arguments, load(None, os.environ), lambda _settings: FakeEngine())
    except ApplianceError as error:
        print(f"vbot: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
