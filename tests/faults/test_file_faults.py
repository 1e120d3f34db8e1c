"""Every file that vBot owns, damaged in every way that a disk knows: it is told, nobody loops, and no call is lost.

Three cases in every run, 200 with `packaging/check --all`; FAULTS_SEED chooses others. Each begins with a
copy of the data folder of one appliance, killed -9 while it held work.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from appliance.process.child_process import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from tests.faults import file_damage as damage
from tests.faults.file_damage import Damage, Help, Victim, WayOut
from tests.support.appliance import vbot
from tests.support.broken_installation import BrokenInstallation
from tests.support.fake_appliance import FakeAppliance
from tests.support.ledger import EVENT_OF, Entry, Ledger
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.spool import Post, Said, recording

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SEED = os.environ.get("FAULTS_SEED", "1")
LONG = 200
DONE, SINCE_BACKUP, WAITING = 8, 4, 3
START_SECONDS, SETTLE_SECONDS = 120.0, 120.0
REFUSED_SECONDS = 20.0  # while the disk refuses, nothing may start or be settled: who waits for longer sees no more
TRACEBACK = "Traceback (most recent call last)"
TWISTS: tuple[Damage, ...] = (damage.bit_is_flipped, damage.end_is_gone, damage.page_is_zero)
READS = (*TWISTS, damage.disk_does_not_read)
REFUSALS = (damage.disk_does_not_write, damage.no_room_for_it, damage.disk_is_full)


@dataclass(frozen=True)
class Fault:
    """What is hit, how, which part of doctor's report names it (None: nothing need be wrong), and the way out."""

    file: str
    how: Damage
    doctor: str | None
    way_out: WayOut
    tls: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.how.__name__.replace('_', ' ')}"


def faults() -> list[Fault]:
    found = [Fault("vbot.duckdb.wal", how, "database", damage.repair) for how in READS]
    found += [Fault("vbot.duckdb", how, "database", damage.repair) for how in (*READS, damage.file_is_gone)]
    found += [Fault(file, how, None, damage.nothing) for file in ("vbot.duckdb.wal", "vbot.duckdb") for how in REFUSALS]
    found += [
        Fault(f"vbot.duckdb.{name}", how, None, damage.nothing)
        for name in ("key", "key.copy")
        for how in (*READS, damage.file_is_gone)
    ]
    found += [Fault("recordings/*", how, None, damage.nothing) for how in (*READS, damage.file_is_gone)]
    found += [
        Fault(f"secrets/{name}.key", how, "keys", damage.restore_secrets)
        for name in ("master", "recovery")
        for how in (*READS, damage.file_is_gone)
    ]
    found += [
        Fault(f"tls/{name}.pem", how, "certificate", damage.restore_secrets, tls=True)
        for name in ("certificate", "key")
        for how in (*READS, damage.file_is_gone)
    ]
    found += [Fault("tls/shown.pem", how, None, damage.nothing, tls=True) for how in (*TWISTS, damage.no_room_for_it)]
    found += [Fault("backups/*", how, "backups", damage.nothing) for how in READS]
    found += [Fault("incoming/cut-off.part", how, None, damage.nothing) for how in TWISTS]
    found += [Fault("first-boot.txt", how, None, damage.nothing) for how in TWISTS]
    found += [Fault("run/valkey.sock", _file_in_its_place, None, damage.nothing)]
    found += [Fault("restore-in-progress", _file_in_its_place, "database", damage.restore_again)]
    return found


def _file_in_its_place(victim: Victim) -> None:
    victim.path.parent.mkdir(exist_ok=True)
    victim.path.write_bytes(b"no socket, and no mark of a restore")


def cases() -> list[tuple[int, Fault]]:
    """All faults in an order of chance, again and again."""
    order: list[Fault] = []
    while len(order) < LONG:
        again = faults()
        random.Random(f"{SEED} {len(order)}").shuffle(again)
        order += again
    return list(enumerate(order[:LONG], 1))


def usual() -> set[int]:
    """The numbers of those in every run: the first that is repaired, that takes secrets away, that costs a recording.

    Disks that take nothing are among the rounds (test_rounds.py), interrupted restores among those of the services.
    """
    kinds: tuple[Callable[[Fault], bool], ...] = (
        lambda fault: fault.way_out is damage.repair,
        lambda fault: fault.way_out is damage.restore_secrets,
        lambda fault: fault.how in TWISTS and fault.file == "recordings/*",
    )
    return {next(number for number, fault in cases() if is_one(fault)) for is_one in kinds}


