"""The worker's way to the api: POST to a recording's signed address claims the attempt and brings the audio."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import urllib3

from appliance.errors import ApplianceError, ConfigurationError, Obsolete, Unavailable
from appliance.messages.claim_headers import (
    CLAIM_TOKEN_HEADER,
    LOG_LEVEL_HEADER,
    PROTOCOL,
    PROTOCOL_HEADER,
    SECRET_HEADER,
    SHA256_HEADER,
    WORKER_HEADER,
)
from appliance.messages.lease_renewal import LEASES_PATH, LeaseRenewal
from appliance.worker.api_identity import ApiIdentity, PinnedPool
from appliance.worker.joining.box import Box

logger = logging.getLogger(__name__)

TIMEOUT = urllib3.Timeout(connect=5.0, read=30.0)
CHUNK_BYTES = 256 * 1024
# One that did not get through is made good by the next; the api hears it though its answer is late.
RENEWAL_TIMEOUT = urllib3.Timeout(connect=2.0, read=4.0)
KEPT_CONNECTIONS = 8
TRY_AGAIN_AFTER_SECONDS = 1.0
# An api that is being restarted is back long before this; then the call is somebody's again by its lease.
GIVE_UP_AFTER_TRIES = 120
# Each refusal counts as a failed login at the api, so it is asked less often then: one that waits as ten tries.
TRIES_OF_A_REFUSAL = 10


class RecordingDamaged(ApplianceError):
    """What the api has on its disk is not what it received, and will not be the next time."""


class NotLetIn(Unavailable):
    """The api does not let this worker in: its configuration is to be mended, and the call is not to be dropped."""


class RecordingFetcher:
    """Fetches recordings from one api, which is known by its key (api_identity), else verified as usual.

    Several threads may fetch at the same time.
    """

    def __init__(
        self,
        api_url: str,
        hear_log_level: Callable[[str | None], None] = lambda _: None,
        box: Box | None = None,
    ) -> None:
        """`hear_log_level`: what the api says about it with each answer, None where it says nothing.

        `box`: whose api it is, for a worker on another machine that has joined it.
        """
        self._api_url = api_url
        self._box = box
        self._hear_log_level = hear_log_level
        self._is_secure = urlsplit(api_url).scheme == "https"
        self._expected_now: Callable[[], str | None] = lambda: None
        self._expected: str | None = None
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._lock = threading.Lock()
        self._refusal_is_told = False

    def expect(self, identity: Callable[[], str | None]) -> None:
        """Tell what the api is known by. Asked before each fetch: it may be given another key while it runs."""
        self._expected_now = identity

    def fetch(
        self,
        address: str,
        target: Path,
        worker: str,
        secret: str,
        stopping: threading.Event,
        on_claimed: Callable[[str], None],
    ) -> None:
        """Claim the attempt and write its recording to `target`. `secret` is that of this life of the worker.

        As soon as it is claimed `on_claimed` is given the token that reports about it must carry. Raises Obsolete
        when the attempt is not wanted, Unavailable when the api could not be reached for long, RecordingDamaged.
        """
        headers = {WORKER_HEADER: worker, SECRET_HEADER: secret, PROTOCOL_HEADER: str(PROTOCOL)}
        tries = 0
        while tries < GIVE_UP_AFTER_TRIES:
            counts = 1
            try:
                self._fetch_once(address, target, headers, on_claimed)
            except NotLetIn as error:
                counts = TRIES_OF_A_REFUSAL
                self._tell_once(error)
            except (urllib3.exceptions.HTTPError, Unavailable, ConfigurationError, OSError) as error:
                # OSError: a disk without room, say; there is more when another call is done.
                logger.warning("cannot fetch a recording yet: %s", error)
            else:
                self._refusal_is_told = False
                return
            tries += counts
            if stopping.wait(counts * TRY_AGAIN_AFTER_SECONDS):
                break
        raise Unavailable("the api does not hand out the recording")

    def renew(self, renewal: LeaseRenewal) -> None:
        """Tell the api that we hold these calls; raises Unavailable when it does not hear it."""
        body, kind = msgspec.json.encode(renewal), {"Content-Type": "application/json"}
        try:
            headers = kind | self._credentials()
            response = self._connections().request(
                "POST", LEASES_PATH, body=body, headers=headers, timeout=RENEWAL_TIMEOUT, redirect=False
            )
        except (urllib3.exceptions.HTTPError, ConfigurationError, OSError) as error:
            raise Unavailable(f"the api cannot be told what is held: {error}") from error
        if response.status != HTTPStatus.NO_CONTENT:
            raise Unavailable(f"the api does not take what is held: it answers {response.status}")
        self._hear_log_level(response.headers.get(LOG_LEVEL_HEADER))

    def _fetch_once(
        self, address: str, target: Path, headers: dict[str, str], on_claimed: Callable[[str], None]
    ) -> None:
        response = self._connections().request(
            "POST", address, headers=headers | self._credentials(), preload_content=False, redirect=False
        )
        try:
            if response.status in (401, 403):
                raise NotLetIn(self._refused(response.status))
            # 400: an api of another version, which is told apart by nothing else. Its calls are not ours to drop.
            if response.status >= 500 or response.status in (400, 429):
                raise Unavailable(f"the api answers {response.status}")
            if response.status != 200:
                raise Obsolete(f"the api answers {response.status}")
            # An api of an older version sends no token, and asks for none in reports.
            on_claimed(response.headers.get(CLAIM_TOKEN_HEADER, ""))
            self._hear_log_level(response.headers.get(LOG_LEVEL_HEADER))
            digest = hashlib.sha256()
            with target.open("wb") as file:
                for chunk in response.stream(CHUNK_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
            # An api of an older version sends no checksum.
            if response.headers.get(SHA256_HEADER, digest.hexdigest()) != digest.hexdigest():
                raise RecordingDamaged("the recording is damaged on the appliance's disk: it is not what was received")
            logger.debug("a recording of %d bytes was fetched", target.stat().st_size)
        finally:
            response.release_conn()

    def _tell_once(self, error: NotLetIn) -> None:
        """Until a recording has come again."""
        with self._lock:
            told, self._refusal_is_told = self._refusal_is_told, True
        if not told:
            logger.error("no recording is handed out: %s", error)

    def _refused(self, status: int) -> str:
        if self._box is not None:
            mends = "make another token on the box: `vbot token create --role worker`"
        else:
            mends = "VBOT_API_URL must lead to the api from an address of its own machine: `vbot doctor` on the box"
        return f"{self._api_url} does not let this worker in ({status}): {mends}"

    def _connections(self) -> urllib3.HTTPConnectionPool:
        """Connections to the api as it is known now."""
        expected = self._expected_now() if self._is_secure and self._box is None else None
        with self._lock:
            if self._pool is None or expected != self._expected:
                if self._pool is not None:
                    self._pool.close()
                self._pool, self._expected = self._new_pool(expected), expected
            return self._pool

    def _new_pool(self, expected: str | None) -> urllib3.HTTPConnectionPool:
        options: dict[str, Any] = {"timeout": TIMEOUT, "retries": False, "maxsize": KEPT_CONNECTIONS}
        identity = ApiIdentity(expected) if expected is not None else None
        if self._box is not None:
            identity = self._box.identity
        if identity is None:
            return urllib3.connection_from_url(self._api_url, **options)
        at = urlsplit(self._api_url)
        return PinnedPool(str(at.hostname), at.port, identity, **options)

    def _credentials(self) -> dict[str, str]:
        return {} if self._box is None else self._box.credentials()
