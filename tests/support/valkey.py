"""A real Valkey on a Unix socket, as `vbot up` runs it, to be killed and wiped."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from appliance.storage.folder.data_folder import DataFolder, valkey_url
from appliance.supervisor import private_valkey
from tests.support.processes import wait_until

PATIENCE_SECONDS = 60.0


def patient(client: redis.Redis) -> redis.Redis:
    """A client of the product's that waits for a busy machine longer than the product may."""
    for limit in ("socket_timeout", "socket_connect_timeout"):
        client.connection_pool.connection_kwargs[limit] = PATIENCE_SECONDS
    return client


class Valkey:
    """The server of one data folder; it may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = DataFolder(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = valkey_url(self._folder)

    def start(self) -> Self:
        """Start an empty one and wait until it answers."""
        child = private_valkey(self._folder)
        child.before_start()
        self._process = subprocess.Popen(
            child.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert wait_until(self._answers, 60), "Valkey does not start"
        return self

    def kill(self) -> None:
        """kill -9: everything that was in it is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(60)

    def wipe(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
