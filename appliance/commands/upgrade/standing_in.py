"""The process that answers in the api's place, for as long as it is needed (stand_in.py)."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from appliance.commands.upgrade.owner import as_owner
from appliance.settings import Settings, TlsFiles
from appliance.storage.folder.data_folder import DataFolder

ENDS_SECONDS = 10.0
# Below it a port takes a capability, which the unit's drop-in gives to the api (systemd/README.md); of util-linux.
FIRST_FREE_PORT = 1024
SETPRIV, PORT = "/usr/bin/setpriv", "-all,+net_bind_service"


@contextlib.contextmanager
def standing_in(settings: Settings, folder: DataFolder) -> Iterator[None]:
    """From here on it takes the api's address as soon as that is free. It is the data folder's owner, as the api is."""
    program = [sys.executable, "-P", "-m", "appliance.commands.upgrade.stand_in", *_address(settings, folder)]
    owner = as_owner(folder)
    if owner and settings.listen.port < FIRST_FREE_PORT:
        program, owner = [*_who_may_take_the_port(owner), *program], {}
    try:
        process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **owner)
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


def _who_may_take_the_port(owner: Mapping[str, Any]) -> list[str]:
    """The owner with this one capability. (A socket of root's would keep the owner's api from listening beside it.)"""
    groups = ",".join(map(str, owner["extra_groups"]))
    ids = [f"--reuid={owner['user']}", f"--regid={owner['group']}", f"--groups={groups}"]
    return [SETPRIV, *ids, f"--inh-caps={PORT}", f"--ambient-caps={PORT}", f"--bounding-set={PORT}"]


def _address(settings: Settings, folder: DataFolder) -> list[str]:
    address = [settings.listen.host, str(settings.listen.port)]
    if settings.tls == "off":
        return address
    own = TlsFiles(folder.certificate, folder.certificate_key)
    files = settings.tls if isinstance(settings.tls, TlsFiles) else own
    return [*address, str(files.certificate), str(files.key)]
