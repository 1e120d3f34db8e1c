"""The names under which api and workers meet in Valkey: queues, actors, namespaces, keys."""

from __future__ import annotations

import socket

GPU_QUEUE = "gpu"
RESULTS_QUEUE = "results"
ANALYSE_ACTOR = "analyse_call"
REPORT_ACTOR = "worker_report"
# Two namespaces, because Dramatiq looks after the dead consumers of a whole namespace or of none (queue/broker.py).
CALLS_NAMESPACE = "vbot"
RESULTS_NAMESPACE = "vbot-results"
EPOCH_KEY = "vbot:epoch"
WORKERS_KEY = "vbot:workers"


def worker_name(device: str) -> str:
    """What a worker calls itself: one machine has one worker for each device."""
    return f"{socket.gethostname()}/{device}"
