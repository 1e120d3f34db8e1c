"""Importing what was carried on a stick: any Whisper or SpeechBrain folder or tar, and nothing that it must not be."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

from engine.models import ModelPackError, PackInstaller, PackStore, open_language_pack, open_pack, open_voice_pack
from engine.models.conversion.weights import read_safetensors
from engine.models.manifest import Format
from tests.engine.models.fakes import (
    CT2_CONFIG,
    RecordedProgress,
    ctranslate2_model,
    hugging_face_whisper,
    laid_down,
    safetensors,
    tokenizer,
    whisper_variables,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return hugging_face_whisper(tmp_path / "stick" / "whisper-office", auto_map={"AutoModel": "evil.Model"})


def make_tar(path: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_half_precision_becomes_fp32_value_by_value(folder: Path, models_dir: Path) -> None:
    PackInstaller(models_dir).import_pack(folder)
    pack = open_pack("whisper-office", models_dir)
    tensors = {tensor.name: tensor for tensor in read_safetensors(pack / "model.safetensors")}
    assert {name: (tensor.kind, tensor.shape) for name, tensor in tensors.items()} == {
        "a.weight": ("F32", (2, 2)),
        "b.weight": ("F32", (2,)),
        "c.count": ("I64", (1,)),
    }
    assert tensors["a.weight"].load().view("<f4").tolist() == [1.5, -2.0, 0.25, 65504.0]
    assert tensors["b.weight"].load().view("<f4").tolist() == [1.0, -2.0]
    assert tensors["c.count"].load().view("<i8").tolist() == [7]


def test_the_configuration_says_fp32_and_names_no_code(folder: Path, models_dir: Path) -> None:
    PackInstaller(models_dir).import_pack(folder)
    config = json.loads((models_dir / "whisper-office" / "config.json").read_text())
    assert config == {"model_type": "whisper", "num_mel_bins": 80, "dtype": "float32"}


def test_weights_in_several_files_are_all_converted(folder: Path, models_dir: Path) -> None:
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    shutil.copy(folder / "model.safetensors", folder / names[0])
    (folder / "model.safetensors").rename(folder / names[1])
    index = {"weight_map": {"a.weight": names[0], "b.weight": names[1]}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    PackInstaller(models_dir).import_pack(folder)
    pack = open_pack("whisper-office", models_dir)
    kinds = {tensor.kind for name in names for tensor in read_safetensors(pack / name)}
    assert kinds == {"F32", "I64"}
    (folder / names[0]).unlink()
    with pytest.raises(ModelPackError, match=f"lacks {names[0]}"):
        PackInstaller(models_dir).import_pack(folder)


def test_only_what_a_whisper_needs_is_taken_and_the_rest_is_said(folder: Path, models_dir: Path) -> None:
    for name in ("pytorch_model.bin", "modeling.py", "flax_model.msgpack"):
        (folder / name).write_bytes(b"x")
    progress = RecordedProgress()
    manifest = PackInstaller(models_dir, progress).import_pack(folder)
    assert "not taken along: flax_model.msgpack, modeling.py, pytorch_model.bin" in progress.lines
    assert {file.path for file in manifest.files} == {
        *("config.json", "generation_config.json", "model.safetensors"),
        *("preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"),
    }
    assert manifest.trusted_code is False
    assert manifest.provenance == (f"imported from {folder}",)


def test_pickled_weights_are_refused_by_name(folder: Path, models_dir: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelPackError, match=r"has no weights as model\.safetensors \(pytorch_model\.bin can run code"):
        PackInstaller(models_dir).import_pack(folder)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"model_type": "bert"}, "holds a bert model: only Whisper, SpeechBrain, sentence-transformers"),
        ({}, "holds a nameless model"),
        ([], "not a JSON object"),
    ],
)
def test_a_folder_of_the_wrong_kind_is_refused(config: object, reason: str, folder: Path, models_dir: Path) -> None:
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelPackError, match=reason):
        PackInstaller(models_dir).import_pack(folder)


def test_a_folder_without_a_model_is_refused(tmp_path: Path, models_dir: Path) -> None:
    with pytest.raises(ModelPackError, match="is no model that we know"):
        PackInstaller(models_dir).import_pack(tmp_path)
    assert not models_dir.exists() or PackStore(models_dir).installed() == []


def test_weights_that_are_cut_short_are_refused_and_the_old_pack_stays(imported: Path, models_dir: Path) -> None:
    source = models_dir.parent / "source" / "whisper-fake"
    content = (source / "model.safetensors").read_bytes()
    (source / "model.safetensors").write_bytes(content[:-3])
    with pytest.raises(ModelPackError, match=r"model\.safetensors is not a safetensors file, or was cut short"):
        PackInstaller(models_dir).import_pack(source)
    assert open_pack("whisper-fake", models_dir) == imported


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_is_imported_compressed_or_not(mode: str, folder: Path, models_dir: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "any-name.tar", mode) as archive:
        archive.add(folder, arcname="whisper-office")
    assert PackInstaller(models_dir).import_pack(tmp_path / "any-name.tar").name == "whisper-office"
    open_pack("whisper-office", models_dir)


def test_a_tar_without_a_folder_inside_takes_its_own_name(folder: Path, models_dir: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "office.v2.tar.gz", "w:gz") as archive:
        archive.add(folder, arcname=".")
    assert PackInstaller(models_dir).import_pack(tmp_path / "office.v2.tar.gz").name == "office.v2"


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (tarfile.TarInfo("../escaped"), r"leads out of it: '\.\./escaped'"),
        (tarfile.TarInfo("pack/../../escaped"), "leads out of it"),
        (tarfile.TarInfo("/escaped"), "leads out of it"),
        (link("pack/tokenizer.json", "/etc/shadow", tarfile.SYMTYPE), "link or device, 'pack/tokenizer.json'"),
        (link("pack/tokenizer.json", "pack/other", tarfile.LNKTYPE), "link or device"),
        (link("pack/tokenizer.json", "", tarfile.FIFOTYPE), "link or device"),
    ],
    ids=["parent", "parent inside", "absolute", "symlink", "hard link", "fifo"],
)
def test_a_hostile_tar_is_refused(member: tarfile.TarInfo, reason: str, tmp_path: Path, models_dir: Path) -> None:
    config = (tarfile.TarInfo("pack/config.json"), b'{"model_type": "whisper"}')
    archive = make_tar(tmp_path / "hostile.tar", config, (member, b"x" if member.isreg() else b""))
    with pytest.raises(ModelPackError, match=reason):
        PackInstaller(models_dir).import_pack(archive)
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_that_was_cut_short_is_said_to_be(mode: str, folder: Path, models_dir: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, 100_000, "u1").tobytes()
    (folder / "model.safetensors").write_bytes(safetensors({"a": ("U8", np.frombuffer(noise, "u1"))}))
    with tarfile.open(tmp_path / "cut.tar", mode) as archive:
        archive.add(folder, arcname="whisper-office")
    content = (tmp_path / "cut.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelPackError, match=r"cut\.tar is damaged or was cut short: .+") as raised:
        PackInstaller(models_dir).import_pack(tmp_path / "cut.tar")
    assert "\n" not in str(raised.value)
    assert PackStore(models_dir).installed() == []


def test_what_is_neither_folder_nor_tar_is_refused_in_one_line(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(ModelPackError, match=r"notes\.txt is neither a folder nor a tar archive$"):
        PackInstaller(models_dir).import_pack(tmp_path / "notes.txt")
    with pytest.raises(ModelPackError, match="nothing does not exist"):
        PackInstaller(models_dir).import_pack(tmp_path / "nothing")


def test_a_link_that_leads_out_of_the_folder_is_refused(folder: Path, models_dir: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(tokenizer())
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.json").symlink_to(secret)
    with pytest.raises(ModelPackError, match=r"tokenizer\.json is a symbolic link that leads out of the folder"):
        PackInstaller(models_dir).import_pack(folder)


def test_a_link_inside_the_folder_is_followed(folder: Path, models_dir: Path) -> None:
    (folder / "tokenizer.json").rename(folder / "real.txt")
    (folder / "tokenizer.json").symlink_to("real.txt")
    PackInstaller(models_dir).import_pack(folder)
    assert not (models_dir / "whisper-office" / "tokenizer.json").is_symlink()


def speechbrain(folder: Path, hyperparams: str = "modules: {}") -> Path:
    folder.mkdir(parents=True)
    (folder / "hyperparams.yaml").write_text(hyperparams)
    (folder / "asr.ckpt").write_bytes(b"weights")
    return folder


def test_a_pack_that_runs_as_code_is_refused_until_somebody_says_that_it_may(tmp_path: Path, models_dir: Path) -> None:
    folder, progress, asked = speechbrain(tmp_path / "asr-office"), RecordedProgress(), []
    installer = PackInstaller(models_dir, progress)
    with pytest.raises(ModelPackError, match=r"asr-office runs as code, .*: if you trust .* --trust-code asr-office$"):
        installer.import_pack(folder)
    assert not (models_dir / "asr-office").exists()
    manifest = installer.import_pack(folder, trust_code=lambda *what: asked.append(what))
    assert asked == [("asr-office", str(folder))]
    assert "warning: asr-office runs as code, with the worker's rights, whenever a worker loads it" in progress.lines
    assert (manifest.format, manifest.task, manifest.trusted_code) == ("speechbrain", "asr", True)
    assert {file.path for file in manifest.files} == {"asr.ckpt", "hyperparams.yaml"}
    assert open_pack("asr-office", models_dir) == models_dir / "asr-office"
    assert PackStore(models_dir).running_as_code() == {"asr-office"}


def test_a_hub_s_pack_that_runs_as_code_is_refused_as_well(models_dir: Path) -> None:
    def fetch(repository: str, target: Path, revision: str | None = None, files: object = None) -> str:
        speechbrain(target)
        return "abc123"

    with pytest.raises(ModelPackError, match="runs as code"):
        PackInstaller(models_dir, fetch=fetch).install_from_hub("somebody/asr")
    assert PackStore(models_dir).installed() == []


@pytest.mark.parametrize("manifest", [{}, {"name": "ge2e-voices", "format": "ge2e", "trusted_code": True}])
def test_code_never_takes_a_name_of_the_catalogue_whatever_it_says_and_whoever_trusts_it(
    tmp_path: Path, models_dir: Path, manifest: dict[str, object]
) -> None:
    ran = tmp_path / "ran"
    folder = speechbrain(tmp_path / "ge2e-voices", f"embedding_model: !apply:os.system [touch {ran}]\n")
    if manifest:
        whole = {"task": "voice", "licence": "", "provenance": [], "installed_at": "", **manifest}
        (folder / "pack.json").write_text(json.dumps({**whole, "files": [{"path": "x", "size": 1, "sha256": ""}]}))
    with tarfile.open(tmp_path / "voices.tar", "w") as archive:
        archive.add(folder, arcname="ge2e-voices")
    with pytest.raises(
        ModelPackError, match="ge2e-voices is the name of a pack of the catalogue, which does not: refused"
    ):
        PackInstaller(models_dir).import_pack(tmp_path / "voices.tar", trust_code=lambda *_: None)
    assert open_voice_pack(None, models_dir) is None
    assert not ran.exists()


@pytest.mark.parametrize(
    ("name", "trusted", "says"),
    [
        (
            "ge2e-voices",
            True,
            "runs as code, which the catalogue's pack does not: run `vbot models install ge2e-voices",
        ),
        ("ours", False, "runs as code, and nobody said that it may: run `vbot models import PATH --trust-code ours`"),
    ],
)
@pytest.mark.parametrize("form", ["speechbrain", "ge2e"])
def test_code_that_was_laid_beside_the_packs_is_not_opened(
    models_dir: Path, name: str, trusted: bool, says: str, form: Format
) -> None:
    files = {"hyperparams.yaml": b"embedding_model: !apply:os.system [id]"}
    laid_down(models_dir, name, files, task="voice", format=form, trusted_code=trusted)
    assert open_voice_pack(None, models_dir) is None
    with pytest.raises(ModelPackError, match=says):
        open_voice_pack(name, models_dir)


def test_a_name_of_the_catalogue_is_for_the_catalogues_files_alone(models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stick" / "ge2e-voices"
    folder.mkdir(parents=True)
    (folder / "pretrained.pt").write_bytes(b"other weights")
    with pytest.raises(
        ModelPackError, match=r"pack of the catalogue, and LICENSE is not as in that one: call .* \(--name\)"
    ):
        PackInstaller(models_dir).import_pack(folder)
    assert PackStore(models_dir).installed() == []
    assert PackInstaller(models_dir).import_pack(folder, name="our-voices").task == "voice"


def test_a_ctranslate2_whisper_is_converted(tmp_path: Path, models_dir: Path) -> None:
    folder = tmp_path / "faster-whisper"
    folder.mkdir()
    (folder / "model.bin").write_bytes(ctranslate2_model(whisper_variables()))
    (folder / "config.json").write_text(json.dumps(CT2_CONFIG))
    (folder / "tokenizer.json").write_bytes(tokenizer())
    manifest = PackInstaller(models_dir).import_pack(folder)
    assert manifest.format == "whisper"
    assert "model.bin" not in {file.path for file in manifest.files}


def test_a_pack_from_another_box_keeps_its_licence_and_origin(imported: Path, tmp_path: Path) -> None:
    manifest = json.loads((imported / "pack.json").read_text())
    (imported / "pack.json").write_text(json.dumps(manifest | {"licence": "MIT", "provenance": ["a press"]}))
    other = PackInstaller(tmp_path / "other-box").import_pack(imported)
    assert (other.name, other.licence) == ("whisper-fake", "MIT")
    assert other.provenance == ("a press", f"imported from {imported}")


def test_a_pack_that_was_damaged_on_its_way_names_the_file(imported: Path, tmp_path: Path) -> None:
    content = bytearray((imported / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (imported / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelPackError, match=r"model\.safetensors is damaged: .*; copy it again"):
        PackInstaller(tmp_path / "other-box").import_pack(imported)


def test_an_import_replaces_the_pack_of_its_name(imported: Path, models_dir: Path, tmp_path: Path) -> None:
    newer = hugging_face_whisper(tmp_path / "newer", d_model=77)
    PackInstaller(models_dir).import_pack(newer, name="whisper-fake")
    assert json.loads((open_pack("whisper-fake", models_dir) / "config.json").read_text())["d_model"] == 77


def test_a_catalogue_name_cannot_be_given_to_a_pack_for_something_else(folder: Path, models_dir: Path) -> None:
    with pytest.raises(
        ModelPackError, match="all-MiniLM-L6-v2 is the name of a pack for embedding, this one is for asr"
    ):
        PackInstaller(models_dir).import_pack(folder, name="all-MiniLM-L6-v2")


def test_a_model_from_a_hub_is_installed_under_its_own_name(models_dir: Path) -> None:
    def fetch(repository: str, target: Path, revision: str | None = None, files: object = None) -> str:
        hugging_face_whisper(target)
        return "abc123"

    manifest = PackInstaller(models_dir, fetch=fetch).install_from_hub("openai/whisper-small")
    assert manifest.name == "whisper-small"
    assert manifest.provenance == ("hub openai/whisper-small, revision abc123",)
    assert open_pack("whisper-small", models_dir) == models_dir / "whisper-small"
    assert not list(models_dir.glob(".staging-*"))


def test_a_hub_that_cannot_be_reached_is_said_in_one_line(models_dir: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom engine.models import ModelPackError, PackInstaller\n"
        "try: PackInstaller(Path(sys.argv[1])).install_from_hub('openai/whisper-small')\n"
        "except ModelPackError as error: print(error)"
    )
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9"}
    command = [sys.executable, "-c", script, str(models_dir)]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.startswith("cannot fetch openai/whisper-small from the hub: ")
    assert "run `vbot models import PATH`" in said
    assert said.count("\n") == 1


def test_a_speaker_model_is_told_from_a_speech_recognizer_without_running_it(models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ecapa"
    folder.mkdir()
    (folder / "hyperparams.yaml").write_text("a: !apply:os.system [touch ran]\nembedding_model: !new:os.abort\n")
    (folder / "embedding_model.ckpt").write_bytes(b"weights")
    assert PackInstaller(models_dir).import_pack(folder, trust_code=lambda *_: None).task == "voice"
    assert PackStore(models_dir).open("ecapa").is_dir()


def test_an_imported_voice_pack_goes_before_the_catalogues_and_code_only_where_it_is_named(
    models_dir: Path, tmp_path: Path
) -> None:
    assert open_voice_pack(None, models_dir) is None
    laid_down(models_dir, "ge2e-voices", {"pretrained.pt": b"weights"}, task="voice", format="ge2e")
    speaker = speechbrain(tmp_path / "stick" / "a-voice-of-ours", "embedding_model: !new:torch.nn.Identity\n")
    PackInstaller(models_dir).import_pack(speaker, trust_code=lambda *_: None)
    assert open_voice_pack(None, models_dir) == models_dir / "ge2e-voices"
    assert open_voice_pack("a-voice-of-ours", models_dir) == models_dir / "a-voice-of-ours"
    assert open_voice_pack("off", models_dir) is None
    weights = tmp_path / "stick" / "weights-of-ours"
    weights.mkdir()
    (weights / "pretrained.pt").write_bytes(b"weights")
    (weights / "evil.py").write_text("raise SystemExit")
    PackInstaller(models_dir).import_pack(weights)
    assert open_voice_pack(None, models_dir) == models_dir / "weights-of-ours"
    assert not (models_dir / "weights-of-ours" / "evil.py").exists()
    (models_dir / "weights-of-ours" / "pretrained.pt").write_bytes(b"changed")
    with pytest.raises(ModelPackError, match=r"pretrained\.pt is damaged"):
        open_voice_pack(None, models_dir)


def test_the_language_model_is_the_catalogues_where_it_is_installed_unless_somebody_says(
    models_dir: Path, tmp_path: Path
) -> None:
    assert open_language_pack(None, models_dir) is None
    assert open_language_pack("off", models_dir) is None
    with pytest.raises(ModelPackError, match="qwen is not installed"):
        open_language_pack("qwen", models_dir)
    folder = tmp_path / "stick" / "llama"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"]}))
    (folder / "model.safetensors").write_bytes(b"weights")
    manifest = PackInstaller(models_dir).import_pack(folder)
    assert (manifest.task, manifest.format) == ("language", "causal")
    assert open_language_pack(None, models_dir) is None
    laid_down(models_dir, "smollm2-135m", {"model.safetensors": b"weights"}, task="language", format="causal")
    assert open_language_pack(None, models_dir) == models_dir / "smollm2-135m"
    assert open_language_pack("smollm2-135m", models_dir) == models_dir / "smollm2-135m"
    assert open_language_pack("off", models_dir) is None
    (models_dir / "smollm2-135m" / "model.safetensors").write_bytes(b"changed")
    with pytest.raises(ModelPackError, match=r"model\.safetensors is damaged"):
        open_language_pack(None, models_dir)
