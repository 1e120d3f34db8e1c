"""What a worker needs here: its libraries, its model packs, what decodes recordings, who writes the summaries."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.commands.checks.finding import Doubtful, NotLookedAt, Wrong, as_root
from appliance.commands.checks.model_advice import advice
from appliance.process.exit_reason import StandardError, exit_reason

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box

# torch and what is built on it, from a slow disk that has not read them yet.
IMPORT_SECONDS = 180.0
# What apt and dpkg have been told, from a slow disk.
ASK_SECONDS = 30.0
# Its last line is what torch sees. Of a driver that it cannot use it only warns; a card that fails is no fault of the
# engine's.
IMPORT_ENGINE = """
import json, sys, warnings
from appliance.process.exit_reason import error_line
try:
    from appliance.worker.speech_engine import import_engine
    import_engine()
    import torch
    can_compute, cards, fault = False, [], []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            cards = [torch.cuda.get_device_properties(index).total_memory
                     for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0)]
            can_compute = bool(cards)
        except Exception as error:
            fault = [error_line(error)]
    why_not = " ".join([*(str(one.message) for one in told), *fault])
    print(json.dumps({"version": torch.__version__, "cuda": torch.version.cuda, "can_compute": can_compute,
                      "why_not": why_not, "card_bytes": cards}))
except Exception as error:
    sys.exit(error_line(error))
"""
_PACKAGES = Path("/var/lib/dpkg/info")


@dataclass(frozen=True, slots=True)
class TorchSeen:
    """`cuda`: for which it was built; None: for processors alone. `why_not`: its word on a card that it cannot use.

    `card_bytes`: the memory of each card that it can compute on.
    """

    version: str = ""
    cuda: str | None = None
    can_compute: bool = False
    why_not: str = ""
    card_bytes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineImport:
    """`fault`: why the engine cannot be imported, if it cannot."""

    torch: TorchSeen | None = None
    fault: str | None = None


def is_installed() -> bool:
    """Whether the worker's part is."""
    return importlib.util.find_spec("torch") is not None


def is_missing(box: Box) -> bool:
    """Whether nobody can analyse a call for want of it. Of workers on other machines the running api knows."""
    return not is_installed() and not (box.api.system is not None and box.api.system["workers"])


def import_engine() -> EngineImport:
    """Import what the worker imports, in a process of its own: the import itself may be what kills it."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", IMPORT_ENGINE],  # nothing of the folder that root happens to stand in
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=IMPORT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return EngineImport(fault=f"it cannot be imported within {IMPORT_SECONDS:.0f} s")
    if done.returncode != 0:
        lines = StandardError()
        lines.feed(done.stderr + b"\n")
        return EngineImport(fault=f"it cannot be imported: {exit_reason(done.returncode, lines.last)}")
    seen = json.loads(done.stdout.splitlines()[-1])
    return EngineImport(TorchSeen(**{**seen, "card_bytes": tuple(seen["card_bytes"])}))


def check_engine(box: Box) -> str:
    """Whether what the worker is built on can be imported."""
    if is_missing(box):
        raise Wrong("no worker is installed: calls are accepted and wait", install_command())
    if not is_installed():
        return "none is installed here: the workers are on other machines"
    if box.engine.fault is not None:
        raise Wrong(box.engine.fault, reinstall_command())
    torch = box.engine.torch
    return f"can be imported; torch is {torch.version}" if torch is not None else "can be imported"


def install_command(packages: Path = _PACKAGES, prefix: str = sys.prefix) -> str:
    """What brings a worker, in the way in which this program came: by apt, for what hardware is here, or by pip."""
    if _came_by_apt(packages, prefix):
        return _apt_command("cuda" if Path("/dev/nvidiactl").exists() else "cpu")
    return f"{sys.executable} -m pip install 'vbot-appliance[worker]'"


def reinstall_command(packages: Path = _PACKAGES, prefix: str = sys.prefix) -> str:
    """What brings the worker's libraries back as they were: by the packages of the system, or by pip."""
    for kind in ("cuda", "cpu"):
        if _came_by_apt(packages, prefix) and (packages / f"vbot-worker-{kind}.list").exists():
            return _apt_command(kind, "--reinstall ")
    return f"{sys.executable} -m pip install --force-reinstall 'vbot-appliance[worker]'"


def cuda_command(packages: Path = _PACKAGES, prefix: str = sys.prefix) -> str:
    """What brings the build of torch that computes on NVIDIA's cards."""
    if _came_by_apt(packages, prefix):
        return _apt_command("cuda")
    return f"{sys.executable} -m pip install --force-reinstall torch"


