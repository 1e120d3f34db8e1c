"""The appliances that the black-box tests share.

Two stand for the whole session: `appliance`, complete but for the recognizer (see fake_up.py), in whose place tests of
what is heard put one of their own, and `api_alone`, which accepts calls that no worker will ever take. Tests keep apart
by making their own customers.
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
from tests.support.fake_appliance import with_fake_engine
from tests.support.receiver import WebhookReceiver

TRIES = 3
IN_TIME_SECONDS = 55.0  # less than the minute of the limit


@pytest.fixture(scope="session")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAppliance]:
    """A whole appliance (`vbot up`, with a fake engine), plain HTTP, quick webhook retries."""
    with with_fake_engine(tmp_path_factory.mktemp("up")) as running:
        yield running


@dataclass
class MovingWindow:
    """One early request, 99 some time later, one too many; two more when only the early one has left the window.

    It takes a minute of waiting, so it begins with the first use of `api_alone`; its test looks when it is done. Where
    a busy machine lets the window move on before it is full, it is done once more with another key.
    """

    early: list[int] = field(default_factory=list)
    burst: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    after_a_minute: list[int] = field(default_factory=list)
    failure: BaseException | None = None
    unwanted: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def begin(self, api: RunningAppliance) -> None:
        keys = [str(api.new_customer()["api_key"]) for _ in range(TRIES)]
        arguments = (f"{api.url}/api/calls", keys, str(api.http.verify))
        self.thread = threading.Thread(target=self._run, args=arguments, daemon=True)
        self.thread.start()

    def end(self, seconds: float) -> None:
        """Wait for the end of the experiment, at most so long."""
        assert self.thread is not None
        self.thread.join(timeout=seconds)
        assert not self.thread.is_alive()

    def _run(self, url: str, keys: list[str], certificate: str) -> None:
        with requests.Session() as http:
            http.trust_env = False
            http.verify = certificate
            try:
                for key in keys:
                    http.headers["X-API-Key"] = key
                    if self._is_in_time(http, url) or self.unwanted.is_set():
                        return
                self.failure = TimeoutError("this machine is too busy for the window to be filled")
            except BaseException as error:  # noqa: BLE001 - shown by the test that looks
                self.failure = error

    def _is_in_time(self, http: requests.Session, url: str) -> bool:
        """Do it; returns whether what was to be in the window still was when it was looked at."""

        def get(count: int) -> list[int]:
            return [http.get(url, timeout=60).status_code for _ in range(count)]

        began = time.monotonic()
        self.early = get(1)
        early_was_counted = time.monotonic()  # or before
        self.unwanted.wait(25)
        burst_began = time.monotonic()
        self.burst = get(99)
        self.over = get(1)
        if time.monotonic() - began > IN_TIME_SECONDS:
            return False
        self.unwanted.wait(max(0.0, early_was_counted + 62 - time.monotonic()))
        self.after_a_minute = get(2)
        return time.monotonic() - burst_began < IN_TIME_SECONDS


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
        window.end(240)


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
