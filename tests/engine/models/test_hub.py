"""The catalogue's packs that come from a hub: here from one on 127.0.0.1, which has what is published, or not."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.models import CATALOGUE, ModelPackError, PackInstaller, PackStore, open_pack
from engine.models.catalogue_entry import CatalogueEntry, HubFile, HubRepository
from engine.models.conversion.weights import read_safetensors
from engine.models.conversion.whisper_folder import keep_published
from engine.models.progress import Silence
from engine.models.verification import describe_files
from tests.engine.models.fakes import hugging_face_whisper

REVISION = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "somebody/whisper-fake"
NAME = "whisper-fake-large"
SECONDS = 120
# What an administrator types, over a catalogue that knows our fake as well.
VBOT = (
    "import pickle, sys\nfrom pathlib import Path\nfrom engine.models import CATALOGUE\n"
    "entry = pickle.loads(Path(sys.argv[1]).read_bytes())\nCATALOGUE[entry.name] = entry\n"
    "from appliance.cli import main\nsys.exit(main(sys.argv[2:]))"
)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """What the hub has, with more beside it than the catalogue wants."""
    folder = hugging_face_whisper(tmp_path / "published", auto_map={"AutoModel": "evil.Model"})
    for name in ("generation_config.json", "preprocessor_config.json", "tokenizer_config.json", "vocab.json"):
        (folder / name).write_text(json.dumps({"published as": name}))
    (folder / "flax_model.msgpack").write_bytes(b"weights of another framework")
    return folder


@pytest.fixture
def entry(published: Path, monkeypatch: pytest.MonkeyPatch) -> CatalogueEntry:
    """In the catalogue: all of it that the catalogue wants, by its sums."""
    files = tuple(
        HubFile(file.path, file.size, file.sha256)
        for file in describe_files(published, Silence())
        if file.path not in ("flax_model.msgpack", "vocab.json")
    )
    made = CatalogueEntry(
        name=NAME,
        task="asr",
        summary="a fake from a hub",
        licence="MIT",
        origin="made by a test",
        packaging="hub-whisper",
        packages=(),
        files=(),
        installed_bytes=20_000,
        hub=HubRepository(REPOSITORY, REVISION, files),
    )
    monkeypatch.setitem(CATALOGUE, NAME, made)
    return made


class Hub:
    """As much of a Hugging Face hub as huggingface_hub asks for, over the files of a folder; notes what was fetched."""

    def __init__(self, folder: Path) -> None:
        self.fetched: list[str] = []
        hub, api, files = self, f"/api/models/{REPOSITORY}", f"/{REPOSITORY}/resolve/{REVISION}/"

        class Handler(BaseHTTPRequestHandler):
            timeout = SECONDS

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

            def do_GET(self) -> None:
                self._answer(with_body=True)

            def do_HEAD(self) -> None:
                self._answer(with_body=False)

            def _answer(self, *, with_body: bool) -> None:
                path = self.path.partition("?")[0]
                if path in (api, f"{api}/revision/{REVISION}"):
                    names = sorted(file.name for file in folder.iterdir())
                    about = {"id": REPOSITORY, "sha": REVISION, "siblings": [{"rfilename": name} for name in names]}
                    body = json.dumps(about).encode()
                elif path == f"{api}/tree/{REVISION}":
                    listed = [
                        {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": "0" * 40}
                        for file in sorted(folder.iterdir())
                    ]
                    body = json.dumps(listed).encode()
                elif path.startswith(files) and (folder / path.removeprefix(files)).is_file():
                    body = (folder / path.removeprefix(files)).read_bytes()
                    if with_body:
                        hub.fetched.append(path.removeprefix(files))
                else:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", '"an etag"')
                self.send_header("X-Repo-Commit", REVISION)
                self.end_headers()
                if with_body:
                    self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(SECONDS)


@pytest.fixture
def hub(published: Path) -> Iterator[Hub]:
    hub = Hub(published)
    yield hub
    hub.close()


def vbot_models(
    entry: CatalogueEntry, models_dir: Path, tmp_path: Path, *words: str, hub: str = "http://127.0.0.1:9"
) -> subprocess.CompletedProcess[str]:
    """`vbot models WORDS` in a process of its own: huggingface_hub reads where its hub is once, on import."""
    (tmp_path / "entry").write_bytes(pickle.dumps(entry))
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "VBOT_MODELS_DIR": str(models_dir),
        "VBOT_DATA_DIR": str(tmp_path / "data"),
    }
    command = [sys.executable, "-c", VBOT, str(tmp_path / "entry"), "models", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.mark.slow
def test_a_pack_of_a_hub_is_fetched_as_it_was_pinned_and_carried_on_as_one_file(
    entry: CatalogueEntry, models_dir: Path, tmp_path: Path, hub: Hub
) -> None:
    done = vbot_models(entry, models_dir, tmp_path, "install", NAME, "--from-hub", hub=hub.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{NAME} is in {models_dir / NAME} (")
    assert entry.hub is not None
    assert sorted(hub.fetched) == sorted(file.path for file in entry.hub.files)

    target = tmp_path / "a stick" / f"{NAME}.tar"
    target.parent.mkdir()
    done = vbot_models(entry, models_dir, tmp_path, "export", NAME, str(target))
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith(f"where it is to go: vbot models install '{target}'")

    elsewhere = tmp_path / "elsewhere"
    done = vbot_models(entry, elsewhere, tmp_path, "install", str(target))
    assert done.returncode == 0, done.stderr
    assert PackStore(elsewhere).verify(NAME).files == PackStore(models_dir).verify(NAME).files


@pytest.mark.slow
def test_a_model_that_is_no_pack_of_the_catalogue_is_fetched_at_its_commit(
    entry: CatalogueEntry, models_dir: Path, tmp_path: Path, hub: Hub
) -> None:
    words = ("install", "--from-hub", REPOSITORY, "--name", "office", "--revision")
    done = vbot_models(entry, models_dir, tmp_path, *words, REVISION, hub=hub.url)
    assert done.returncode == 0, done.stderr
    assert PackStore(models_dir).verify("office").provenance == (f"hub {REPOSITORY}, revision {REVISION}",)
    done = vbot_models(entry, models_dir, tmp_path, *words, REVISION[::-1], hub=hub.url)
    assert done.returncode == 1
    assert f"cannot fetch {REPOSITORY} from the hub: " in done.stderr


class FromFolder:
    """A hub that has what lies in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.asked: list[tuple[str, str | None]] = []

    def __call__(
        self, repository: str, folder: Path, revision: str | None = None, files: Sequence[str] | None = None
    ) -> str:
        self.asked.append((repository, revision))
        folder.mkdir()
        for name in files or []:
            if (self._folder / name).is_file():
                shutil.copy(self._folder / name, folder / name)
        return revision or REVISION


