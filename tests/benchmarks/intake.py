"""How fast recordings are accepted: our api against a bare Tornado handler that writes and fsyncs the same bytes.

    python -m tests.benchmarks.intake [--rounds 7] [--requests 400] [--clients 16] [--kilobytes 160]

Both servers run at once; rounds alternate between them, so that a noisy machine is noisy for both. The load comes from
one more process. Then 64 uploads of 20 MB run at once and the api's memory is watched.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

import aiohttp
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from tests.support.appliance import RunningAppliance, free_port
from tests.support.processes import cpu_seconds, family
from tests.support.recordings import silence

BOUNDARY = "benchmark-boundary"
MANY = "1000000"


def form(recording: bytes) -> bytes:
    """A whole multipart body, made once: the load generator is not to be measured."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (("caller_number", "+4930123456"), ("called_number", "+4940654321"))
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="call.wav"\r\n'
    return (
        b"".join(parts)
        + head.encode()
        + b"Content-Type: audio/wav\r\n\r\n"
        + recording
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )


def serve_bare(port: int, folder: str) -> None:
    """The peer: parse the form, write the file, fsync it, answer."""

    class Handler(RequestHandler):
        def post(self) -> None:
            with (Path(folder) / uuid4().hex).open("wb") as file:
                file.write(self.request.files["file"][0].body)
                file.flush()
                os.fsync(file.fileno())
            self.finish({"status": "success"})

    async def run() -> None:
        HTTPServer(Application([("/api/process-call", Handler)])).listen(port, "127.0.0.1")
        await asyncio.Event().wait()

    asyncio.run(run())


async def post_many(url: str, key: str, body: bytes, requests: int, clients: int) -> list[float]:
    """Post `requests` recordings from `clients` connections; returns each one's seconds."""
    headers = {"X-API-Key": key, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    left = iter(range(requests))
    taken: list[float] = []

    async def client(session: aiohttp.ClientSession) -> None:
        for _ in left:
            began = time.perf_counter()
            async with session.post(f"{url}/api/process-call", data=body, headers=headers) as response:
                text = await response.text()
                assert response.status == 200, text
            taken.append(time.perf_counter() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=clients)) as session:
        await asyncio.gather(*(client(session) for _ in range(clients)))
    return taken


def measure(url: str, pid: int, key: str, body: bytes, arguments: argparse.Namespace) -> tuple[float, float, float]:
    """Requests a second, the 99th percentile in ms, and the server's ms of processor time a request of one round."""
    began, cpu = time.perf_counter(), cpu_seconds(family(pid)).total()
    taken = asyncio.run(post_many(url, key, body, arguments.requests, arguments.clients))
    rate = len(taken) / (time.perf_counter() - began)
    used = (cpu_seconds(family(pid)).total() - cpu) / len(taken)
    return rate, sorted(taken)[int(len(taken) * 0.99) - 1] * 1000, used * 1000


def resident_mb(pid: int) -> float:
    """The resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def peak_of_uploads(api: RunningAppliance, key: str) -> tuple[float, float]:
    """The api's memory before, and at its highest while 64 uploads of 20 MB run at once, in MB."""
    idle = peak = resident_mb(api.pid)
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.02):
            peak = max(peak, resident_mb(api.pid))

    thread = threading.Thread(target=watch)
    thread.start()
    body = form(silence(20 * 1024 * 1024 / 16000))
    try:
        asyncio.run(post_many(api.url, key, body, 64, 64))
    finally:
        done.set()
        thread.join()
    return idle, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--kilobytes", type=int, default=160)
    arguments = parser.parse_args()
    body = form(silence(arguments.kilobytes * 1024 / 16000))
    with tempfile.TemporaryDirectory(prefix="vbot-intake-") as temporary:
        folder = Path(temporary)
        (folder / "bare").mkdir()
        port = free_port()
        bare = multiprocessing.get_context("spawn").Process(target=serve_bare, args=(port, str(folder / "bare")))
        bare.start()
        settings = {"VBOT_RATE_LIMIT_PER_MINUTE": MANY, "VBOT_MAX_CONCURRENT_CALLS": MANY}
        try:
            with RunningAppliance(folder / "api", settings, command="api") as api:
                key = str(api.new_customer()["api_key"])
                peer = f"http://127.0.0.1:{port}"
                assert bare.pid is not None
                measure(api.url, api.pid, key, body, arguments)
                measure(peer, bare.pid, key, body, arguments)
                ours, theirs = [], []
                for number in range(arguments.rounds):
                    ours.append(measure(api.url, api.pid, key, body, arguments))
                    theirs.append(measure(peer, bare.pid, key, body, arguments))
                    ratio = ours[-1][0] / theirs[-1][0]
                    print(
                        f"round {number + 1}: "
                        f"ours {ours[-1][0]:6.0f}/s p99 {ours[-1][1]:5.0f} ms CPU {ours[-1][2]:.1f} ms · "
                        f"bare {theirs[-1][0]:6.0f}/s p99 {theirs[-1][1]:5.0f} ms CPU {theirs[-1][2]:.1f} ms · "
                        f"ratio {ratio:.2f}"
                    )
                ratios = [mine[0] / other[0] for mine, other in zip(ours, theirs, strict=True)]
                tails = [mine[1] / other[1] for mine, other in zip(ours, theirs, strict=True)]
                cpu, other_cpu = (statistics.median(one[2] for one in rounds) for rounds in (ours, theirs))
                print(
                    f"median ratio of rates {statistics.median(ratios):.2f}, of p99 {statistics.median(tails):.2f}, "
                    f"CPU a request {cpu:.1f} ms, bare {other_cpu:.1f} ms"
                )
                idle, peak = peak_of_uploads(api, key)
                over = peak - idle
                print(f"64 uploads of 20 MB: idle {idle:.0f} MB, peak {peak:.0f} MB, over idle {over:.0f} MB")
        finally:
            bare.terminate()
            bare.join()


if __name__ == "__main__":
    main()
