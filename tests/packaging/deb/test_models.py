"""vbot-models-base: packs as a worker reads them, the same each time whenever they were installed here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.settings import load

CHECKOUT = Path(__file__).parents[3]
PROGRAM = CHECKOUT / "packaging/deb/build"
# The smallest of those that the package has.
PACK = "ge2e-voices"
INSTALLED = load(None, os.environ).models_dir / PACK

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed"),
    pytest.mark.skipif(
        not Path(sys.executable).with_name("nfpm").exists(), reason="nfpm is not installed: packaging/check installs it"
    ),
    pytest.mark.skipif(not (CHECKOUT / ".git").exists(), reason="packages are built of what is committed"),
    pytest.mark.skipif(not INSTALLED.is_dir(), reason=f"the pack {PACK} is not installed: vbot models install {PACK}"),
]


def built(folder: Path, models: Path) -> Path:
    command = [str(part) for part in (PROGRAM, "--models", models, folder, "vbot-models-base")]
    done = subprocess.run(
        command, env=os.environ | {"PYTHON": sys.executable, "SOURCE_DATE_EPOCH": "1764547199"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture
def models(tmp_path: Path) -> Path:
    shutil.copytree(INSTALLED, tmp_path / "models" / PACK)
    return tmp_path / "models"


@pytest.mark.long
def test_packs_lie_where_the_services_read_them_and_verify(models: Path, tmp_path: Path) -> None:
    package = built(tmp_path / "one", models)
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path / "root"], check=True)
    store = tmp_path / "root/var/lib/vbot-models"
    assert json.loads((store / PACK / "pack.json").read_text())["installed_at"] == "2025-11-30T23:59:59Z"
    assert not list(store.rglob(".verified.json"))
    verified = subprocess.run(
        [sys.executable, "-m", "appliance.cli", "models", "verify"],
        env=os.environ | {"VBOT_MODELS_DIR": str(store)}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert (verified.stdout, verified.returncode) == (f"{PACK}: whole\n", 0)

    manifest = models / PACK / "pack.json"
    manifest.write_text(manifest.read_text().replace('"installed_at": "20', '"installed_at": "19'))
    assert built(tmp_path / "two", models).read_bytes() == package.read_bytes()


def test_a_damaged_pack_becomes_no_package(models: Path, tmp_path: Path) -> None:
    weights = models / PACK / "pretrained.pt"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(AssertionError, match=PACK):
        built(tmp_path / "one", models)
