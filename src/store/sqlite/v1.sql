-- "dock": so that docket never takes another program's file for its own.
PRAGMA application_id = 1685021547;

-- A rowid table and not one clustered on the id: at a million cases it loads three times faster.
CREATE TABLE cases (
    row                   INTEGER PRIMARY KEY,
    id                    TEXT NOT NULL UNIQUE,
    tracked               INTEGER NOT NULL CHECK (tracked IN (0, 1)),
    tracked_at            INTEGER NOT NULL,
    untracked_at          INTEGER,
    -- What the operator wrote; tags are a JSON array of texts.
    note                  TEXT NOT NULL DEFAULT '',
    tags                  TEXT NOT NULL DEFAULT '[]',
    owner                 TEXT NOT NULL DEFAULT '',
    wont_contest          TEXT,
    local_at              INTEGER,
    -- From a chargeback notification, as received.
    reason_code           TEXT,
    reason_message        TEXT,
    -- How the last looks at it went, in milliseconds since 1970.
    first_at              INTEGER,
    first_status          TEXT,
    refreshed_at          INTEGER,
    changed_at            INTEGER,
    failed_at             INTEGER,
    failure_code          TEXT,
    failure_message       TEXT,
    -- The sixteen fields of the last believed answer, as received. NULL is a missing field.
    case_id               TEXT,
    batch_id              TEXT,
    status                TEXT,
    case_result           TEXT,
    out_trade_no          TEXT,
    trade_token           TEXT,
    out_user_id           TEXT,
    amount                TEXT,
    fee                   TEXT,
    total_amount          TEXT,
    currency              TEXT,
    origin_trade_amount   TEXT,
    origin_trade_currency TEXT,
    retrieval_date        TEXT,
    expiration_date       TEXT,
    trade_create_time     TEXT,
    CHECK ((failed_at IS NULL) = (failure_code IS NULL))
) STRICT;

CREATE TABLE changes (
    row      INTEGER PRIMARY KEY,
    case_row INTEGER NOT NULL REFERENCES cases (row),
    field    TEXT NOT NULL,
    old      TEXT,
    new      TEXT,
    at       INTEGER NOT NULL,
    seen_at  INTEGER
) STRICT;

CREATE INDEX changes_of_case ON changes (case_row, row);
CREATE INDEX changes_unseen ON changes (case_row, row) WHERE seen_at IS NULL;
CREATE INDEX changes_seen ON changes (seen_at) WHERE seen_at IS NOT NULL;

-- One row: how often the list was written to.
CREATE TABLE edition (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO edition (one, number) VALUES (1, 0);

CREATE TABLE desk_state (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
