"""A database as an appliance has it after a year: filled by a few statements a batch, through the program's own schema.

Each call has its recording, its result with turns and words, its webhook with attempts; days long over are rolled up.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from appliance.domain.actor import OWNER
from appliance.domain.call import Call
from appliance.domain.delivery import WebhookEvent, address_cell
from appliance.messages.call_result import CallResult, PartiesResult, PartyResult, SegmentResult
from appliance.services.calls.statistics import RollUp
from appliance.services.customers.customers import Customers
from appliance.storage.audit_chain import chain_lines
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import facts
from appliance.webhooks.events import completed_body
from tests.support.database_file import keys_beside

CUSTOMERS = 20
DAYS = 365
# Whole row groups of DuckDB: these are written straight to the file, not to its log first.
BATCH = 2 * 122_880
# Different conversations; each call has one of them, and a word of its own.
CONVERSATIONS = 2000
TURNS = 14
WORDS_A_TURN = 12
AUDIT_LINES = 50_000
ADDRESS = "https://crm{}.example.com/hook"
# What stands in a webhook's body until it is a call's.
CALL_ID = "00000000-0000-0000-0000-000000000000"

_WORDS = """invoice delivery appointment contract meter reading account password router order refund address customer
number technician morning afternoon tomorrow Tuesday price offer cancel confirm please thank you good the is a we have
not yet received could you help me with my problem since last week it was told that nobody called back about this"""

_BATCH = """
    CREATE OR REPLACE TEMP TABLE batch AS
    SELECT i, uuid()::VARCHAR AS call_id, (1 + hash(i) % $customers)::INTEGER AS customer_id,
           -- From eight to six, each day of the year.
           $first_day + to_microseconds((epoch_us(INTERVAL 1 DAY) * (i * $days // $calls)
             + epoch_us(INTERVAL 8 HOUR)
             + epoch_us(INTERVAL 10 HOUR) * ((i * $days) % $calls) // $calls)::BIGINT) AS received_at,
           (20 + hash(i + 1) % 40)::DOUBLE AS took, hash(i + 2) % 100 < 97 AS completed,
           (hash(i + 3) % $conversations)::INTEGER AS conversation, hash(i + 4) % 1000 AS luck
    FROM range($first, $end) AS numbers(i)"""

_INSERTS = (
    # Numbered here: which of its threads DuckDB gives a number of a sequence is chance.
    """INSERT INTO call BY NAME
    SELECT i + 1 AS seq, call_id, customer_id, '+4930' || (1000000 + hash(i + 5) % 9000000) AS caller_number,
           '+4940' || (1000 * customer_id + hash(i + 6) % 50) AS called_number, 'pbx-' || i AS external_id,
           1 AS revision, 1 AS attempt, 0 AS crashes,
           CASE WHEN completed THEN 'completed' ELSE 'failed' END AS state, received_at,
           received_at + INTERVAL 3 SECOND AS started_at, received_at + to_seconds(took) AS finished_at,
           CASE WHEN completed THEN duration_seconds END AS duration_seconds,
           CASE WHEN completed THEN speech_seconds END AS speech_seconds,
           CASE WHEN completed THEN sentiment END AS sentiment,
           CASE WHEN completed THEN took END AS time_to_result_seconds,
           CASE WHEN NOT completed THEN 'unreadable_recording' END AS error_code,
           CASE WHEN NOT completed THEN 'the bytes are no audio that can be decoded' END AS error_message
    FROM batch JOIN conversations USING (conversation)""",
    """INSERT INTO recording BY NAME
    SELECT call_id, 1 AS revision, strftime(received_at, '%Y-%m-%d/') || call_id AS file,
           (duration_seconds * 32000)::BIGINT AS bytes, md5(call_id) || md5(i::VARCHAR) AS sha256, received_at,
           CASE WHEN received_at < $now - INTERVAL 30 DAY THEN received_at + INTERVAL 30 DAY END AS erased_at
    FROM batch JOIN conversations USING (conversation)""",
    """INSERT INTO result BY NAME
    SELECT call_id, 1 AS revision, 1 AS attempt, received_at + to_seconds(took) AS stored_at, sentiment, speech_seconds,
           search_text || ' ticket ' || i AS search_text, body
    FROM batch JOIN conversations USING (conversation) WHERE completed""",
    """INSERT INTO delivery BY NAME
    SELECT i + 1 AS seq, addresses.id, call_id, batch.customer_id, 'call.completed' AS event, 1 AS revision,
           'msg_' || md5(call_id) AS webhook_id, customer.webhook_url AS url, sealed_url,
           CASE WHEN luck < 10 THEN 'failed' WHEN luck < 15 THEN 'disabled' ELSE 'delivered' END AS state,
           CASE WHEN luck < 10 THEN 4 WHEN luck < 15 THEN 0 ELSE 1 END AS attempts_made, 0 AS round_began,
           encode(replace(webhook, $call_id, call_id)) AS body, received_at + to_seconds(took) AS created_at
    FROM batch JOIN conversations USING (conversation) JOIN addresses USING (i)
      JOIN customer ON customer.id = batch.customer_id""",
    """INSERT INTO delivery_attempt
    SELECT id, number, created_at + to_seconds(number * 60), CASE WHEN state = 'failed' THEN 503 ELSE 200 END, 40,
           CASE WHEN state = 'failed' THEN 'the endpoint answered 503' END, 'ok'
    FROM delivery, range(1, 5) AS numbers(number) WHERE seq > $first AND number <= attempts_made""",
)


def fill(folder: DataFolder, calls: int) -> None:
    """Customers with so many calls of the last year, in a data folder that is set up."""
    now = datetime.now(UTC)
    keys = Keys.load(folder.master_key)
    with opened_database(folder.database, keys=keys_beside(folder.database)) as database:
        asyncio.run(_make_customers(database, keys, now))
        _in_one_go(database, _hurry)
        _in_one_go(database, lambda tx: _make_conversations(tx, now))
        began = time.monotonic()
        for first in range(0, calls, BATCH):
            _in_one_go(database, lambda tx, first=first: _make_calls(tx, keys, now, calls, first))
            print(f"\r{min(first + BATCH, calls)} calls after {time.monotonic() - began:.0f} s ", end="", flush=True)
        print()
        _in_one_go(database, _finish)
        _in_one_go(database, lambda tx: _make_audit(tx, now))
        asyncio.run(RollUp(database, lambda: now)())


def _in_one_go(database: Database, work: Callable[[Connection], None]) -> None:
    database.write_blocking(work)


def _hurry(tx: Connection) -> None:
    tx.execute("SET GLOBAL memory_limit = '4GB'")


async def _make_customers(database: Database, keys: Keys, now: datetime) -> None:
    service = Customers(database, keys, lambda: now - timedelta(days=DAYS), lambda: None)
    for number in range(CUSTOMERS):
        names = {"name": f"Customer {number}", "company_name": f"Company {number}", "email": f"c{number}@example.com"}
        await service.create(OWNER, webhook_secret=None, **names, webhook_url=ADDRESS.format(number))


def _make_conversations(tx: Connection, now: datetime) -> None:
    tx.execute(
        "CREATE TEMP TABLE conversations (conversation INTEGER, sentiment VARCHAR, duration_seconds DOUBLE, "
        "speech_seconds DOUBLE, search_text VARCHAR, body VARCHAR, webhook VARCHAR)"
    )
    rows = [[number, *row] for number, row in enumerate(_conversations(now))]
    tx.executemany("INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _conversations(now: datetime) -> Iterator[list[object]]:
    chance = random.Random(4)  # the same in each run
    for _ in range(CONVERSATIONS):
        result = _result(chance)
        call = Call(CALL_ID, 1, "+49301234567", "+49407654321", now, duration_seconds=result.duration_seconds)
        texts = (result.transcription, result.summary, result.keywords)
        yield [
            result.sentiment,
            result.duration_seconds,
            result.speech_seconds,
            "\n".join(texts).lower(),
            msgspec.json.encode(result).decode(),
            completed_body(call, result, WebhookEvent.COMPLETED, now).decode(),
        ]


def _result(chance: random.Random) -> CallResult:
    words = _WORDS.split()
    segments = [
        SegmentResult(
            start=6.0 * turn,
            end=6.0 * turn + 5.2,
            channel=turn % 2,
            party="called" if turn % 2 else "caller",
            text=" ".join(chance.choices(words, k=WORDS_A_TURN)),
            confidence=0.9,
        )
        for turn in range(TURNS)
    ]
    party = PartyResult(talk_seconds=2.6 * TURNS, sentiment="neutral", sentiment_score=0.1)
    keywords = chance.sample(words, 5)
    return CallResult(
        transcription="\n".join(segment.text for segment in segments),
        summary=" ".join(chance.choices(words, k=3 * WORDS_A_TURN)),
        sentiment=chance.choice(("positive", "neutral", "neutral", "negative")),  # type: ignore[arg-type]
        keywords=", ".join(keywords),
        duration_seconds=6.0 * TURNS,
        speech_seconds=5.2 * TURNS,
        language="en",
        segments=segments,
        parties=PartiesResult(caller=party, called=party),
        keyword_scores=dict.fromkeys(keywords, 0.5),
        models={"asr": "whisper-base"},
        no_speech=False,
    )


def _make_calls(tx: Connection, keys: Keys, now: datetime, calls: int, first: int) -> None:
    first_day = (now - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    known = {
        "customers": CUSTOMERS,
        "days": DAYS,
        "calls": calls,
        "conversations": CONVERSATIONS,
        "first": first,
        "end": min(first + BATCH, calls),
        "first_day": first_day,
        "now": now,
        "call_id": CALL_ID,
    }
    for statement in (_BATCH, *_INSERTS):
        tx.execute(statement, {name: value for name, value in known.items() if f"${name}" in statement})
        if statement == _BATCH:
            _make_addresses(tx, keys)


def _make_addresses(tx: Connection, keys: Keys) -> None:
    """Where each call's webhook goes: sealed for its own place."""
    rows = tx.execute("SELECT i, uuid()::VARCHAR, customer_id FROM batch WHERE completed").fetchall()
    sealed = [keys.seal_url(ADDRESS.format(customer - 1), address_cell(id_)).sealed for _, id_, customer in rows]
    tx.execute(
        "CREATE OR REPLACE TEMP TABLE addresses AS "
        "SELECT unnest(?::BIGINT[]) AS i, unnest(?::VARCHAR[]) AS id, unnest(?::BLOB[]) AS sealed_url",
        [[i for i, _, _ in rows], [id_ for _, id_, _ in rows], sealed],
    )


def _finish(tx: Connection) -> None:
    for table in ("call", "delivery"):
        last = tx.execute(f"SELECT max(seq) FROM {table}").fetchone() or (0,)
        tx.execute(f"SELECT max(nextval('{table}_seq')) FROM range(?)", list(last))
    facts.put(tx, facts.SEALS_BOUND_UNTIL, "all")  # or the first start would look at each


def _make_audit(tx: Connection, now: datetime) -> None:
    tx.execute(
        """INSERT INTO audit BY NAME
        SELECT $now - to_minutes(10 * ($lines - i)) AS at, 'token' AS actor, 1 AS token_id, 'ada' AS token_name,
               'admin' AS token_role, '192.0.2.7' AS address, 'customer.updated' AS action, 'customer' AS subject,
               (1 + i % $customers)::VARCHAR AS subject_id, '{"name": "A"}' AS before, '{"name": "B"}' AS after
        FROM range($lines) AS numbers(i)""",
        {"now": now, "lines": AUDIT_LINES, "customers": CUSTOMERS},
    )
    chain_lines(tx)
