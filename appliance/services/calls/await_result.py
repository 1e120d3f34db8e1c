"""Wait for what becomes of a call: for clients that know no webhooks and hold their connection open meanwhile."""

from __future__ import annotations

import asyncio

from appliance.domain.call import Call, CallState
from appliance.domain.live_event import CallChanged, CallErased, LiveEvent, MuchChanged
from appliance.errors import ResultNotReady, Unavailable
from appliance.services.calls.history import CallView, History


class AwaitResult:
    """Who waits costs a future; nothing is asked of the database but when the call is final, gone or superseded.

    All on the loop.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._closed = False

    def finished(self, call: Call) -> None:
        """A call became final."""
        self._wake(call.call_id)

    def heard(self, event: LiveEvent | MuchChanged) -> None:
        """Of a call that was erased, or has a newer revision, nothing more comes for whoever waited before."""
        match event:
            case CallErased():
                self._wake(event.call.call_id)
            case CallChanged() if event.call.revision > 1 and event.call.state is CallState.RECEIVED:
                self._wake(event.call.call_id)

    def close(self) -> None:
        """The api stops: nobody waits any longer."""
        self._closed = True
        for call_id in list(self._waiting):
            self._wake(call_id)

    def _wake(self, call_id: str) -> None:
        for news in self._waiting.pop(call_id, ()):
            if not news.done():
                news.set_result(None)

    async def __call__(self, call_id: str, customer_id: int, seconds: float, revision: int | None = None) -> CallView:
        """The call with its result, once it is final; of this revision, unless any will do.

        Raises ResultNotReady where that takes longer or a newer revision has taken its place, NotFound where it
        was erased meanwhile, Unavailable where the api stops.
        """
        try:
            async with asyncio.timeout(seconds):
                while not self._closed:
                    # Before the look: what happens between the two is not missed.
                    news = asyncio.get_running_loop().create_future()
                    self._waiting.setdefault(call_id, set()).add(news)
                    try:
                        view = await self._history.call(call_id, frozenset({customer_id}))
                        if revision not in (None, view.call.revision):
                            raise ResultNotReady(f"a newer revision of call {call_id} has taken its place")
                        if view.call.state.final:
                            return view
                        await news
                    finally:
                        self._forget(call_id, news)
        except TimeoutError:
            raise ResultNotReady(f"call {call_id} is not final after {seconds:g} s") from None
        raise Unavailable("the api stops")

    def _forget(self, call_id: str, news: asyncio.Future[None]) -> None:
        others = self._waiting.get(call_id)
        if others is not None:
            others.discard(news)
            if not others:
                del self._waiting[call_id]
