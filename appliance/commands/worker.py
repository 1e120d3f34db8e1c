"""`vbot worker`: a worker process, one per device."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder
    from appliance.worker.chat_server import ChatServer
    from appliance.worker.engine import Engine
    from appliance.worker.joining.box import Box
    from appliance.worker.speech_engine import SpeechEngine


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "worker",
        help="one part: a worker",
        description="Takes calls from the queue, analyses them on VBOT_DEVICE, reports by the queue. With --join it "
        "works for a box that is another machine: `vbot token create --role worker` there makes the token and prints "
        "this line.",
    )
    parser.add_argument("--join", metavar="URL", help="the box to work for: https://HOST:8443 (VBOT_API_URL)")
    parser.add_argument(
        "--token-file", metavar="F", type=Path, help="where the joining token lies (VBOT_JOIN_TOKEN_FILE)"
    )
    parser.add_argument(
        "--fingerprint",
        metavar="HEX",
        help="SHA-256 of the box's key, which renewals keep, or of its certificate (VBOT_API_FINGERPRINT); without, "
        "the authorities that this machine trusts must vouch for it",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_worker(arguments, settings, load_engine)


def run_worker(arguments: argparse.Namespace, settings: Settings, load: Callable[[Settings], Engine]) -> int:
    """A worker with what `load` gives."""
    import setproctitle  # noqa: PLC0415

    setproctitle.setproctitle("vbot worker")

    from appliance.storage.folder.data_folder import DataFolder, act_as_owner, valkey_url  # noqa: PLC0415
    from appliance.worker import process  # noqa: PLC0415

    settings = joining(arguments, settings)
    box = box_to_join(settings)
    act_as_owner(settings.data_dir)
    _stay_out_of_the_units(settings)
    own_queue = settings.redis_url or valkey_url(DataFolder(settings.data_dir))
    return process.run(
        settings,
        queue_url=own_queue if box is None else box.url,
        api_url=settings.api_url or settings.local_api_url,
        identity=lambda: expected_identity(settings),
        load=lambda: load(settings),
        refused_to_decoders=_refused_to_decoders,
        box=box,
    )


def joining(arguments: argparse.Namespace, settings: Settings) -> Settings:
    """The settings with what the command line says; raises ConfigurationError where a part of it is missing."""
    if arguments.join is None:
        if arguments.token_file is not None or arguments.fingerprint is not None:
            raise ConfigurationError("--token-file and --fingerprint are for --join URL")
        return settings
    token_file = arguments.token_file or settings.join_token_file
    if token_file is None:
        raise ConfigurationError("--join needs --token-file F: `vbot token create --role worker` on the box makes one")
    fingerprint = arguments.fingerprint or settings.api_fingerprint
    return replace(settings, api_url=arguments.join, join_token_file=token_file, api_fingerprint=fingerprint)


def box_to_join(settings: Settings) -> Box | None:
    """The box to join, if there is one."""
    from appliance.worker.api_identity import ApiIdentity, known_by  # noqa: PLC0415
    from appliance.worker.joining.box import Box  # noqa: PLC0415

    if settings.join_token_file is None:
        return None
    if settings.api_url is None:
        raise ConfigurationError("VBOT_JOIN_TOKEN_FILE needs VBOT_API_URL: the address of the box to join")
    identity = None if settings.api_fingerprint is None else ApiIdentity(known_by(settings.api_fingerprint))
    return Box(settings.api_url.rstrip("/"), settings.join_token_file, identity)


def _refused_to_decoders() -> tuple[str, ...]:
    from appliance.worker.speech_engine import decoder_protections  # noqa: PLC0415

    try:
        return decoder_protections()[1]
    except ApplianceError as error:
        return (str(error),)


def _stay_out_of_the_units(settings: Settings) -> None:
    """Where the units run, a worker from a shell would parse hostile audio as the owner of the database and the keys.

    Only who may look into the data folder could, and only such a one is asked here.
    """
    from appliance.process.lock_holder import own_unit  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415
    from appliance.storage.folder.folder_lock import folder_holder  # noqa: PLC0415

    if settings.api_url is not None or own_unit() or not os.access(settings.data_dir, os.R_OK | os.X_OK):
        return
    holder = folder_holder(DataFolder(settings.data_dir))
    if holder is not None and holder.is_our_unit and holder.pid != os.getppid():
        device = "cpu" if settings.device == "auto" else settings.device
        instead = f"systemctl start vbot-worker@{device}"
        raise ConfigurationError(f"{settings.data_dir} is in use by {holder}, whose workers are confined: {instead}")


def packs_in_use(settings: Settings) -> tuple[str, ...]:
    """The names of the model packs that a worker will open."""
    from appliance.worker.speech_engine import EMBEDDING_PACK  # noqa: PLC0415
    from engine.models import OFF  # noqa: PLC0415

    summary = (settings.summary_model,) if settings.summary_model else ()
    others = (one for one in (settings.language_model, settings.voice_model) if one not in (None, OFF))
    return (settings.asr_model, EMBEDDING_PACK, *summary, *others)


def load_engine(settings: Settings) -> SpeechEngine:
    """Open the model packs and load them. Raises ConfigurationError that says what to install, or what is not there."""
    from appliance.worker.speech_engine import EMBEDDING_PACK, SpeechEngine  # noqa: PLC0415
    from engine.models import (  # noqa: PLC0415
        ModelPackError,
        PackStore,
        open_language_pack,
        open_pack,
        open_voice_pack,
    )

    try:
        asr = open_pack(settings.asr_model, settings.models_dir)
        embedding = open_pack(EMBEDDING_PACK, settings.models_dir)
        voices = open_voice_pack(settings.voice_model, settings.models_dir)
        summarizer = open_pack(settings.summary_model, settings.models_dir) if settings.summary_model else None
        language_model = open_language_pack(settings.language_model, settings.models_dir)
        return SpeechEngine(
            asr,
            embedding,
            settings.device,
            voices=voices,
            summarizer=summarizer,
            language_model=language_model,
            chat_server=chat_server(settings),
            code_packs=tuple(
                sorted(
                    PackStore(settings.models_dir).running_as_code()
                    & {pack.name for pack in (asr, voices) if pack is not None}
                )
            ),
        )
    except ModelPackError as error:
        raise ConfigurationError(str(error)) from error


def chat_server(settings: Settings) -> ChatServer | None:
    """The server that writes the summaries, where one is set. Raises ConfigurationError."""
    from appliance.worker.chat_server import ChatServer  # noqa: PLC0415

    if settings.llm_url is None:
        return None
    return ChatServer(
        settings.llm_url,
        model=settings.llm_model,
        key_file=settings.llm_key_file,
        timeout_seconds=settings.llm_timeout_seconds,
        may_leave_the_building=settings.llm_outside,
    )


def expected_identity(settings: Settings) -> Callable[[], str | None]:
    """What the api is known by: given, or the key that the one on this machine shows. None: verify as usual."""
    from appliance.services.access.certificate import read_certificate  # noqa: PLC0415
    from appliance.worker.api_identity import known_by  # noqa: PLC0415

    if settings.api_fingerprint is not None:
        given = known_by(settings.api_fingerprint)
        return lambda: given
    if settings.api_certificate is not None:
        published = settings.api_certificate
        return lambda: read_certificate(published).public_key_pin
    if settings.api_url is not None or settings.tls == "off":
        return lambda: None
    shown = _readable_data_folder(settings).shown_certificate
    return lambda: read_certificate(shown).public_key_pin


def _readable_data_folder(settings: Settings) -> DataFolder:
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415

    folder = DataFolder(settings.data_dir)
    if folder.root.exists() and not os.access(folder.root, os.R_OK | os.X_OK):
        raise ConfigurationError(f"cannot look into {folder.root}: set VBOT_API_CERTIFICATE or VBOT_API_FINGERPRINT")
    if not folder.is_initialised:
        raise ConfigurationError(f"{folder.root} is not set up: run `vbot init` first")
    return folder
