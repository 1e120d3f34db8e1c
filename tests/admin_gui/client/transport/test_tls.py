"""Sockets of the client are closed, whenever the other side hangs up."""

from __future__ import annotations

import contextlib
import gc
import socket
import struct
import threading
import time
import warnings
from collections.abc import Callable, Iterator

import pytest

from admin_gui.client.appliance import Appliance
from admin_gui.client.transport.certificate import fetch_fingerprint
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import CertificateChanged, ClientError
from admin_gui.client.transport.tls import PinningContext
from tests.admin_gui.conftest import PATIENCE_SECONDS, TlsAppliance

# Each does TLS with a server of its own.
pytestmark = pytest.mark.slow

RESET = struct.pack("ii", 1, 0)  # linger for no time: what is closed is reset
# A TLS socket is made within some milliseconds of the connection: some of these fall between the two.
PAUSES_SECONDS = (0.0002, 0.0005, 0.001, 0.002, 0.003)


@pytest.fixture
def resetting() -> Iterator[int]:
    """The port of somebody who takes each connection and cuts it a moment later, as a process that is killed does."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        number = 0
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:
                return
            with taken:
                time.sleep(PAUSES_SECONDS[number % len(PAUSES_SECONDS)])
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            number += 1

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=10)


def left_open(work: Callable[[], object]) -> list[str]:
    """The sockets that were left to the garbage collector."""
    gc.collect()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        work()
        gc.collect()
    return [str(one.message) for one in told if "socket" in str(one.message)]


def test_a_connection_that_is_reset_before_tls_begins_leaves_no_socket_open(resetting: int) -> None:
    def ask() -> None:
        appliance = Appliance(Connection(f"https://127.0.0.1:{resetting}", "token", "ab" * 32))
        for _ in range(4 * len(PAUSES_SECONDS)):
            with contextlib.suppress(ClientError):
                appliance.customers.create({})
        appliance.close()

    assert left_open(ask) == []


def test_asking_for_a_fingerprint_leaves_no_socket_open(resetting: int) -> None:
    def ask() -> None:
        for _ in range(4 * len(PAUSES_SECONDS)):
            with contextlib.suppress(ClientError):
                fetch_fingerprint("127.0.0.1", resetting)

    assert left_open(ask) == []


def test_a_socket_that_was_reset_is_closed_with_the_attempt_to_wrap_it(resetting: int) -> None:
    def wrap() -> None:
        plain = socket.create_connection(("127.0.0.1", resetting))
        time.sleep(0.05)  # by now it is reset
        with pytest.raises(OSError):  # noqa: PT011 - which one is the system's to say
            PinningContext().wrap_socket(plain)
        plain.close()

    assert left_open(wrap) == []


def test_another_certificate_leaves_no_socket_open(appliance: TlsAppliance) -> None:
    def ask() -> None:
        client = Appliance(Connection(appliance.url, appliance.admin_token, "ab" * 32, PATIENCE_SECONDS))
        for _ in range(3):
            with pytest.raises(CertificateChanged):
                client.customers.everyone()
        client.close()

    assert left_open(ask) == []


def test_a_client_that_is_closed_while_others_use_it_leaves_no_socket_open(appliance: TlsAppliance) -> None:
    def ask() -> None:
        client = Appliance(appliance.connection())

        def use() -> None:
            with contextlib.suppress(ClientError):
                while True:
                    client.customers.page(None, 1)

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        client.close()
        for thread in threads:
            thread.join(timeout=2 * PATIENCE_SECONDS)
        assert not any(thread.is_alive() for thread in threads)

    for _ in range(2):
        assert left_open(ask) == []
