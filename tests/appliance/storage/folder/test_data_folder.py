"""The data folder: private, never half written, usable whoever runs a command on it."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.errors import ConfigurationError
from appliance.storage.folder.data_folder import (
    LONGEST_SOCKET_PATH_BYTES,
    DataFolder,
    restore_command,
    valkey_url,
    write_private,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(params=[0o000, 0o077], ids=["careless umask", "our umask"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_every_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.create()
    folders = [folder.root, *(path for path in folder.root.rglob("*") if path.is_dir())]
    assert {path.name for path in folders} == {"data", "secrets", "tls", "recordings", "incoming", "run"}
    assert {oct(mode(path)) for path in folders} == {"0o700"}


def test_creating_again_closes_a_folder_that_was_opened_and_keeps_what_is_in_it(folder: DataFolder) -> None:
    folder.root.chmod(0o755)
    (folder.recordings / "kept").touch()
    folder.create()
    assert mode(folder.root) == 0o700
    assert (folder.recordings / "kept").exists()


def test_a_place_where_no_folder_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"cannot use .*file/data as data folder: Not a directory"):
        DataFolder(tmp_path / "file/data").create()


def test_a_folder_is_set_up_once_its_master_key_is_there(folder: DataFolder) -> None:
    assert not folder.is_initialised
    folder.master_key.touch()
    assert folder.is_initialised


def test_a_folder_whose_restore_was_interrupted_is_not_used(folder: DataFolder) -> None:
    folder.restore_mark.touch()
    with pytest.raises(ConfigurationError, match=r"restore of .* was interrupted"):
        folder.create()
    folder.create(restoring=True)


@pytest.mark.parametrize("name", [b"a.tar", b"of the owner's.tar", b"f\xfcr.tar", "für.tar".encode(), b"a\nb'\\"])
def test_the_command_that_ends_an_interrupted_restore_finds_the_backup(folder: DataFolder, name: bytes) -> None:
    backup = folder.root / os.fsdecode(name)
    folder.restore_mark.write_bytes(restore_command(backup, hold_webhooks=True, credentials_as_then=True))
    told = str(folder.interrupted())
    command = told.split("`")[1]
    said = subprocess.run(
        ["bash", "-c", f"vbot() {{ printf '%s\\0' \"$@\"; }}; {command}"], stdout=subprocess.PIPE, check=True
    )
    words = ["restore", str(backup), "--recovery-key-file", "FILE", "--hold-webhooks", "--credentials-as-then", ""]
    assert said.stdout == os.fsencode("\0".join(words))


# -- sockets -------------------------------------------------------------------------------------------------


def folder_with_socket_path_of(length: int) -> DataFolder:
    root = Path("/x")
    rest = len(os.fsencode(root / "run/valkey.sock"))
    return DataFolder(root.with_name("x" * (length - rest + 1)))


def test_where_no_temporary_folder_can_be_written_the_sockets_are_found_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a full disk: Python tries a temporary folder by writing into it."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/proc"])
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with pytest.raises(FileNotFoundError):
        tempfile.gettempdir()
    short = folder_with_socket_path_of(LONGEST_SOCKET_PATH_BYTES)
    assert short.api_socket == short.root / "run/api.sock"
    long = folder_with_socket_path_of(LONGEST_SOCKET_PATH_BYTES + 1)
    assert long.api_socket.parent.parent == Path("/tmp")


def test_sockets_lie_in_the_folder_as_long_as_the_system_takes_their_path() -> None:
    longest = folder_with_socket_path_of(LONGEST_SOCKET_PATH_BYTES)
    assert longest.valkey_socket == longest.root / "run/valkey.sock"
    assert len(os.fsencode(longest.valkey_socket)) == LONGEST_SOCKET_PATH_BYTES


def test_a_longer_path_falls_back_to_a_short_folder_of_this_data_folders_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    too_long = folder_with_socket_path_of(LONGEST_SOCKET_PATH_BYTES + 1)
    assert too_long.valkey_socket.is_relative_to("/run/user/1000")
    assert too_long.valkey_socket.name == "valkey.sock"
    assert too_long.valkey_socket != DataFolder(too_long.root / "other").valkey_socket
    assert valkey_url(too_long) == f"unix://{too_long.valkey_socket}"


def test_without_a_runtime_folder_the_temporary_one_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert DataFolder(Path("/" + "x" * 200)).api_socket.is_relative_to(tempfile.gettempdir())


def test_a_runtime_folder_that_lies_too_deep_itself_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/" + "x" * 100)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("deep" * 30)))
    folder = DataFolder(tmp_path / ("long" * 30))
    assert folder.valkey_socket.parent.parent == Path("/tmp")
    assert folder.api_socket.parent == folder.valkey_socket.parent


def test_both_sockets_lie_in_one_place_though_only_the_longer_name_does_not_fit() -> None:
    too_long = folder_with_socket_path_of(LONGEST_SOCKET_PATH_BYTES + 1)
    assert too_long.api_socket.parent == too_long.valkey_socket.parent


def test_a_socket_can_be_bound_below_a_very_long_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="rt-") as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        folder = DataFolder(tmp_path / ("long" * 30))
        folder.create()
        assert mode(folder.api_socket.parent) == 0o700
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder.api_socket))


@as_root
def test_a_short_folder_that_somebody_else_made_before_us_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A short one: in a deeper folder it would be /tmp that takes the sockets, where an earlier run may have been.
    with tempfile.TemporaryDirectory(prefix="rt-") as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        folder = DataFolder(tmp_path / ("long" * 30))
        folder.valkey_socket.parent.mkdir()
        os.chown(folder.valkey_socket.parent, 65534, 65534)
        with pytest.raises(ConfigurationError, match="belongs to somebody else"):
            folder.create()


# -- private files -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("umask")
def test_a_private_file_is_its_owners_alone_also_where_it_replaces_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "master.key"
    write_private(path, b"old")

    def power_cut(self: Path, target: Path) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", power_cut)
        with pytest.raises(OSError, match="power cut"):
            write_private(path, b"new")
    assert path.read_bytes() == b"old"
    write_private(path, b"newer")
    assert path.read_bytes() == b"newer"


def test_a_private_file_is_on_disk_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real_fsync, real_rename = os.fsync, Path.rename

    def fsync(descriptor: int) -> None:
        seen.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        real_fsync(descriptor)

    def rename(path: Path, target: Path) -> Path:
        seen.append(f"rename to {target.name}")
        return real_rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    write_private(tmp_path / "key", b"secret")
    assert seen == ["sync key.new", "rename to key", f"sync {tmp_path.name}"]


# -- whose it is ---------------------------------------------------------------------------------------------

BECOME_OWNER = """
import os, sys
from pathlib import Path
from appliance.storage.folder.data_folder import act_as_owner
act_as_owner(Path(sys.argv[1]))
print(os.getuid(), os.geteuid(), os.getgid(), *os.getgroups())
"""


def ids_after_becoming_owner(root: Path) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", BECOME_OWNER, str(root)], capture_output=True, text=True, check=True, timeout=60
    )
    return [int(number) for number in done.stdout.split()]


@as_root
@pytest.mark.parametrize("owner", [65534, 54321], ids=["a user of this machine", "a user without a name"])
def test_root_becomes_the_folders_owner_for_good(folder: DataFolder, owner: int) -> None:
    os.chown(folder.root, owner, owner)
    user, effective_user, group, *groups = ids_after_becoming_owner(folder.root)
    assert (user, effective_user, group) == (owner, owner, owner)
    assert 0 not in groups


@as_root
def test_root_stays_root_on_its_own_folder_and_where_there_is_none(folder: DataFolder) -> None:
    assert ids_after_becoming_owner(folder.root)[:3] == [0, 0, 0]
    assert ids_after_becoming_owner(folder.root / "not yet")[:3] == [0, 0, 0]
