-- Every reply and refund ever confirmed. The contents are written once; only where it stands may move.
CREATE TABLE actions (
    row              INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    kind             TEXT NOT NULL CHECK (kind IN ('reply', 'reply-batch', 'refund')),
    -- What it acts on: the case, the batch, or the order.
    target           TEXT NOT NULL,
    case_id          TEXT,
    batch_id         TEXT,
    out_trade_no     TEXT,
    out_refund_no    TEXT,
    amount           TEXT,
    currency         TEXT,
    data             BLOB NOT NULL,
    operator         TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    -- Where it stands, who last moved it, and what was found out; the ids are JSON arrays of texts.
    state            TEXT NOT NULL CHECK (state IN
        ('intended', 'sending', 'accepted', 'refused', 'unknown', 'settled', 'not-received')),
    session          TEXT NOT NULL,
    attempt          INTEGER NOT NULL DEFAULT 0,
    sent_at          INTEGER,
    settled_at       INTEGER,
    code             TEXT,
    msg              TEXT,
    status           TEXT,
    success_case_ids TEXT NOT NULL DEFAULT '[]',
    fail_case_ids    TEXT NOT NULL DEFAULT '[]'
) STRICT;

-- The locks: whoever comes second cannot even intend.
CREATE UNIQUE INDEX actions_open ON actions (kind, target) WHERE state IN ('intended', 'sending', 'unknown');
CREATE UNIQUE INDEX actions_refund_no ON actions (out_refund_no)
    WHERE out_refund_no IS NOT NULL AND state IN ('intended', 'sending', 'unknown', 'accepted', 'settled');
CREATE INDEX actions_of_case ON actions (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX actions_of_batch ON actions (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE attempts (
    action_row  INTEGER NOT NULL REFERENCES actions (row),
    n           INTEGER NOT NULL CHECK (n > 0),
    started_at  INTEGER NOT NULL,
    request     BLOB NOT NULL,
    ended_at    INTEGER,
    http_status INTEGER,
    answer      BLOB,
    signature   TEXT CHECK (signature IN ('valid', 'wrong', 'absent')),
    verdict     TEXT CHECK (verdict IN ('accepted', 'refused', 'unknown')),
    PRIMARY KEY (action_row, n),
    CHECK ((ended_at IS NULL) = (verdict IS NULL))
) STRICT;

-- One row per step of an action. Each hash covers the one before, so that no row can be changed alone; `digest` is
-- that of the bytes the step brought: the contents, the request, the answer.
CREATE TABLE journal (
    seq        INTEGER PRIMARY KEY,
    action     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    from_state TEXT,
    to_state   TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    session    TEXT NOT NULL,
    finding    TEXT NOT NULL,
    digest     BLOB,
    prev       BLOB NOT NULL,
    hash       BLOB NOT NULL
) STRICT;
CREATE INDEX journal_of_action ON journal (action, seq);

CREATE TRIGGER journal_is_not_edited BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never edited'); END;
CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never cut'); END;
-- REPLACE deletes without asking the trigger above.
CREATE TRIGGER journal_only_grows BEFORE INSERT ON journal
WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;

CREATE TRIGGER actions_keep_their_contents
BEFORE UPDATE OF row, id, kind, target, case_id, batch_id, out_trade_no, out_refund_no, amount, currency, data,
    operator, created_at ON actions
BEGIN SELECT RAISE(ABORT, 'what was intended is never edited'); END;
CREATE TRIGGER actions_stay BEFORE DELETE ON actions
BEGIN SELECT RAISE(ABORT, 'an action is never deleted'); END;
CREATE TRIGGER actions_are_not_replaced BEFORE INSERT ON actions
WHEN EXISTS (SELECT 1 FROM actions WHERE id = new.id OR row = new.row)
BEGIN SELECT RAISE(ABORT, 'an action is never replaced'); END;

CREATE TRIGGER attempts_keep_their_request BEFORE UPDATE OF action_row, n, started_at, request ON attempts
BEGIN SELECT RAISE(ABORT, 'what was sent is never edited'); END;
CREATE TRIGGER attempts_keep_their_end BEFORE UPDATE ON attempts WHEN old.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what came back is never edited'); END;
CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;
CREATE TRIGGER attempts_are_not_replaced BEFORE INSERT ON attempts
WHEN EXISTS (SELECT 1 FROM attempts WHERE action_row = new.action_row AND n = new.n)
BEGIN SELECT RAISE(ABORT, 'an attempt is never replaced'); END;

-- Replies being written: one for one set of targets, whatever their order. Targets and files are JSON.
CREATE TABLE drafts (
    key        TEXT NOT NULL PRIMARY KEY,
    targets    TEXT NOT NULL,
    content    TEXT NOT NULL,
    files      TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
