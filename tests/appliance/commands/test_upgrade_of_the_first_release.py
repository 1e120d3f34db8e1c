"""What the first release's doctor says, which knows less of a box than today's."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from pathlib import Path

import pytest

from appliance.commands.upgrade.first_release import listen_alone, listen_beside
from appliance.commands.upgrade.rehearsal import Refused, Rehearsal
from appliance.commands.upgrade.standing_in import standing_in
from appliance.services.upgrade.installation import Installation
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from tests.support.appliance import free_port
from tests.support.processes import wait_until
from tests.support.versions import make_first_release

OLD_DOCTOR = "#!/bin/sh\necho 'ok    Python: 3.11.9'\necho 'WRONG queue: nobody answers'\nexit 1\n"


LISTENS = """
import sys
from tornado.netutil import bind_sockets, bind_unix_socket
bind_unix_socket(sys.argv[2])
bind_sockets(int(sys.argv[1]), "127.0.0.1")
print("it listens")
"""


@pytest.mark.slow
def test_it_listens_beside_who_stands_in_for_it_on_the_way_back_and_alone_after_that(tmp_path: Path) -> None:
    """As it was released it is refused the address, so that a sender found nobody until it had started."""
    home = make_first_release(tmp_path / "versions")
    port = free_port()
    settings = load(None, {"VBOT_LISTEN": f"127.0.0.1:{port}", "VBOT_TLS": "off", "VBOT_DATA_DIR": str(tmp_path)})

    def listens(name: str) -> str:
        line = [str(home / "bin/python"), "-P", "-c", LISTENS, str(port), str(tmp_path / name)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
        return (done.stdout or done.stderr).strip().splitlines()[-1]

    with standing_in(settings, DataFolder(tmp_path)):
        assert wait_until(lambda: answers(port), 60)
        assert listens("before").endswith("Address already in use")
        listen_beside(home)
        assert listens("beside") == "it listens"
        listen_alone(Installation(home.parent))
        assert listens("after").endswith("Address already in use")


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 60):
        return True
    return False


def compare(tmp_path: Path, *wrong: str) -> None:
    """The doctors, where the new one finds these wrong."""
    found = ", ".join(f'{{"name": "{name}", "state": "failed", "reason": "why"}}' for name in wrong)
    report = f'{{"version": "1.1.0", "at": "now", "healthy": false, "findings": [{found}]}}'
    programs = {"old": OLD_DOCTOR, "new": f"#!/bin/sh\necho '{report}'\nexit 1\n"}
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    Rehearsal(DataFolder(tmp_path), None, tmp_path / "old", tmp_path / "new", old_is_first=True).compare_doctors()


def test_what_only_todays_doctor_looks_at_of_the_box_refuses_no_new_version(tmp_path: Path) -> None:
    compare(tmp_path, "queue", "note", "recordings", "backups", "backup disk", "disk speed")


@pytest.mark.parametrize("name", ["engine", "disk", "model packs"])
def test_what_the_new_program_lacks_does(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=f"its own doctor finds {name} wrong"):
        compare(tmp_path, name)
