"""The workers, as the appliance's state shows them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance import __version__
from appliance.api.shapes.replies.basics import EXAMPLE_CALL_ID, EXAMPLE_MOMENT
from appliance.domain.clock import contract_timestamp
from appliance.domain.system import Worker, WorkerState


class CurrentCallReply(msgspec.Struct, frozen=True, kw_only=True):
    """The call that a worker has in hand."""

    call_id: Annotated[str, Meta(description="The call.", examples=[EXAMPLE_CALL_ID])]
    revision: Annotated[int, Meta(description="The revision that is analysed.", examples=[1])]
    attempt: Annotated[int, Meta(description="Which attempt at the call it is.", examples=[1])]
    progress: Annotated[float, Meta(description="The share done, from 0 to 1.", examples=[0.4])]


class WorkerReply(msgspec.Struct, frozen=True, kw_only=True):
    """A worker, as its last heartbeat told."""

    name: Annotated[str, Meta(description="Its machine and device.", examples=["vbot-box/cuda:0"])]
    host: Annotated[str, Meta(description="The machine that it runs on, as it calls itself.", examples=["vbot-box"])]
    joined_by: Annotated[
        str | None,
        Meta(description="The name of the token by which it joined; null: it is on this machine.", examples=[None]),
    ]
    address: Annotated[str | None, Meta(description="From where it joined, or null.", examples=[None])]
    since: Annotated[
        str | None,
        Meta(description="Since when this life of it, or of the api, is known, UTC.", examples=[EXAMPLE_MOMENT]),
    ]
    device: Annotated[str, Meta(description="What it computes on.", examples=["cuda:0"])]
    model: Annotated[str, Meta(description="Its speech recognition's model pack.", examples=["whisper-base"])]
    code_packs: Annotated[
        list[str],
        Meta(description="Those of its model packs that run as code, with the worker's rights.", examples=[[]]),
    ]
    state: Annotated[
        WorkerState,
        Meta(
            description="`loading` (its model), `ready`, `outdated` (of a version whose reports could not be taken: it "
            "gets no calls), or `gone`: nothing was heard of it for 10 seconds.",
            examples=[WorkerState.READY],
        ),
    ]
    current_call: Annotated[CurrentCallReply | None, Meta(description="The first of what it has in hand, or null.")]
    calls_in_hand: Annotated[list[CurrentCallReply], Meta(description="All that it has in hand.")]
    measured_speed: Annotated[
        float | None,
        Meta(
            description="Seconds of audio analysed in a second of work, over its last 20 calls; null before the first.",
            examples=[24.7],
        ),
    ]
    last_heartbeat_at: Annotated[str, Meta(description="When it was last heard of, UTC.", examples=[EXAMPLE_MOMENT])]
    calls_done: Annotated[int, Meta(description="Calls that it has dealt with since it started.", examples=[812])]
    version: Annotated[str, Meta(description="Its version of vBot.", examples=[__version__])]
    deaths_while_loading: Annotated[
        int, Meta(description="How often in a row it died before it was ready; 0 once it is.", examples=[0])
    ]
    last_error: Annotated[
        str | None,
        Meta(
            description=(
                "Why it died the last time, while loading or of a failed device, or what keeps it from taking a "
                "recording at present; null when it is none of these."
            ),
            examples=[None],
        ),
    ]


def worker_reply(worker: Worker) -> WorkerReply:
    """A worker, as it is shown."""
    in_hand = [msgspec.convert(one, CurrentCallReply, from_attributes=True) for one in worker.calls_in_hand]
    return WorkerReply(
        name=worker.name,
        host=worker.name.rpartition("/")[0],
        joined_by=worker.joined_by,
        address=worker.address,
        since=None if worker.since is None else contract_timestamp(worker.since),
        device=worker.device,
        model=worker.model,
        code_packs=list(worker.code_packs),
        state=worker.state,
        current_call=next(iter(in_hand), None),
        calls_in_hand=in_hand,
        measured_speed=worker.measured_speed,
        last_heartbeat_at=contract_timestamp(worker.last_heartbeat_at),
        calls_done=worker.calls_done,
        version=worker.version,
        deaths_while_loading=worker.deaths_while_loading,
        last_error=worker.last_error,
    )
