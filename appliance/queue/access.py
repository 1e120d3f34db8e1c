"""Who may do what in the queue: a Valkey user for each role, with the keys and commands that it needs.

The api may all that Dramatiq does with both queues. A worker takes calls out, and puts reports in that it can neither
read nor take back; it can put no call in, and runs no script that the api has not loaded. Neither may look at or change
the server. `joined` is a worker on another machine: the same rights, under a password of its own.

Whoever may read a role's password file has its rights. decisions/queue-users.md says what that is worth where.
"""

from __future__ import annotations

import argparse
import grp
import hashlib
import os
import secrets
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import redis

from appliance.messages.queue_names import (
    CALLS_NAMESPACE,
    EPOCH_KEY,
    GPU_QUEUE,
    RESULTS_NAMESPACE,
    RESULTS_QUEUE,
    WORKERS_KEY,
)

USERS_FILE = "users.acl"
_PASSWORD_BYTES = 32


class Role(StrEnum):
    """Who connects."""

    API = "api"
    WORKER = "worker"
    JOINED = "joined"

    @property
    def user(self) -> str:
        return f"vbot-{self.value}"


_CALLS = f"{CALLS_NAMESPACE}:{GPU_QUEUE}"
_RESULTS = f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}"
# What a client does before anything else. A script is run by its hash, and is itself allowed no more than its user.
_CONNECTION = "-@all +ping +hello +client|setinfo +client|setname +evalsha"
_API = (
    f"{_CONNECTION} +select +multi +exec +script|load "
    "+get +set +del +keys +llen +lpos +lrem +lpop +lpush +rpush +blmove "
    "+hget +hset +hdel +hlen +hkeys +hstrlen +hmget +hgetall +hexists +sadd +srem +smembers +smismember +zadd +zrem "
    "+zrangebyscore "
    f"~{CALLS_NAMESPACE} ~{RESULTS_NAMESPACE} ~{CALLS_NAMESPACE}:* ~{RESULTS_NAMESPACE}:*"
)
_WORKER = (
    f"{_CONNECTION} +multi +exec ~{CALLS_NAMESPACE} "
    # Take a call, or put it back; what messages say it can read and remove, not write.
    f"(+lpop +rpush +lindex +blmove ~{_CALLS}) "
    f"(+hget +hmget +hexists +hdel ~{_CALLS}.msgs) "
    f"(+sadd +srem +smembers +smismember ~{CALLS_NAMESPACE}:__acks__.*) "
    f"(+zadd %W~{_CALLS}.XQ) (+hset %W~{_CALLS}.XQ.msgs) "
    # Where Dramatiq's consumers show that they live. Of the reports' it makes the api look after those that are dead.
    f"(+zadd %W~{CALLS_NAMESPACE}:__heartbeats__) "
    # Report, without a look at what others reported.
    f"(+hset %W~{_RESULTS}.msgs) (+rpush %W~{_RESULTS}) "
    f"(+hget +hset +hdel ~{WORKERS_KEY})"
)
RIGHTS = {Role.API: _API, Role.WORKER: _WORKER, Role.JOINED: _WORKER}
assert EPOCH_KEY.startswith(f"{CALLS_NAMESPACE}:")  # noqa: S101 - the api's patterns hold it
# A worker that chooses has all other databases for itself: what it puts there is counted nowhere and never emptied.
_OF_ANOTHER_DATABASE = (
    "These workers use database 0. Where redis_url names another, write `+select resetdbs db=NUMBER` behind the rights "
    "of vbot-worker (Valkey 9.1 or newer; an older server knows only `+select`, which opens them all)"
)


def users(passwords: dict[Role, str], *, owner_needs_none: bool) -> str:
    """The server's file of users: of the passwords, only what they hash to.

    `owner_needs_none`: whoever opens the socket may do everything, because nobody but the data folder's owner can.
    """
    lines = [f"user default {'on nopass ~* &* +@all' if owner_needs_none else 'off'}"]
    for role, password in passwords.items():
        digest = hashlib.sha256(password.encode()).hexdigest()
        lines.append(f"user {role.user} on #{digest} {RIGHTS[role]}")
    return "\n".join(lines) + "\n"


def password_file(folder: Path, role: Role) -> Path:
    return folder / f"{role.value}.password"


def write_access(folder: Path, *, owner_needs_none: bool) -> Path:
    """Make what is missing of a folder's passwords, each 0600, and write the file of users, which it returns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords = {}
    for role in Role:
        path = password_file(folder, role)
        if not path.is_file() or not path.read_text(encoding="ascii").strip():
            _write(path, secrets.token_hex(_PASSWORD_BYTES))
        passwords[role] = path.read_text(encoding="ascii").strip()
    return _write(folder / USERS_FILE, users(passwords, owner_needs_none=owner_needs_none))


def _write(path: Path, text: str) -> Path:
    if path.is_file() and path.read_text(encoding="ascii", errors="replace") == text:
        return path  # so a full disk is in nobody's way
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
    new.replace(path)
    return path


class Credentials(redis.CredentialProvider):
    """A role's name and password, read at each connection: they may be made anew while its process runs."""

    def __init__(self, folder: Path, role: Role) -> None:
        self._file = password_file(folder, role)
        self._role = role

    def get_credentials(self) -> tuple[str, str]:
        try:
            return self._role.user, self._file.read_text(encoding="ascii").strip()
        except OSError as error:
            raise redis.ConnectionError(f"cannot read {self._file}: {error.strerror}") from error


# Under systemd: which group may read what, beside root.
_READERS = {
    password_file(Path(), Role.API).name: "vbot",
    password_file(Path(), Role.WORKER).name: "vbot-worker",
    # The api logs in for those that come by it (tunnel.py).
    password_file(Path(), Role.JOINED).name: "vbot",
    USERS_FILE: "vbot-queue",
}


def share_access(folder: Path, readers: Mapping[str, str]) -> None:
    """The same for services of several users: each group reads its file."""
    write_access(folder, owner_needs_none=False)
    folder.chmod(0o755)
    for name, group in readers.items():
        os.chown(folder / name, os.geteuid(), grp.getgrnam(group).gr_gid)
        (folder / name).chmod(0o640)


def main() -> None:
    """What root does before the queue's unit starts: `python -m appliance.queue.access FOLDER`."""
    parser = argparse.ArgumentParser(prog="python -m appliance.queue.access", description="Make the queue's passwords.")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--show", action="store_true", help="print the users' rights, for a queue of your own")
    given = parser.parse_args()
    if given.show:
        print("\n".join(f"user {role.user} on >PASSWORD {RIGHTS[role]}" for role in Role))
        print(_OF_ANOTHER_DATABASE, file=sys.stderr)
    elif given.folder is None:
        parser.error("FOLDER is missing")
    else:
        share_access(given.folder, _READERS)


if __name__ == "__main__":
    main()
