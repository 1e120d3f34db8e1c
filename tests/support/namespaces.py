"""Machines that are none: network namespaces with a host name of their own, each on a cable to this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from types import TracebackType
from typing import Self

# Set aside for tests of networks (RFC 2544): nobody routes them.
_NETWORK = "198.18"
_COMMANDS = ("ip", "unshare", "hostname")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def why_none() -> str | None:
    """Why this kernel, or whoever runs the tests, makes none; None: it does."""
    missing = [name for name in _COMMANDS if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} is not installed: `apt-get install iproute2 util-linux hostname`"
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"vbot-t{os.getpid()}-look"
    steps = (
        ("ip", "netns", "add", name),
        ("ip", "link", "add", f"vbl{os.getpid()}", "type", "veth", "peer", "name", "eth0", "netns", name),
        ("ip", "netns", "exec", name, "unshare", "--uts", "true"),
    )
    try:
        failed = next((done for done in (_run(*step) for step in steps) if done.returncode), None)
        return None if failed is None else f"the kernel forbids network namespaces here: {failed.stderr.strip()}"
    finally:
        _run("ip", "netns", "del", name)


class Machine:
    """Another machine's network and name. `number`: from 1 to 60; no two at a time have the same."""

    def __init__(self, number: int, host_name: str) -> None:
        self.host_name = host_name
        self._namespace = f"vbot-t{os.getpid()}-{number}"
        self._cable = f"vb{os.getpid()}-{number}"
        self.box_address, self.address = f"{_NETWORK}.{number}.1", f"{_NETWORK}.{number}.2"

    def __enter__(self) -> Self:
        steps = (
            ("ip", "netns", "add", self._namespace),
            ("ip", "link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", self._namespace),
            ("ip", "addr", "add", f"{self.box_address}/24", "dev", self._cable),
            ("ip", "link", "set", self._cable, "up"),
            ("ip", "-n", self._namespace, "addr", "add", f"{self.address}/24", "dev", "eth0"),
            ("ip", "-n", self._namespace, "link", "set", "eth0", "up"),
            ("ip", "-n", self._namespace, "link", "set", "lo", "up"),
        )
        for step in steps:
            done = _run(*step)
            if done.returncode:
                self.__exit__(None, None, None)
                raise AssertionError(f"{' '.join(step)}: {done.stderr}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _run("ip", "netns", "del", self._namespace)  # its end of the cable goes with it, and so the cable
        _run("ip", "link", "del", self._cable)

    def command(self, command: Sequence[str]) -> list[str]:
        """The same, run there."""
        named = ["unshare", "--uts", "sh", "-c", f'hostname {self.host_name}; exec "$@"', "sh"]
        return ["ip", "netns", "exec", self._namespace, *named, *command]

    def pull_cable(self) -> None:
        """Nothing gets through any more, and neither side is told."""
        assert _run("ip", "link", "set", self._cable, "down").returncode == 0

    def plug_in(self) -> None:
        """It gets through again."""
        assert _run("ip", "link", "set", self._cable, "up").returncode == 0
