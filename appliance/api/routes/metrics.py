"""GET /metrics, for Prometheus."""

from __future__ import annotations

import asyncio
import ipaddress
from functools import partial

from appliance.api.http.handler import Handler
from appliance.api.http.headers import is_handed_on
from appliance.api.http.operation import Caller, Content, Group, Operation, operation


class MetricsPage(Handler):
    """Open to programs on this machine; from elsewhere to operators."""

    async def admit(self) -> None:
        if not self._comes_from_this_machine():
            await self.admit_operator(changes=False)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Figures for Prometheus.",
            caller=Caller.LOCAL_OR_OPERATOR,
            answers=Content("text/plain", "Counters, gauges and histograms in the text format of Prometheus."),
            notes="What a proxy on the appliance hands on counts as coming from elsewhere.",
        )
    )
    async def get(self) -> None:
        health, accept = self.services.health, self.request.headers.get("Accept", "")
        readings, system = await asyncio.gather(health.take_readings(), health.describe_system())
        show = partial(health.metrics.exposition, readings, system, accept)
        shown = await asyncio.get_running_loop().run_in_executor(None, show)
        self.set_header("Content-Type", shown.content_type)
        self.finish(shown.text)

    def _comes_from_this_machine(self) -> bool:
        if is_handed_on(self.request.headers):
            return False
        try:
            address = ipaddress.ip_address(self.request.remote_ip or "")
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback
