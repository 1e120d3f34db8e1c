"""The certificate that the api shows, and the files in which it tells its workers of it."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from pathlib import Path

from appliance.domain.system import Certificate
from appliance.errors import ConfigurationError
from appliance.services.access.certificate import NO_CERTIFICATE, described, first_certificate, server_context
from appliance.storage.folder.data_folder import write_whole

logger = logging.getLogger(__name__)


class ShownCertificate:
    """What the api identifies itself with. It is read again while connections are open: those keep what they have."""

    def __init__(self, certificate: Path, key: Path, published: Mapping[Path, int]) -> None:
        """`published` are the files, with their modes, from which workers learn what is shown.

        Raises ConfigurationError naming the file at fault.
        """
        self._certificate = certificate
        self._key = key
        self._published = published
        self.context, self.certificate = self._read()

    def read_again(self) -> None:
        """Take what the files hold now. Raises ConfigurationError; then everything stays as it was."""
        self.context, self.certificate = self._read()

    def _read(self) -> tuple[ssl.SSLContext, Certificate]:
        try:
            before = self._written()
            context = server_context(self._certificate, self._key)
            pem = first_certificate(self._certificate)
            seen = described(pem)
            if self._written() != before:
                raise ConfigurationError(f"{self._certificate} or {self._key} was changed while they were read")
            for path, mode in self._published.items():
                write_whole(path, pem.encode() + b"\n", mode=mode)
        except NO_CERTIFICATE as error:
            raise ConfigurationError(f"{self._certificate} holds no certificate: {error}") from error
        except OSError as error:
            raise ConfigurationError(f"cannot use {error.filename}: {error.strerror}") from error
        logger.info("the certificate that is shown has the SHA-256 %s", seen.fingerprint_sha256)
        return context, seen

    def _written(self) -> list[tuple[int, int]]:
        files = [path.stat() for path in (self._certificate, self._key) if path.exists()]
        return [(file.st_ino, file.st_mtime_ns) for file in files]
