"""The data folder's layout: every path that the appliance keeps, named once."""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import os
import pwd
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import ConfigurationError, PermanentFailure
from appliance.settings.own_file import DAMAGED_FILE, OWN_FILE

# sockaddr_un holds 108 bytes with the closing NUL.
LONGEST_SOCKET_PATH_BYTES = 107
LONGEST_SOCKET_NAME = "valkey.sock"
# See systemd/README.md. A box that keeps its master key so has an empty file in the key's place in the data folder.
MASTER_KEY_CREDENTIAL = "vbot.master-key"
CREDENTIAL_STORES = tuple(Path(root) / "credstore.encrypted" for root in ("/etc", "/run", "/usr/lib"))

# What vBot makes in the folder, as the shell writes names. Somebody may have chosen one in which other things lie: a
# restore moves no more aside than this, and a purge erases no more (packaging/deb/vbot-appliance/postrm).
OWN_NAMES = (
    *("vbot.duckdb*", ".vbot.duckdb*", "unpacking-vbot.duckdb*", "settings.toml*", "first-boot.txt*"),
    *("restore-in-progress*", "repair-in-progress*", "restoring-????????", "repairing", "rehearsal"),
    *(f"before-{what}-[0-9]*T[0-9]*Z*" for what in ("restore", "repair", "upgrade", "back")),
    *("secrets", "tls", "recordings", "incoming", "run", "lost+found", "backups"),
)
# Of these what belongs to the folder, not to a state of it.
_OF_NO_STATE = ("backups", "lost+found", "run", "before-restore-*", "before-repair-*", "restoring-*")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where things lie below `VBOT_DATA_DIR`. The folder is 0700, its files 0600."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "vbot.duckdb"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def master_key(self) -> Path:
        return self.secrets / "master.key"

    @property
    def begun_master_key(self) -> Path:
        """The master key while the folder is being set up: not done before it has its own name."""
        return self.secrets / "master.key.begun"

    @property
    def given_master_key(self) -> Path | None:
        """The master key as the systemd credential of the service that we are, if it was given one."""
        credentials = os.environ.get("CREDENTIALS_DIRECTORY")
        given = Path(credentials) / MASTER_KEY_CREDENTIAL if credentials else None
        return given if given is not None and given.is_file() else None

    @property
    def recovery_key(self) -> Path:
        return self.secrets / "recovery.key"

    @property
    def certificate(self) -> Path:
        return self.root / "tls" / "certificate.pem"

    @property
    def certificate_key(self) -> Path:
        return self.root / "tls" / "key.pem"

    @property
    def shown_certificate(self) -> Path:
        """What the running api shows, whichever file it came from; for workers of the same user."""
        return self.root / "tls" / "shown.pem"

    @property
    def recordings(self) -> Path:
        return self.root / "recordings"

    @property
    def incoming(self) -> Path:
        return self.root / "incoming"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def lost_and_found(self) -> Path:
        """Recordings of which the database knows nothing."""
        return self.root / "lost+found"

    @property
    def restore_mark(self) -> Path:
        return self.root / "restore-in-progress"

    @property
    def repair_mark(self) -> Path:
        return self.root / "repair-in-progress"

    @property
    def first_boot_note(self) -> Path:
        return self.root / "first-boot.txt"

    @property
    def own_settings(self) -> Path:
        """What was changed over the API (`appliance.settings.own_file`)."""
        return self.root / OWN_FILE

    @property
    def own_settings_text(self) -> str | None:
        """For a backup; a file that cannot be read is no reason to have none, nor is one damaged byte."""
        try:
            return self.own_settings.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def keep_own_settings(self, text: str | None) -> None:
        """Those of a backup; one of before there were any has none."""
        if text is not None:
            write_private(self.own_settings, text.encode())

    @property
    def damaged_settings(self) -> Path:
        """What a change over the API found damaged, and kept."""
        return self.root / DAMAGED_FILE

    def keep_damaged_settings(self) -> None:
        """Under a second name, before others are written: so also what cannot be read is kept."""
        aside = self.damaged_settings
        aside.unlink(missing_ok=True)
        try:
            os.link(self.own_settings, aside)
        except OSError:  # a file system without such names
            write_private(aside, self.own_settings.read_bytes())

    @property
    def valkey_socket(self) -> Path:
        return self._sockets / "valkey.sock"

    @property
    def queue_access(self) -> Path:
        """The private Valkey's users and their passwords."""
        return self.root / "run" / "queue"

    @property
    def api_socket(self) -> Path:
        return self._sockets / "api.sock"

    @property
    def is_initialised(self) -> bool:
        return self.master_key.is_file()

    def interrupted(self) -> str | None:
        """What is to be said where a restore or a repair did not come to its end, with the command that ends it."""
        if self.restore_mark.exists():
            command = ""
            with contextlib.suppress(OSError):
                command = self.restore_mark.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
            if not command.startswith("vbot restore "):  # as earlier versions wrote it
                command = "vbot restore FILE --recovery-key-file FILE"
            return f"a restore of {self.root} was interrupted: run `{command}` again"
        return (
            f"a repair of {self.root} was interrupted: run `vbot repair` again" if self.repair_mark.exists() else None
        )

    def of_its_state(self) -> list[Path]:
        """What a restore moves aside: what is our own, but for what belongs to the folder itself, and the mark."""

        def is_one_of(names: Sequence[str], path: Path) -> bool:
            return any(fnmatch.fnmatchcase(path.name, name) for name in names)

        ours = [path for path in self.root.iterdir() if is_one_of(OWN_NAMES, path) and path != self.restore_mark]
        return [path for path in ours if not is_one_of(_OF_NO_STATE, path)]

    def create(self, *, restoring: bool = False) -> None:
        """Make the folders that must be there, private to their owner.

        Raises ConfigurationError when the place cannot be written, PermanentFailure on a folder whose restore or repair
        was interrupted.
        """
        if not restoring and (interrupted := self.interrupted()) is not None:
            raise PermanentFailure(interrupted)
        try:
            folders = (self.root, self.secrets, self.certificate.parent, self.recordings, self.incoming)
            for folder in (*folders, self._sockets):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root.chmod(0o700)
            runtime = self._sockets
            # The fallback lies where anybody may have put something of that name before us.
            if not runtime.is_relative_to(self.root) and runtime.lstat().st_uid != os.geteuid():
                raise ConfigurationError(f"{runtime} belongs to somebody else: set XDG_RUNTIME_DIR")
        except OSError as error:
            raise ConfigurationError(f"cannot use {self.root} as data folder: {error.strerror}") from error

    @property
    def _sockets(self) -> Path:
        """Where sockets lie: in the folder, or where a path would be too long for one in a short folder of its own."""
        return next(place for place in self._places_of_sockets() if _takes_sockets(place))

    def _places_of_sockets(self) -> Iterator[Path]:
        yield self.root / "run"
        # Looked for only where it is needed: Python tries a temporary folder by writing, and finds none on a full disk.
        name = f"vbot-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]}"
        if runtime := os.environ.get("XDG_RUNTIME_DIR"):
            yield Path(runtime) / name
        with contextlib.suppress(FileNotFoundError):
            yield Path(tempfile.gettempdir()) / name
        # A temporary folder may lie as deep as the data folder; the system's own never does.
        yield Path("/tmp") / name  # noqa: S108 (`create` looks whose it is)


