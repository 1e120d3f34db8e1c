"""The worker's way to the api: POST to a recording's signed address claims the attempt and brings the audio."""

from __future__ import annotations

import errno
import hashlib
import logging
import shutil
import threading
import time
from collections import Counter
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
# Each refusal counts as a failed login at the api, so it is asked less often then: one that waits as ten tries. So does
# one that waits for room.
TRIES_OF_A_REFUSAL = 10
# So often given back, for hours then, it is the recording that there will never be room for.
MOST_TIMES_WITHOUT_ROOM = 100
# A call that waits for room is refused far more often: by then another worker has done it.
NO_ROOM_COUNTS_SECONDS = 600.0


class RecordingDamaged(ApplianceError):
    """What the api has on its disk is not what it received, and will not be the next time."""


class NoRoomForEver(ApplianceError):
    """This machine had no room for a recording so often that it is not to be hoped for."""


class NoRoom(Unavailable):
    """This machine has no room for a recording at present."""

    def __init__(self, folder: Path, size: int, why: str | None) -> None:
        """`why`: what the system said where it seemed to have room."""
        super().__init__(f"{folder} has no room for a recording of {size / 1e6:.0f} MB{f': {why}' if why else ''}")
        self._folder, self._size, self.can_be_seen = folder, size, why is None
        self._raised_at = time.monotonic()

    def is_over(self) -> bool:
        """Whether there would be room by now, or nobody has asked for it for long.

        Where the system knows better than its own figure that alone tells.
        """
        if time.monotonic() - self._raised_at >= NO_ROOM_COUNTS_SECONDS:
            return True
        return self.can_be_seen and shutil.disk_usage(self._folder).free >= self._size


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
        self._times_without_room: Counter[str] = Counter()  # by the recording's path
        self._lacked_room: NoRoom | None = None

    @property
    def obstacle(self) -> str:
        """What keeps recordings from being brought here at present, for whoever looks at this worker; or ""."""
        with self._lock:
            if self._lacked_room is not None and self._lacked_room.is_over():
                self._lacked_room = None
            return "" if self._lacked_room is None else str(self._lacked_room)

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

        As soon as it is claimed `on_claimed` is given the token that reports about it must carry, with each try anew.
        Raises Obsolete
        when the attempt is not wanted, Unavailable when the api could not be reached for long, NoRoom where this
        machine had none for as long, NoRoomForEver where it was so too often, RecordingDamaged.
        """
        headers = {WORKER_HEADER: worker, SECRET_HEADER: secret, PROTOCOL_HEADER: str(PROTOCOL)}
        tries, last = 0, Unavailable("the api does not hand out the recording")
        while tries < GIVE_UP_AFTER_TRIES:
            counts = 1
            try:
                self._fetch_once(address, target, headers, on_claimed)
            except NotLetIn as error:
                counts = TRIES_OF_A_REFUSAL
                self._tell_once(error)
            except NoRoom as error:  # there may be, when another call is done
                if not isinstance(last, NoRoom):
                    logger.warning("cannot fetch a recording yet: %s", error)
                counts, last = TRIES_OF_A_REFUSAL, error
            except (urllib3.exceptions.HTTPError, Unavailable, ConfigurationError, OSError) as error:
                logger.warning("cannot fetch a recording yet: %s", error)
            else:
                self._brought()
                return
            tries += counts
            if stopping.wait(counts * TRY_AGAIN_AFTER_SECONDS):
                break
        if isinstance(last, NoRoom) and not stopping.is_set():
            path = urlsplit(address).path
            self._times_without_room[path] += 1
            if self._times_without_room[path] >= MOST_TIMES_WITHOUT_ROOM:
                self._waits_no_more(last)
                raise NoRoomForEver(f"{last}, for the {MOST_TIMES_WITHOUT_ROOM}th time") from last
        raise last

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
                if token := response.headers.get(CLAIM_TOKEN_HEADER):
                    on_claimed(token)  # it is ours, only its recording cannot be had at present
                raise Unavailable(f"the api answers {response.status}")
            if response.status != 200:
                raise Obsolete(f"the api answers {response.status}")
            # An api of an older version sends no token, and asks for none in reports.
            on_claimed(response.headers.get(CLAIM_TOKEN_HEADER, ""))
            self._hear_log_level(response.headers.get(LOG_LEVEL_HEADER))
            digest = hashlib.sha256()
            size = int(response.headers.get("Content-Length", 0))
            if shutil.disk_usage(target.parent).free < size:
                response.close()  # nothing of it is read: the connection is of no use to another
                raise self._lacks_room(target.parent, size)
            try:
                with target.open("wb") as file:
                    for chunk in response.stream(CHUNK_BYTES):
                        digest.update(chunk)
                        file.write(chunk)
            except OSError as error:
                response.close()
                target.unlink(missing_ok=True)  # else it takes the room itself that it waits for
                why = None if error.errno == errno.ENOSPC else error.strerror  # a quota, say
                raise self._lacks_room(target.parent, size, why) from error
            # An api of an older version sends no checksum.
            if response.headers.get(SHA256_HEADER, digest.hexdigest()) != digest.hexdigest():
                raise RecordingDamaged("the recording is damaged on the appliance's disk: it is not what was received")
            logger.debug("a recording of %d bytes was fetched", target.stat().st_size)
        finally:
            response.drain_conn()  # what an answer still has would be in the way of the next
            response.release_conn()

    def _brought(self) -> None:
        with self._lock:
            self._refusal_is_told = False
            if self._lacked_room is not None and not self._lacked_room.can_be_seen:
                self._lacked_room = None

    def _lacks_room(self, folder: Path, size: int, why: str | None = None) -> NoRoom:
        error = NoRoom(folder.parent, size, why)  # the folder itself is this call's
        with self._lock:
            self._lacked_room = error
        return error

    def _waits_no_more(self, error: NoRoom) -> None:
        with self._lock:
            if self._lacked_room is error:  # not another recording's
                self._lacked_room = None

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
