"""The process that answers in the api's place, for as long as it is needed (stand_in.py)."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from appliance.commands.upgrade.owner import as_owner
from appliance.settings import Settings, TlsFiles
from appliance.storage.folder.data_folder import DataFolder

ENDS_SECONDS = 10.0


@contextlib.contextmanager
def standing_in(settings: Settings, folder: DataFolder) -> Iterator[None]:
    """From here on it takes the api's address as soon as that is free. It is the data folder's owner, as the api is."""
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "appliance.commands.upgrade.stand_in", *_address(settings, folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **as_owner(folder),
        )
    except OSError:  # then a sender finds nobody meanwhile, which is no reason to leave a box off
        yield
        return
    with process:
        assert process.stdin is not None  # noqa: S101 - they are pipes
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdout.readline()  # it is loaded; or it cannot, and a sender finds nobody for some seconds
            yield
        finally:
            process.stdin.close()
            try:
                process.wait(ENDS_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(settings: Settings, folder: DataFolder) -> list[str]:
    address = [settings.listen.host, str(settings.listen.port)]
    if settings.tls == "off":
        return address
    own = TlsFiles(folder.certificate, folder.certificate_key)
    files = settings.tls if isinstance(settings.tls, TlsFiles) else own
    return [*address, str(files.certificate), str(files.key)]
