"""Make the weights of voice activity anew: `python -m engine.training.silero_weights`.

silero publishes its network as TorchScript, which torch is about to give up, and whose loading runs what the file says.
pip fetches the package, whose file must have the SHA-256 below. The numbers of the 16 kHz network are taken out of it
as they are and written beside the engine, with silero's licence. Nothing is trained or rounded: whoever runs this gets
the same bytes. (The package has a safetensors file too, but of an older training.)
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from engine.turns.silero import SILERO_VERSION, WEIGHTS

REQUIREMENT = f"silero-vad=={SILERO_VERSION}"
_SCRIPT = "silero_vad/data/silero_vad.jit"
_LICENCE = f"silero_vad-{SILERO_VERSION}.dist-info/licenses/LICENSE"
SCRIPT_SHA256 = "e1122837f4154c511485fe0b9c64455f7b929c96fbb8d79fbdb336383ebd3720"
_NAMES = {
    "_model.stft.forward_basis_buffer": "stft_conv.weight",
    "_model.decoder.rnn.weight_ih": "lstm.weight_ih_l0",
    "_model.decoder.rnn.weight_hh": "lstm.weight_hh_l0",
    "_model.decoder.rnn.bias_ih": "lstm.bias_ih_l0",
    "_model.decoder.rnn.bias_hh": "lstm.bias_hh_l0",
    "_model.decoder.decoder.2.weight": "final_conv.weight",
    "_model.decoder.decoder.2.bias": "final_conv.bias",
}
_NAMES |= {
    f"_model.encoder.{index}.reparam_conv.{kind}": f"conv{index + 1}.{kind}"
    for index in range(4)
    for kind in ("weight", "bias")
}


def main() -> int:
    """Write the weights and the licence, and print the SHA-256 for engine/turns/silero.py."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = fetch_wheel(Path(folder))
        content, licence = weights(read_script(wheel)), licence_text(wheel)
    WEIGHTS.write_bytes(content)
    WEIGHTS.with_suffix(".LICENSE").write_text(licence)
    print(f"{WEIGHTS}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


def fetch_wheel(folder: Path) -> Path:
    """silero's package by pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "--dest", str(folder), REQUIREMENT], check=True, stdout=sys.stderr)
    return next(folder.glob("*.whl"))


def read_script(wheel: Path) -> Any:
    """silero's own network out of its package; raises ValueError where it is another one."""
    with zipfile.ZipFile(wheel) as package:
        content = package.read(_SCRIPT)
    if hashlib.sha256(content).hexdigest() != SCRIPT_SHA256:
        raise ValueError(f"{_SCRIPT} in {wheel.name} is not the file that we know")
    with warnings.catch_warnings():
        # A DeprecationWarning in torch 2.13, a FutureWarning in 2.15.
        warnings.filterwarnings("ignore", "`torch.jit.load` is")
        return torch.jit.load(io.BytesIO(content), map_location="cpu")  # type: ignore[no-untyped-call]


def licence_text(wheel: Path) -> str:
    """The licence in the package."""
    with zipfile.ZipFile(wheel) as package:
        return package.read(_LICENCE).decode().rstrip() + "\n"


def weights(script: Any) -> bytes:
    """The 16 kHz network as safetensors under the names of engine/turns/silero.py."""
    tensors = {_NAMES[name]: tensor.contiguous() for name, tensor in script.state_dict().items() if name in _NAMES}
    # One entry: the file keeps several in no order, and its SHA-256 would change.
    provenance = (
        f"{_SCRIPT} (sha256 {SCRIPT_SHA256}) of PyPI {REQUIREMENT} (MIT, Copyright (c) 2020-present Silero Team), "
        "its 16 kHz network, unchanged"
    )
    return save(tensors, metadata={"provenance": provenance})


if __name__ == "__main__":
    sys.exit(main())
