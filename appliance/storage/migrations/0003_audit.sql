-- Who changed what. Rows are added in the transaction of the change itself and never touched again: appliance.storage.tables.audit
-- can do nothing else. No index: it is read from its end, and the zone maps of `seq` find a cursor.

CREATE SEQUENCE audit_seq START 1;
CREATE TABLE audit (
    seq          BIGINT NOT NULL DEFAULT nextval('audit_seq'),  -- order, the cursor of the list
    id           UUID NOT NULL DEFAULT uuid(),                  -- the same in every backup that holds the line
    "at"         TIMESTAMPTZ NOT NULL,
    actor        VARCHAR NOT NULL,   -- token, owner or vbot
    token_id     INTEGER,
    token_name   VARCHAR,            -- name and role as they were then
    token_role   VARCHAR,
    address      VARCHAR NOT NULL,   -- where it came from, or `local`
    request_id   VARCHAR,
    action       VARCHAR NOT NULL,
    subject      VARCHAR NOT NULL,
    subject_id   VARCHAR,
    "before"     VARCHAR NOT NULL,   -- JSON objects of the changed fields, secrets masked
    "after"      VARCHAR NOT NULL
);