@dataclass
class Counts:
    """What is printed at the end."""

    cases: int = 0
    tracebacks: int = 0
    loops: int = 0
    unnamed: int = 0
    lost: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return (
            f"cases {self.cases}, tracebacks {self.tracebacks}, loops {self.loops}, "
            f"not named by doctor {self.unnamed}, lost {self.lost}"
        )


@dataclass(frozen=True)
class Original:
    """The data folder that each case begins with, what it has accepted, and what its operator has put away."""

    data_dir: Path
    admin_token: str
    ledger: Ledger
    help: Help
    shim: Path | None
    no_engine: str  # where doctor finds a torch that fails at once: it looks at files here


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, receiver: WebhookReceiver) -> Iterator[Original]:
    """Some calls are delivered, some came after the backup, some are in a worker's hands when all is killed -9."""
    folder = tmp_path_factory.mktemp("original")
    box = FakeAppliance(folder / "fake")
    try:
        box.start()
        ledger = Ledger(box, receiver)
        customers = [ledger.customer() for _ in range(2)]
        box.stop()  # the customers are in the file itself
        box.start()

        def accept(count: int, takes_seconds: float) -> list[Entry]:
            entered = []
            for number in range(count):
                post, customer = (
                    Post(recording(takes_seconds), external_id=f"pbx-{len(ledger.entries)}"),
                    customers[number % 2],
                )
                call_id = box.accepted(customer.key, post.audio, external_id=str(post.external_id))
                entered.append(ledger.enter(customer, Said(post, call_id)))
            return entered

        ledger.settle(accept(DONE, 0.1))
        made = vbot("backup", "create", data_dir=box.data_dir, settings=box.settings)
        assert made.returncode == 0, made.stderr
        ledger.settle(accept(SINCE_BACKUP, 0.1))
        accept(WAITING, 3.0)
        key = folder / "recovery.key"
        key.write_text(vbot("backup", "recovery-key", data_dir=box.data_dir, settings=box.settings).stdout)
        backup = Path(made.stdout.strip())
        for one in box.processes():
            one.kill()
        box.destroy()
        kept = folder / "data"
        subprocess.run(["cp", "-a", box.data_dir, kept], check=True)
        put_away = folder / backup.name
        subprocess.run(["cp", "-a", backup, put_away], check=True)
        (kept / "incoming/cut-off.part").write_bytes(b"RIFF" * 2000)
        (kept / "tls/shown.pem").write_bytes((kept / "tls/certificate.pem").read_bytes())
        installation = BrokenInstallation(folder)
        installation.breaks()
        no_engine = f"{folder / 'first-on-the-path'}{os.pathsep}{box.settings['PYTHONPATH']}"
        yield Original(kept, box.admin_token, ledger, Help(put_away, key), damage.compile_shim(folder), no_engine)
    finally:
        box.close()


class Case:
    """One appliance to be damaged; what is seen of it is counted."""

    def __init__(self, box: FakeAppliance, original: Original, fault: Fault, rng: random.Random) -> None:
        self.box = box
        self.original = original
        self.fault = fault
        self.rng = rng
        self.said: list[str] = []
        self.victim = Victim(box, self._file(), rng, original.shim)

    def _file(self) -> Path:
        if "*" not in self.fault.file:
            return self.box.data_dir / self.fault.file
        found = sorted(path for path in (self.box.data_dir / self.fault.file[:-2]).rglob("*") if path.is_file())
        return self.rng.choice(found)

    def doctor(self) -> str:
        settings = {**self.box.settings, "PYTHONPATH": self.original.no_engine}
        done = vbot("doctor", data_dir=self.box.data_dir, settings=settings, seconds=180)
        self.said += [done.stdout, done.stderr]
        return done.stdout

    def help(self) -> None:
        for done in self.fault.way_out(self.box, self.original.help):
            self.said += [done.stdout, done.stderr]

    def get_in(self) -> None:
        """A repair may have lost the tokens with their page, and says so: then the box's owner makes another."""
        if self.box.admin("GET", "/api/system").status_code == 401:
            made = vbot("token", "create", "--role", "admin", data_dir=self.box.data_dir, settings=self.box.settings)
            assert made.returncode == 0, made.stderr
            self.box.admin_token = made.stdout.strip()

    def lost(self, seconds: float = SETTLE_SECONDS) -> list[str]:
        """The calls that are not known, or not final and told, in time."""
        ledger = Ledger(self.box, self.original.ledger.receiver)
        waiting = list(self.original.ledger.entries.values())

        def settled() -> bool:
            waiting[:] = [
                entry
                for entry in waiting
                if ledger.state(entry.call_id) not in EVENT_OF or not entry.customer.received_about(entry.call_id)
            ]
            return not waiting

        wait_until(settled, seconds, 0.1)
        return [f"{entry.call_id}: {ledger.call(entry.call_id)}" for entry in waiting]

    @property
    def everything_said(self) -> str:
        return "\n".join([self.box.log_file.read_text(errors="replace"), *self.said])

    def worth_reading(self, characters: int) -> str:
        """What was said, from shortly before the first traceback, else its end."""
        said = self.everything_said
        begins = said.find(TRACEBACK)
        return said[max(0, begins - 1000) :][:characters] if begins >= 0 else said[-characters:]

    @property
    def restarts(self) -> int:
        log = self.box.log_file.read_text(errors="replace")
        return max(Counter(re.findall(r"(valkey|api|worker) started, pid", log)).values(), default=1) - 1


