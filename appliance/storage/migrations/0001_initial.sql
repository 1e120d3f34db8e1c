-- The first schema. No foreign keys: DuckDB has no CASCADE and refuses child + parent deletes in one transaction;
-- the one serialised writer keeps rows consistent instead. Moments are TIMESTAMPTZ in UTC.

CREATE SEQUENCE customer_id START 1;
CREATE TABLE customer (
    id                      INTEGER PRIMARY KEY DEFAULT nextval('customer_id'),  -- a sequence never gives an id twice
    name                    VARCHAR NOT NULL,
    company_name            VARCHAR NOT NULL,
    email                   VARCHAR NOT NULL,
    is_active               BOOLEAN NOT NULL,
    created_at              TIMESTAMPTZ NOT NULL,
    updated_at              TIMESTAMPTZ NOT NULL,
    api_key_hash            VARCHAR NOT NULL,   -- keyed hash, for look-up
    sealed_api_key          BLOB NOT NULL,      -- AES-256-GCM, for display to an administrator
    sealed_webhook_secret   BLOB NOT NULL,
    -- After a rotation the old one goes on working for a grace time.
    previous_api_key_hash          VARCHAR,
    previous_api_key_until         TIMESTAMPTZ,
    sealed_previous_webhook_secret BLOB,
    previous_webhook_secret_until  TIMESTAMPTZ,
    webhook_url             VARCHAR,
    webhook_disabled_reason VARCHAR,
    webhook_failing_since   TIMESTAMPTZ,        -- no attempt has succeeded since this one failed
    webhook_ca              VARCHAR,            -- PEM of the authority that signs the receiver's certificate
    webhook_fingerprint     VARCHAR,            -- or SHA-256 of that certificate itself, for a self-signed one
    rate_limit_per_minute   INTEGER,
    max_concurrent_calls    INTEGER,
    retention_days          INTEGER,
    text_retention_days               INTEGER,
    default_language        VARCHAR,
    caller_channel          VARCHAR,
    deleted_at              TIMESTAMPTZ         -- a tombstone: its accepted calls still become final
);

CREATE SEQUENCE call_seq START 1;
CREATE TABLE call (
    seq               BIGINT PRIMARY KEY DEFAULT nextval('call_seq'),  -- order of acceptance, the cursor of lists
    call_id           VARCHAR NOT NULL UNIQUE,
    customer_id       INTEGER NOT NULL,
    caller_number     VARCHAR NOT NULL,
    called_number     VARCHAR NOT NULL,
    external_id       VARCHAR,
    idempotency_key   VARCHAR,
    revision          INTEGER NOT NULL,
    attempt           INTEGER NOT NULL,
    crashes           INTEGER NOT NULL,
    state             VARCHAR NOT NULL,
    language          VARCHAR,
    direction         VARCHAR,
    caller_channel    VARCHAR,
    metadata          VARCHAR,
    call_started_at   TIMESTAMPTZ,
    received_at       TIMESTAMPTZ NOT NULL,
    started_at        TIMESTAMPTZ,
    finished_at       TIMESTAMPTZ,
    duration_seconds  DOUBLE,
    error_code        VARCHAR,
    error_message     VARCHAR,
    worker            VARCHAR,
    worker_boot       VARCHAR,
    texts_erased      BOOLEAN NOT NULL DEFAULT false   -- as the retention asks
);
CREATE INDEX call_external_id ON call (customer_id, external_id);
CREATE INDEX call_idempotency_key ON call (customer_id, idempotency_key);

-- One row for each revision: the history of what the PBX sent.
CREATE TABLE recording (
    call_id     VARCHAR NOT NULL,
    revision    INTEGER NOT NULL,
    file        VARCHAR NOT NULL,
    bytes       BIGINT NOT NULL,
    sha256      VARCHAR NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    erased_at   TIMESTAMPTZ,            -- the audio is gone, as the retention asks; the row tells that it was there
    PRIMARY KEY (call_id, revision)
);

-- One row for each revision that was analysed; `body` is appliance.messages.CallResult as JSON.
CREATE TABLE result (
    call_id        VARCHAR NOT NULL,
    revision       INTEGER NOT NULL,
    attempt        INTEGER NOT NULL,
    stored_at      TIMESTAMPTZ NOT NULL,
    sentiment      VARCHAR NOT NULL,
    speech_seconds DOUBLE NOT NULL,
    search_text    VARCHAR NOT NULL,   -- what `?q=` looks at: transcription, summary and keywords in lower case
    body           VARCHAR NOT NULL,
    PRIMARY KEY (call_id, revision)
);

CREATE SEQUENCE delivery_seq START 1;
CREATE TABLE delivery (
    seq             BIGINT PRIMARY KEY DEFAULT nextval('delivery_seq'),
    id              VARCHAR NOT NULL UNIQUE,
    call_id         VARCHAR NOT NULL,
    customer_id     INTEGER NOT NULL,
    event           VARCHAR NOT NULL,
    revision        INTEGER NOT NULL,
    webhook_id      VARCHAR NOT NULL,
    url             VARCHAR,
    state           VARCHAR NOT NULL,
    next_attempt_at TIMESTAMPTZ,
    attempts_made   INTEGER NOT NULL,
    round_began     INTEGER NOT NULL,  -- attempts made before the last redelivery: its retries are counted from here
    body            BLOB NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX delivery_call ON delivery (call_id);

CREATE TABLE delivery_attempt (
    delivery_id VARCHAR NOT NULL,
    number      INTEGER NOT NULL,
    "at"        TIMESTAMPTZ NOT NULL,
    status      INTEGER,
    latency_ms  INTEGER NOT NULL,
    error       VARCHAR,
    reply       VARCHAR NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

CREATE SEQUENCE token_id START 1;
CREATE TABLE token (
    id           INTEGER PRIMARY KEY DEFAULT nextval('token_id'),
    name         VARCHAR NOT NULL,
    role         VARCHAR NOT NULL,
    token_hash   VARCHAR NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ,
    revoked_at   TIMESTAMPTZ
);

-- Calls erased on demand: a restored backup must erase them again.
CREATE TABLE erasure (
    call_id   VARCHAR PRIMARY KEY,
    erased_at TIMESTAMPTZ NOT NULL
);

-- Single facts of the appliance, such as the queue's epoch.
CREATE TABLE fact (
    name  VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
);