def _takes_sockets(folder: Path) -> bool:
    return len(os.fsencode(folder / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES


def restore_command(backup: Path, *, hold_webhooks: bool, credentials_as_then: bool) -> bytes:
    """The line that the restore's mark holds: without the flags it was given, another state would come of it."""
    flags = " --hold-webhooks" * hold_webhooks + " --credentials-as-then" * credentials_as_then
    return f"vbot restore {_for_the_shell(backup.absolute())} --recovery-key-file FILE{flags}\n".encode()


def _for_the_shell(path: Path) -> str:
    """Quoted, on one line: what is no text, or would not be seen, by its numbers."""
    if str(path).isprintable():
        return shlex.quote(str(path))
    letters = ((chr(byte), byte) for byte in os.fsencode(path))
    seen = (one if " " <= one <= "~" and one not in "\\'" else f"\\x{byte:02x}" for one, byte in letters)
    return f"$'{''.join(seen)}'"


def valkey_url(folder: DataFolder) -> str:
    """The address of the private Valkey."""
    return f"unix://{folder.valkey_socket}"


def master_key_is_credential() -> bool:
    """Whether systemd keeps a master key for the service of this machine, as far as we may look."""
    with contextlib.suppress(OSError):
        return any((folder / MASTER_KEY_CREDENTIAL).is_file() for folder in CREDENTIAL_STORES)
    return False


def act_as_owner(root: Path) -> None:
    """As root, become the owner of the data folder: what we write there must stay readable for the service."""
    if os.geteuid() != 0 or not root.exists():
        return
    owner = root.stat()
    if owner.st_uid == 0:
        return
    try:
        name = pwd.getpwuid(owner.st_uid).pw_name
        os.initgroups(name, owner.st_gid)
    except KeyError:
        os.setgroups([])
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)


def become_owner(root: Path) -> None:
    """Act as the owner of the data folder; raises ConfigurationError for whoever is neither its owner nor root."""
    check_owner(root)
    act_as_owner(root)


def check_owner(root: Path) -> None:
    """Raise ConfigurationError for whoever is neither the data folder's owner nor root."""
    try:
        owner = root.stat().st_uid
    except FileNotFoundError:
        return  # nobody's yet
    except OSError as error:
        raise ConfigurationError(f"cannot look into {root}: {error.strerror}: run this with sudo") from error
    if os.geteuid() not in (0, owner):
        raise ConfigurationError(f"{root} belongs to {_user(owner)}: run this with sudo")


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def write_private(path: Path, content: bytes) -> None:
    """Write a 0600 file so that it is there whole or not at all, even after a power cut."""
    write_whole(path, content, mode=0o600)


def write_whole(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file of exactly this mode so that it is there whole or not at all, even after a power cut."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make what was written to this file survive a power cut."""
    sync_folder(path)


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