def test_the_weights_stay_as_they_are_published_and_are_loaded_as_fp32(
    entry: CatalogueEntry, published: Path, models_dir: Path
) -> None:
    fetch = FromFolder(published)
    manifest = PackInstaller(models_dir, fetch=fetch).install(entry)
    assert fetch.asked == [(REPOSITORY, REVISION)]
    pack = open_pack(NAME, models_dir)
    assert (pack / "model.safetensors").read_bytes() == (published / "model.safetensors").read_bytes()
    assert read_safetensors(pack / "model.safetensors")[0].kind == "F16"
    config = json.loads((pack / "config.json").read_text())
    assert config["dtype"] == "float32"
    assert not {"torch_dtype", "auto_map"} & config.keys()
    assert (manifest.licence, manifest.provenance[-1]) == ("MIT", f"hub {REPOSITORY}, revision {REVISION}")
    assert not list(models_dir.glob(".staging-*"))


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_what_has_another_sum_is_refused_by_name_and_the_old_pack_stays(
    entry: CatalogueEntry, published: Path, models_dir: Path, name: str
) -> None:
    installer = PackInstaller(models_dir, fetch=FromFolder(published))
    before = installer.install(entry)
    with (published / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelPackError, match=rf"^{name} of {REPOSITORY} is damaged or not the one we know: its SHA"):
        installer.install(entry, force=True)
    (published / name).unlink()
    with pytest.raises(ModelPackError, match=rf"^the hub has no {name} of {REPOSITORY}, revision {REVISION}"):
        installer.install(entry, force=True)
    assert PackStore(models_dir).verify(NAME) == before


def test_a_copy_of_the_repository_may_be_imported_under_the_catalogues_name_and_nothing_else(
    entry: CatalogueEntry, published: Path, models_dir: Path
) -> None:
    installer = PackInstaller(models_dir, fetch=FromFolder(published))
    imported = installer.import_pack(published, name=NAME).files
    assert imported == installer.install(entry, force=True).files
    (published / "generation_config.json").write_text("{}")
    with pytest.raises(ModelPackError, match=r"generation_config\.json is not as in that one"):
        installer.import_pack(published, name=NAME)


def test_what_we_write_beside_mediums_files_is_what_the_catalogue_pins(tmp_path: Path) -> None:
    folder = hugging_face_whisper(tmp_path / "medium")
    keep_published(folder)
    found = {file.path: file.sha256 for file in describe_files(folder, Silence())}
    assert set(CATALOGUE["whisper-medium"].converted_files) <= set(found.items())


@pytest.mark.parametrize("name", [name for name, one in CATALOGUE.items() if one.hub is not None])
def test_the_catalogues_own_are_pinned_to_a_commit_and_each_file_to_its_sum(name: str) -> None:
    entry = CATALOGUE[name]
    assert entry.hub is not None
    assert len(entry.hub.revision) == 40
    assert int(entry.hub.revision, 16)
    assert all(len(file.sha256) == 64 and int(file.sha256, 16) and file.size > 0 for file in entry.hub.files)
    needed = {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json"}
    needed |= {"preprocessor_config.json", "tokenizer_config.json"}
    assert needed == {file.path for file in entry.hub.files} | dict(entry.converted_files).keys()
    assert entry.installed_bytes > entry.download_bytes
    assert entry.install_command == f"vbot models install {name} --from-hub"
