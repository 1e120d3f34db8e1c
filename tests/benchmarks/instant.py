"""What the appliance itself costs for a call: the engine at its seam answers at once.

Called by `python -m tests.benchmarks.throughput --instant`. Supervisor, Valkey, api and worker are the real ones, the
engine is the tests' fake one: it hears a minute's conversation in each recording without listening. A call is through
when its webhook has come. The processor time of all processes is what can be compared between runs; the calls a second
are those of the machine as busy as it is, which also runs the clients and the receiver.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.benchmarks.intake import form, post_many
from tests.support.appliance import RunningAppliance
from tests.support.fake_appliance import CHECKOUT, SETTINGS
from tests.support.fake_worker import that_says
from tests.support.processes import cpu_seconds, family
from tests.support.receiver import WebhookReceiver

CALLS_AT_ONCE = 16
CLIENTS = 8
SECONDS = 60
# As most telephone systems record: μ-law, 8 kHz, one channel.
BYTES_A_SECOND = 8000
TURNS = 12
IDLE_SECONDS = 5.0
WORDS = ["we", "have", "looked", "at", "your", "order", "and", "it", "will", "be", "with", "you", "on", "Thursday"]


def recording(seconds: int = SECONDS) -> bytes:
    """A call in which the fake engine hears two parties take turns."""
    step = seconds / TURNS
    turns: list[dict[str, Any]] = [
        {
            "start": step * place,
            "end": step * (place + 0.9),
            "channel": 0,
            "party": ("caller", "called")[place % 2],
            "text": " ".join(WORDS),
            "voice": place % 2 + 1,
        }
        for place in range(TURNS)
    ]
    samples = that_says(b" takes 0.000 seconds ", turns)
    samples += secrets.token_bytes(seconds * BYTES_A_SECOND - len(samples))
    format_chunk = b"fmt " + (18).to_bytes(4, "little") + bytes.fromhex("0700 0100 401f0000 401f0000 0100 0800 0000")
    body = b"WAVE" + format_chunk + b"data" + len(samples).to_bytes(4, "little") + samples
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def measure_instant(calls: int, rounds: int) -> None:
    """Print each round, and the medians."""
    settings = {**SETTINGS, "PYTHONPATH": str(CHECKOUT), "VBOT_CALLS_AT_ONCE": str(CALLS_AT_ONCE)}
    program = [sys.executable, "-m", "tests.support.fake_up"]
    rates, costs = [], []
    parts: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="vbot-instant-", dir="/var/tmp") as name,
        WebhookReceiver() as receiver,
        RunningAppliance(Path(name), settings, program=program) as box,
    ):
        endpoint = receiver.endpoint()
        key = str(box.new_customer(webhook_url=endpoint.url)["api_key"])
        body = form(recording())

        def run(count: int) -> tuple[float, Counter[str]]:
            came = len(endpoint.received)
            before, began = cpu_seconds(family(box.pid)), time.monotonic()
            asyncio.run(post_many(box.url, key, body, count, CLIENTS))
            received = endpoint.wait_for(came + count, seconds=600)[came:]
            used = cpu_seconds(family(box.pid))
            used.subtract(before)
            events = {one.json["event"] for one in received}
            assert events == {"call.completed"}, events
            return received[-1].at - began, used

        run(50)  # warm
        before = cpu_seconds(family(box.pid))
        time.sleep(IDLE_SECONDS)
        idle = (cpu_seconds(family(box.pid)).total() - before.total()) / IDLE_SECONDS
        print(f"idle: {idle * 1000:.0f} ms CPU a second", flush=True)
        for number in range(1, rounds + 1):
            wall, used = run(calls)
            parts.update(used)
            rates.append(calls / wall)
            costs.append((used.total() - idle * wall) / calls * 1000)
            load = os.getloadavg()[0]
            print(
                f"round {number}: {rates[-1]:5.1f} calls/s, {costs[-1]:5.1f} ms CPU a call over idle, load {load:.1f}",
                flush=True,
            )
        each = ", ".join(f"{part} {used / calls / rounds * 1000:.1f}" for part, used in parts.most_common())
        rate, cost = statistics.median(rates), statistics.median(costs)
        print(f"median {rate:.1f} calls/s, {cost:.1f} ms CPU a call over idle (with it {each})")
