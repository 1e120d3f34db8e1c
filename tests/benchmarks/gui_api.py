"""What the desktop program asks an appliance for, answered at once: calls, events, one call of two hours."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Pipe

import msgspec
from aiohttp import web

from tests.benchmarks.long_call import CALL_ID, SECONDS, recording, segments, words

NOW = datetime.now(UTC)
STATES = ("received", "queued", "processing", "completed")
MOMENT = "2026-11-24T12:00:00Z"


def call(number: int, state: str = "completed") -> dict[str, object]:
    """One call, as a list shows it."""
    received = NOW + timedelta(seconds=number)
    return {
        "call_id": f"00000000-0000-4000-8000-{number:012}",
        "customer_id": number % 40 + 1,
        "caller_number": f"+4930{number:07}",
        "called_number": "+4940654321",
        "external_id": None,
        "revision": 1,
        "state": state,
        "received_at": received.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "started_at": None,
        "finished_at": None,
        "duration_seconds": 61.5,
        "error": None,
        "sentiment": "neutral",
        "summary": "The caller asks when the delivery will come; it is promised for Friday.",
    }


def long_call() -> dict[str, object]:
    """The call of two hours, as a page of its own shows it."""
    turns = segments()
    return call(0) | {
        "call_id": CALL_ID,
        "finished_at": MOMENT,
        "duration_seconds": float(SECONDS),
        "speech_seconds": float(SECONDS) * 0.9,
        "language": "en",
        "transcription": " ".join(str(turn["text"]) for turn in turns),
        "segments": turns,
        "summary_sources": [[0, 1, 2]],
    }


def customer(number: int) -> dict[str, object]:
    """One customer, as a page shows it."""
    names = {"name": f"customer-{number}", "company_name": f"Customer {number} Ltd", "email": "office@example.com"}
    moments = {"created_at": MOMENT, "updated_at": MOMENT}
    return {"id": number, "api_key": "****", "is_active": True} | names | moments


class Api:
    """What the program asks for."""

    def __init__(self, calls: int, events_per_second: int) -> None:
        self._calls = calls
        self._per_second = events_per_second
        self._next = calls
        self._sorted: list[int] = []

    def serve(self, pipe: Pipe) -> None:
        asyncio.run(self._serve(pipe))

    async def _serve(self, pipe: Pipe) -> None:
        application = web.Application()
        application.router.add_get("/health", self._health)
        application.router.add_get("/api/customers", lambda _: _json({"customers": []}))
        application.router.add_get("/api/backups/{name}", lambda _: _json({"message": "Resource not found"}, 404))
        application.router.add_get("/api/system", lambda _: _json({"version": "1"}))
        application.router.add_get("/api/customers/{id}", lambda asked: _json(customer(int(asked.match_info["id"]))))
        application.router.add_get("/api/stats", self._stats)
        application.router.add_get("/api/deliveries", lambda _: _json({"deliveries": [], "next_cursor": None}))
        application.router.add_get(f"/api/calls/{CALL_ID}", lambda _: _json(long_call()))
        application.router.add_get(f"/api/calls/{CALL_ID}/words", lambda _: _json(words()))
        application.router.add_get(f"/api/calls/{CALL_ID}/recording", self._recording)
        application.router.add_get("/api/calls", self._page)
        application.router.add_get("/api/events", self._events)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        long_call(), words(), recording()  # made now, so that no event waits for them
        pipe.send(runner.addresses[0][1])
        while True:
            await asyncio.sleep(3600)

    async def _health(self, _request: web.Request) -> web.Response:
        return await _json({"status": "healthy", "version": "1", "timestamp": MOMENT})

    async def _stats(self, _request: web.Request) -> web.Response:
        return await _json({"since": MOMENT, "until": MOMENT, "bucket": "hour", "rows": [], "totals": {}})

    async def _recording(self, _request: web.Request) -> web.Response:
        return web.Response(body=recording(), content_type="audio/wav")

    async def _page(self, request: web.Request) -> web.Response:
        if "sort" in request.query:
            return await self._sorted_page(request)
        start = int(request.query.get("cursor", self._next))
        numbers = range(start - 1, max(start - 1 - int(request.query["limit"]), -1), -1)
        after = numbers[-1] if numbers else 0
        return await _json({"calls": [call(one) for one in numbers], "next_cursor": str(after) if after else None})

    async def _sorted_page(self, request: web.Request) -> web.Response:
        """Sorted once for all pages of an order; of a call, numbers and moments rise with its own number."""
        start, limit = int(request.query.get("cursor", 0)), int(request.query["limit"])
        if start == 0:
            by_customer = request.query["sort"] == "company_name"
            self._sorted = sorted(
                range(self._next),
                key=lambda number: (str(number % 40 + 1) if by_customer else "", number),
                reverse=request.query["order"] == "desc",
            )
        rows = [call(number) for number in self._sorted[start : start + limit]]
        end = start + len(rows)
        return await _json({"calls": rows, "next_cursor": str(end) if end < len(self._sorted) else None})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        await reply.write(b"id: b-0\n\n")
        sent, began = 0, time.monotonic()
        while True:
            due = int((time.monotonic() - began) * self._per_second)
            frames = b"".join(self._frame(number) for number in range(sent, due))
            if frames:
                await reply.write(frames)
            sent = due
            await asyncio.sleep(0.02)

    def _frame(self, number: int) -> bytes:
        """Each new call goes through its states, so that a quarter of the events are new rows."""
        state = STATES[number % len(STATES)]
        if state == STATES[0]:
            self._next += 1
        body = msgspec.json.encode(call(self._next - 1, state))
        return b"id: b-%d\nevent: call\ndata: %b\n\n" % (number + 1, body)


async def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")