@pytest.fixture(scope="module")
def counts() -> Iterator[Counts]:
    total = Counts()
    print(f"\nFAULTS_SEED={SEED}")
    yield total
    print(f"\nfile faults, FAULTS_SEED={SEED}: {total}")


IN_EVERY_RUN = usual()


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        pytest.param(*case, marks=[pytest.mark.long] * (case[0] not in IN_EVERY_RUN), id=f"{case[0]} {case[1]}")
        for case in cases()
    ],
)
def test_a_damaged_file_is_told_and_nothing_that_the_disk_holds_is_lost(
    original: Original, number: int, fault: Fault, tmp_path: Path, counts: Counts
) -> None:
    box = FakeAppliance(tmp_path / "fake")
    box.settings |= {"VBOT_ADMIN_TOKEN": original.admin_token, "VBOT_TLS": "auto" if fault.tls else "off"}
    box.admin_token = original.admin_token
    try:
        box.takes_over(original.data_dir)
        case = Case(box, original, fault, random.Random(f"{SEED} {number}"))
        if original.shim is None and fault.how in (
            damage.disk_does_not_read,
            damage.disk_does_not_write,
            damage.no_room_for_it,
        ):
            pytest.skip("no C compiler for the disk that refuses (apt install gcc)")
        look_at(case, counts)
    finally:
        box.close()


def most_restarts(seconds: float) -> int:
    """How often one is started again in this time that dies at once: the pauses grow."""
    restarts, pause = 0, 2 * FIRST_PAUSE_SECONDS
    while (seconds := seconds - pause) >= 0:
        restarts, pause = restarts + 1, min(2 * pause, LONGEST_PAUSE_SECONDS)
    return restarts


def look_at(case: Case, counts: Counts) -> None:
    """Damage, start, look, mend, start again: every accepted call becomes final, and its customer was told."""
    box, fault = case.box, case.fault
    fault.how(case.victim)
    named = fault.doctor is None or f"WRONG {fault.doctor}" in case.doctor()
    refuses = fault.how in REFUSALS
    began = box.tries_to_start(REFUSED_SECONDS if refuses else START_SECONDS)
    refused, restarts = not began and box.ended_with in (1, 78), case.restarts
    # Half of what the pauses between two starts let through: loading takes its time, too.
    are_a_loop = max(5, most_restarts(REFUSED_SECONDS if refuses else START_SECONDS) // 2)
    looped = not began and restarts >= are_a_loop
    print(f"{fault}: started again {restarts} times, {are_a_loop} are a loop")
    lost = case.lost(REFUSED_SECONDS if refuses else SETTLE_SECONDS) if began else ["it did not start"]
    if lost:
        if began:
            box.destroy()
        damage.mend_disk(box)
        case.help()
        assert box.tries_to_start(START_SECONDS), f"{fault} {case.victim.notes}\n{case.worth_reading(6000)}"
        case.get_in()
        lost = case.lost()
    tracebacks = case.everything_said.count(TRACEBACK)
    # What did no harm at all need not be named: a bit in what the file has free, a note that nobody reads.
    unnamed = not named and not began
    counts.cases += 1
    counts.tracebacks += tracebacks
    counts.loops += looped
    counts.unnamed += unnamed
    counts.lost += len(lost)
    about = f"{fault} {case.victim.notes}, refused {refused}, restarts {restarts}\n{case.worth_reading(9000)}"
    assert (tracebacks, looped, unnamed, lost) == (0, False, False, []), about
