"""`python -m tests.support.unbuilt_structs api|worker`: the real process, and which Structs msgspec has not built.

They are looked for when a worker begins to load its engine, for its first threads run by then, and when the process is
ready. It prints how many Structs of ours there are then, and the name of each that was not built.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from appliance.commands.init import first_boot_if_needed
from appliance.server.process import serve
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder, valkey_url
from appliance.worker import process as worker
from appliance.worker.speech_engine import import_engine
from tests.support.fake_worker import FakeEngine
from tests.support.service_manager import Ear

READY_WITHIN_SECONDS = 240
OURS = ("appliance.", "engine.")

unbuilt_while_loading: list[str] = []


def structs(base: type[Any] = msgspec.Struct) -> Iterator[type[Any]]:
    """Those of the modules that are loaded, our own."""
    for kind in base.__subclasses__():
        if kind.__module__.startswith(OURS):
            yield kind
        yield from structs(kind)


def is_built(kind: type[Any]) -> bool:
    """Whether msgspec knows already what it needs to read one."""
    return any(type(one).__name__ == "StructInfo" for one in gc.get_referents(kind))


def can_be_read(kind: type[Any]) -> bool:
    """Some are only written."""
    try:
        msgspec.json.Decoder(kind)
    except TypeError:
        return False
    return True


def unbuilt() -> list[str]:
    """The names of those that could be read and are not built. Afterwards they are."""
    found = [kind for kind in structs() if not is_built(kind)]
    return [f"{kind.__module__}.{kind.__qualname__}" for kind in found if can_be_read(kind)]


def tell_when_ready(ear: Ear) -> None:
    ear.wait_for("READY", READY_WITHIN_SECONDS)
    print(len(list(structs())), *unbuilt_while_loading, *unbuilt(), sep="\n", flush=True)
    os._exit(0)


def engine_without_models() -> FakeEngine:
    """All the code that a worker loads, and none of its weights."""
    unbuilt_while_loading.extend(unbuilt())
    import_engine()
    return FakeEngine()


def main() -> int:
    """As `vbot api` and `vbot worker` do."""
    settings = load(None, os.environ)
    with tempfile.TemporaryDirectory() as place, Ear(Path(place)) as ear:
        os.environ["NOTIFY_SOCKET"] = str(ear.environment["NOTIFY_SOCKET"])
        threading.Thread(target=tell_when_ready, args=(ear,), daemon=True).start()
        if sys.argv[1] == "api":
            first_boot_if_needed(settings)
            return serve(settings, threading.Event())
        queue_url = settings.redis_url or valkey_url(DataFolder(settings.data_dir))
        return worker.run(settings, queue_url, settings.local_api_url, lambda: lambda: None, engine_without_models)


if __name__ == "__main__":
    sys.exit(main())