def _apt_command(device: str, option: str = "") -> str:
    """By its name where a source of apt has it; else its file, which lies where that of vbot-appliance came from."""
    name = f"vbot-worker-{device}"
    if _said("apt-cache", "madison", name) != "":
        return as_root(f"apt-get install {option}{name}")
    version = _said("dpkg-query", "--show", "--showformat=${Version}", "vbot-appliance") or "VERSION"
    where = "no source of apt has it: in pool/ of the release, or vbot/apt/pool/ of the stick"
    return as_root(f"apt-get install {option}./{name}_{version}_amd64.deb  # {where}")


def _said(*command: str) -> str | None:
    """None where it cannot say anything."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=ASK_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace").strip()


def _came_by_apt(packages: Path, prefix: str) -> bool:
    """Also an installation by hand lies in /opt/vbot, and a checkout may be run beside the package."""
    return Path(prefix).is_relative_to("/opt/vbot") and (packages / "vbot-appliance.list").exists()


def check_packs(box: Box) -> str:
    """Whether each that is used is there and as it was published."""
    from appliance.commands.worker import packs_in_use  # noqa: PLC0415
    from engine.models import (  # noqa: PLC0415
        ModelPackError,
        PackStore,
        open_language_pack,
        open_pack,
        open_voice_pack,
    )

    settings = box.settings
    if not is_installed():
        return "none is read here: no worker is installed"  # the check of the engine says what that means
    names = packs_in_use(settings)
    try:
        for name in names:
            open_pack(name, settings.models_dir)
        voices = open_voice_pack(settings.voice_model, settings.models_dir)
        language = open_language_pack(settings.language_model, settings.models_dir)
    except ModelPackError as error:
        if box.is_unknown("models_dir"):
            raise NotLookedAt("where the box's user has them is not for us to see") from error
        raise Wrong(str(error)) from error
    found = dict.fromkeys([*names, *(pack.name for pack in (voices, language) if pack is not None)])
    missing = []
    if voices is None and settings.voice_model is None:
        missing.append("the voices of mono recordings are not told apart: `vbot models install ge2e-voices`")
    if language is None and settings.language_model is None:
        missing.append("moods and summaries are less often right: `vbot models install smollm2-135m`")
    code = PackStore(settings.models_dir).running_as_code()
    shown = [f"{name} (runs as code)" if name in code else name for name in found]
    torch = box.engine.torch
    advised = None
    if torch is not None:
        advised = advice(settings.asr_model, settings.device, torch.card_bytes, len(os.sched_getaffinity(0)))
    return "; ".join([", ".join(shown), *missing, *([advised] if advised else [])])


def check_summaries(box: Box) -> str:
    """Who writes them; a server is asked what models it has."""
    from appliance.commands.worker import chat_server  # noqa: PLC0415
    from appliance.worker.chat_server import ChatServerFailed  # noqa: PLC0415

    settings = box.settings
    server = chat_server(settings)
    if server is None:
        return f"written by {settings.summary_model}" if settings.summary_model else "quotes of the call in a frame"
    ask_it = f"curl {settings.llm_url}/models"
    try:
        models = server.models()
    except ChatServerFailed as error:
        raise Wrong(f"quotes until the writing model answers: {error}", ask_it) from error
    if settings.llm_model is not None and settings.llm_model not in models:
        raise Wrong(f"{settings.llm_url} has no model {settings.llm_model}, but {', '.join(models[:5])}", ask_it)
    return f"written by {settings.llm_model or models[0]} at {settings.llm_url}"


def check_ffmpeg(_box: Box) -> str:
    """What it would read."""
    if not is_installed():
        return "no worker is installed that would use it"
    if shutil.which("ffmpeg"):
        return "installed"
    text = "not installed: M4A, WebM, AMR, Windows Media, G.722, G.726 and G.729 stay unread"
    raise Doubtful(text, as_root("apt-get install ffmpeg"))


def check_decoders(_box: Box) -> str:
    """What holds a decoder that its recording has taken over."""
    from appliance.worker.speech_engine import decoder_protections  # noqa: PLC0415

    if not is_installed():
        return "no worker is installed that would start one"
    held, missing = decoder_protections()
    if missing:
        raise Doubtful(
            f"a recording that takes over its decoder is not wholly held: {'; '.join(missing)}",
            as_root("apt-get install libseccomp2"),
        )
    return f"jailed: {'; '.join(held)}"
