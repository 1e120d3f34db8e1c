"""Composition root of the worker process: recording in, analysis out.

It never opens the database. It takes a call from the queue, claims it by fetching the recording from the api, and
reports by the queue.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import dramatiq
import redis

from appliance.messages.queue_names import ANALYSE_ACTOR, GPU_QUEUE, worker_name
from appliance.process.exit_reason import error_line
from appliance.process.log.level import LogLevel
from appliance.process.protections import without_jail, without_user
from appliance.process.service_manager import ServiceManager
from appliance.process.struct_types import build_struct_types
from appliance.queue.access import Role
from appliance.queue.broker import connector
from appliance.queue.dramatiq_internals import all_threads_alive, silent_actor
from appliance.queue.report_queue import ReportQueue
from appliance.settings import Settings
from appliance.worker.broker import CallsInHand, worker_broker
from appliance.worker.consumer import CallConsumer
from appliance.worker.engine import Engine
from appliance.worker.joining import queue_tunnel
from appliance.worker.joining.box import Box
from appliance.worker.recording_fetch import RecordingFetcher
from appliance.worker.worker_lock import check_elsewhere, hold_worker_name, lock_folder

logger = logging.getLogger(__name__)

# Dramatiq's threads look so often whether they are to end; a call wakes one at once.
WAKE_EVERY_MILLISECONDS = 1000
# What a recording of hours takes while it is read and listened to is 60 MB (tests/benchmarks/memory.py, 4 h of stereo).
# More channels and longer recordings take more; what recognition takes does not grow with the calls.
CALL_NEEDS_MB = 256
# A first batch that takes longer does so for a reason that waiting does not mend.
WARM_UP_SECONDS = 60.0
# After SIGTERM: long enough to hand back what is held, well within the 15 s in which everything must be gone.
HAND_BACK_SECONDS = 5.0
# Then the kernel ends us, whatever our own threads wait for: an heir may wait for our name.
LONGEST_STOP_SECONDS = 7
# In the watchdog's time: one may be late, and one may be left out when the machine itself has slept.
PINGS = 4
SCRATCH_PREFIX = "vbot-worker-"
# A recording and what was decoded of it may be gigabytes: on Debian 13, /tmp would hold them in memory.
SCRATCH_PLACE = "/var/tmp"  # noqa: S108  # a folder of our own is made in it


def run(
    settings: Settings,
    queue_url: str,
    api_url: str,
    identity: Callable[[], Callable[[], str | None]],
    load: Callable[[], Engine],
    refused_to_decoders: Callable[[], tuple[str, ...]] = tuple,
    box: Box | None = None,
) -> int:
    """Run a worker until SIGTERM; raises what keeps it from loading, after it was reported to the queue.

    `identity` finds out how to tell what the api is known by now (None: verify its certificate as usual).
    `refused_to_decoders`: what of their jail this machine does not have. `box`: on another machine, which is joined;
    then `queue_url` is a name for its queue, and no address.
    """
    build_struct_types()
    stop = threading.Event()
    _stop_on_signal(stop)
    manager = ServiceManager(os.environ)
    manager.status(f"loading {settings.asr_model}")
    name = worker_name(settings.device)
    connect = _connector(settings, queue_url, name, box)
    queue = ReportQueue(connect())
    # Before the first heartbeat, which would be taken for the other's.
    held_name = hold_worker_name(lock_folder(settings.data_dir), queue_url, name)
    check_elsewhere(name, held_name.machine, lambda: queue.last_heartbeat(name))
    scratch = _own_scratch()
    hands = CallsInHand()
    fetcher = RecordingFetcher(api_url, LogLevel().follow, box)
    worker = CallConsumer(
        name=name,
        queue=queue,
        fetcher=fetcher,
        device=settings.device,
        model=settings.asr_model,
        hands=hands,
        end_process=lambda: os._exit(1),  # whoever runs us starts us again
        machine=held_name.machine,
    )
    loaded = threading.Event()
    threading.Thread(target=_leave_while_loading, args=(stop, loaded, worker, scratch), daemon=True).start()
    try:
        worker.beat()
        threading.Thread(target=worker.beat_forever, name="heartbeat", daemon=True).start()
        threading.Thread(target=worker.renew_leases, name="leases", daemon=True).start()
        if box is None:
            fetcher.expect(identity())
        engine = load()
        build_struct_types()  # those that came with the engine, before calls are analysed on threads
        worker.lacks(
            without_jail("a recording's decoder", refused_to_decoders())
            + without_user(settings.redis_url, settings.queue_access)
        )
        _warm_up(engine, stop)
        hands.calls_at_once = settings.calls_at_once or _calls_at_once(engine)
    except Exception as error:
        worker.end(error_line(error))
        held_name.release()
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    loaded.set()
    worker.ready(engine)
    if engine.code_packs:
        logger.warning("worker %s runs the code of these model packs: %s", worker.name, ", ".join(engine.code_packs))
    logger.info("worker %s is ready for %d calls at a time", worker.name, hands.calls_at_once)

    broker = worker_broker(connect(), hands)
    silent_actor(broker, ANALYSE_ACTOR, GPU_QUEUE, worker.receive)
    consumer = dramatiq.Worker(broker, worker_threads=hands.calls_at_once, worker_timeout=WAKE_EVERY_MILLISECONDS)
    if not stop.is_set():
        consumer.start()
        manager.ready(f"takes calls: {settings.asr_model} on {settings.device}")
        _feed_watchdog(manager, lambda: worker.looks_after_itself and all_threads_alive(consumer))
        stop.wait()
    manager.stopping()
    _leave(worker, scratch)


def _connector(settings: Settings, queue_url: str, name: str, box: Box | None) -> Callable[[], redis.Redis]:
    """What makes clients of the queue; raises ConfigurationError where the box does not let us in."""
    if box is not None:
        queue_tunnel.check_box(box, name)
        return queue_tunnel.connector(box, name)
    role = Role.WORKER if settings.api_url is None else Role.JOINED
    return connector(queue_url, settings.queue_access, role)


def _stop_on_signal(stop: threading.Event) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def on_signal(*_: object) -> None:
        if not stop.is_set():
            signal.alarm(LONGEST_STOP_SECONDS)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)


def _feed_watchdog(manager: ServiceManager, is_well: Callable[[], bool]) -> None:
    """Ping from a thread of its own while all is well.

    Who is frozen pings no more, nor does a process whose interpreter a native call holds. A call that hangs beside us
    ends this process by itself (CallConsumer.end_if_stuck); should whoever sees to that hang too, we say nothing more.
    """
    if manager.watchdog_seconds is None:
        return
    pause = manager.watchdog_seconds / PINGS

    def ping() -> None:
        while True:
            if is_well():
                manager.alive()
            time.sleep(pause)

    threading.Thread(target=ping, name="watchdog", daemon=True).start()


def _leave_while_loading(stop: threading.Event, loaded: threading.Event, worker: CallConsumer, scratch: Path) -> None:
    """Nothing interrupts the loading of a model, and nobody waits for it once we are to stop."""
    stop.wait()
    if not loaded.is_set():
        _leave(worker, scratch)


def _leave(worker: CallConsumer, scratch: Path) -> NoReturn:
    """Hand back what is held, and end."""
    handing_back = threading.Thread(target=worker.hand_back, daemon=True)
    handing_back.start()
    handing_back.join(HAND_BACK_SECONDS)
    shutil.rmtree(scratch, ignore_errors=True)
    logging.shutdown()
    # The analysis in progress cannot be interrupted in any other way, and nobody waits for it any more.
    os._exit(0)


def _warm_up(engine: Engine, stop: threading.Event) -> None:
    """Let the engine work once before the first call; raises what it raises, so that calls wait for one that works."""
    broken: list[BaseException] = []

    def warm_up() -> None:
        try:
            engine.warm_up()
        except BaseException as error:  # noqa: BLE001 - raised by who waits
            broken.append(error)

    warming = threading.Thread(target=warm_up, name="warm-up", daemon=True)
    began = time.monotonic()
    warming.start()
    while warming.is_alive() and not stop.is_set() and time.monotonic() - began < WARM_UP_SECONDS:
        warming.join(0.1)
    if broken:
        raise broken[0]
    logger.info("warmed up in %.1f s", time.monotonic() - began)


def _calls_at_once(engine: Engine) -> int:
    """As many as keep the device busy and have room in memory, long recordings too."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    available_kb = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    return max(1, min(engine.calls_at_once, available_kb // 1024 // CALL_NEEDS_MB))


def _own_scratch() -> Path:
    """Make a folder for this process's temporary files. What killed ones left, recordings among it, is removed."""
    place = tempfile.gettempdir() if "TMPDIR" in os.environ or not os.access(SCRATCH_PLACE, os.W_OK) else SCRATCH_PLACE
    for left in Path(place).glob(f"{SCRATCH_PREFIX}*"):
        with contextlib.suppress(OSError):  # a lock means: its owner lives
            os.close(_locked(left))
            shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=place))
    _locked(folder)  # until we end, however that happens
    tempfile.tempdir = str(folder)
    return folder


def _locked(folder: Path) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
