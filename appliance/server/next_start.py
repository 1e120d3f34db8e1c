"""Whether the api could begin once more: its settings, or its certificate, may have become another since its start."""

from __future__ import annotations

import os
from pathlib import Path

from appliance.errors import ConfigurationError
from appliance.services.access.certificate import look_at_own, read_certificate, server_context
from appliance.settings import TlsFiles, load
from appliance.storage.folder.data_folder import DataFolder


def check_next_start(config_file: Path | None) -> None:
    """Raise ConfigurationError with what it would end with, and be started no more."""
    try:
        settings = load(config_file, os.environ)
        folder = DataFolder(settings.data_dir)
        if isinstance(settings.tls, TlsFiles):
            server_context(settings.tls.certificate, settings.tls.key)
            read_certificate(settings.tls.certificate)
        elif settings.tls == "auto" and folder.is_initialised:  # else they are made with the folder
            look_at_own(folder.certificate, folder.certificate_key)
    except OSError as error:
        raise ConfigurationError(f"cannot use {error.filename}: {error.strerror}") from error
