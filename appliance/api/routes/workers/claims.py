"""What workers ask of the api itself: an attempt with its recording, and that it stays theirs."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from appliance.api.http.files import Download, send_file
from appliance.api.http.handler import Handler
from appliance.errors import DamagedFile, InvalidRequest, Problem, Unavailable
from appliance.messages.bounds import MAX_NAME
from appliance.messages.claim_headers import (
    CLAIM_TOKEN_HEADER,
    LOG_LEVEL_HEADER,
    PROTOCOL,
    PROTOCOL_HEADER,
    SECRET_HEADER,
    SHA256_HEADER,
    WORKER_HEADER,
    boot_of,
)
from appliance.messages.lease_renewal import LeaseRenewal
from appliance.services.calls.claim_call import Claim, RecordingUnavailable


def worker_name_of(headers: Mapping[str, str], header: str) -> str:
    """What a worker calls itself is stored and shown. Raises KeyError, ValueError."""
    name = headers[header]
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise ValueError(header)
    return name


class RecordingClaims(Handler):
    """POST /internal/recordings/{id}: a worker claims an attempt and is sent its recording; the signature lets it in.

    410 means: this attempt is not wanted (any more), drop the message. 503: not now, or not by this worker; with a
    token, it is this worker's all the same, which may give it back.
    """

    _token: str | None = None

    async def admit(self) -> None:
        """The signature is checked with the claim."""
        await self.admit_worker()

    def set_default_headers(self) -> None:
        super().set_default_headers()
        if self._token is not None:  # also where an error takes the place of the recording
            self.set_header(CLAIM_TOKEN_HEADER, self._token)

    async def post(self, call_id: str) -> None:
        await self.admit_worker()  # its token may have been revoked while the body was on its way
        try:
            protocol = int(self.request.headers.get(PROTOCOL_HEADER, "1"))
            claim = Claim(
                call_id=call_id,
                revision=int(self.get_query_argument("revision")),
                attempt=int(self.get_query_argument("attempt")),
                expires=int(self.get_query_argument("expires")),
                signature=self.get_query_argument("signature"),
                worker=worker_name_of(self.request.headers, WORKER_HEADER),
                # One of an older version has none, and is refused for that.
                boot=boot_of(worker_name_of(self.request.headers, SECRET_HEADER)) if protocol >= PROTOCOL else "",
                protocol=protocol,
            )
        except (ValueError, KeyError):
            raise InvalidRequest(Problem("query", "is not an address that we signed")) from None
        try:
            recording = await self.services.calls.claim_call(claim)
        except RecordingUnavailable as error:
            self._token = error.token
            raise Unavailable(str(error)) from error
        self._token = recording.token
        self.set_header(SHA256_HEADER, recording.sha256)
        self.set_header(CLAIM_TOKEN_HEADER, recording.token)
        self.set_header(LOG_LEVEL_HEADER, self.services.health.log_level.told())
        opened = partial(self.services.calls.recordings.open, recording.path, recording.bytes)
        try:
            broken_by = await send_file(self, Download(recording.path, size=recording.bytes, opened=opened))
        except DamagedFile as error:
            await self.services.calls.claim_call.unreadable(claim, str(error.__cause__ or error))
            raise
        # What the machine refuses for a moment is no damage: the attempt is still its worker's, which asks again.
        if broken_by is not None and broken_by.errno == errno.EIO:
            await self.services.calls.claim_call.unreadable(claim, broken_by.strerror or str(broken_by))


class LeaseRenewals(Handler):
    """POST /internal/leases: a worker says that it still holds calls; their tokens let it in."""

    async def admit(self) -> None:
        """The tokens of the claims are in the body."""
        await self.admit_worker()

    async def post(self) -> None:
        await self.admit_worker()  # its token may have been revoked while the body was on its way
        # A stranger's megabyte of empty lists is not walked through before it is refused.
        self.services.calls.renew_leases(self.own_json_body(LeaseRenewal))
        self.clear_header("Content-Type")
        self.set_header(LOG_LEVEL_HEADER, self.services.health.log_level.told())
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()
