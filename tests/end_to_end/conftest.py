"""The appliances that the black-box tests share.

Two stand for the whole session: `appliance`, complete, and `api_alone`, which accepts calls that no worker will ever
take. Tests keep apart by making their own customers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from tests.support.appliance import RunningAppliance, vbot
from tests.support.customer import Customer
from tests.support.receiver import WebhookReceiver


@pytest.fixture(scope="session")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAppliance]:
    """A whole appliance (`vbot up`), plain HTTP, quick webhook retries."""
    with RunningAppliance(tmp_path_factory.mktemp("up")) as running:
        yield running


@dataclass
class MovingWindow:
    """One early request, 99 five seconds later, one too many; two more when only the early one has left the window.

    It takes a minute of waiting, so it begins with the first use of `api_alone`; its test looks when it is done.
    """

    early: list[int] = field(default_factory=list)
    burst: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    after_a_minute: list[int] = field(default_factory=list)
    failure: BaseException | None = None
    unwanted: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def begin(self, api: RunningAppliance) -> None:
        key = str(api.new_customer()["api_key"])
        arguments = (f"{api.url}/api/calls", key, str(api.http.verify))
        self.thread = threading.Thread(target=self._run, args=arguments, daemon=True)
        self.thread.start()

    def end(self, seconds: float) -> None:
        """Wait for the end of the experiment, at most so long."""
        assert self.thread is not None
        self.thread.join(timeout=seconds)
        assert not self.thread.is_alive()

    def _run(self, url: str, key: str, certificate: str) -> None:
        with requests.Session() as http:
            http.trust_env = False
            http.verify = certificate
            http.headers["X-API-Key"] = key

            def get(count: int) -> list[int]:
                return [http.get(url, timeout=30).status_code for _ in range(count)]

            try:
                began = time.monotonic()
                self.early = get(1)
                self.unwanted.wait(25)
                self.burst = get(99)
                self.over = get(1)
                self.unwanted.wait(max(0.0, began + 62 - time.monotonic()))
                self.after_a_minute = get(2)
            except BaseException as error:  # noqa: BLE001 - shown by the test that looks
                self.failure = error


@pytest.fixture(scope="session")
def _api_alone_and_window(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[RunningAppliance, MovingWindow]]:
    running = RunningAppliance(
        tmp_path_factory.mktemp("api"),
        {"VBOT_TLS": "auto", "VBOT_WEBHOOK_ALLOW": None},
        command="api",
    )
    made = vbot("init", data_dir=running.data_dir, settings=running.settings)
    assert made.returncode == 0, made.stderr
    window = MovingWindow()
    with running:
        window.begin(running)
        yield running, window
        window.unwanted.set()
        window.end(60)


@pytest.fixture(scope="session")
def api_alone(_api_alone_and_window: tuple[RunningAppliance, MovingWindow]) -> RunningAppliance:
    """Only `vbot api`, after `vbot init`: TLS as at first boot, no queue, no worker, the default webhook targets."""
    return _api_alone_and_window[0]


@pytest.fixture(scope="session")
def moving_window(_api_alone_and_window: tuple[RunningAppliance, MovingWindow]) -> MovingWindow:
    """The experiment, under way."""
    return _api_alone_and_window[1]


@pytest.fixture
def customer(appliance: RunningAppliance, receiver: WebhookReceiver) -> Customer:
    """A new customer whose endpoint says 200 to all."""
    endpoint = receiver.endpoint()
    return Customer(appliance.new_customer(webhook_url=endpoint.url), endpoint)


@pytest.fixture
def viewer_token(appliance: RunningAppliance) -> str:
    """A token that may look and not touch."""
    made = vbot("token", "create", "--role", "viewer", data_dir=appliance.data_dir, settings=appliance.settings)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()
