-- What follows from a case and is written with it, so that the first screenful, the counts and the sums of a million
-- cases are found through indexes. Docket fills these in; see domain/order.rs and domain/tally.rs for what they hold.
ALTER TABLE cases ADD COLUMN settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1));
-- Its place in order of due date, while it is on the list and needs a reply.
ALTER TABLE cases ADD COLUMN due_rank BLOB;

CREATE INDEX cases_due ON cases (due_rank, id) WHERE due_rank IS NOT NULL;
CREATE INDEX cases_fetched ON cases (settled, refreshed_at) WHERE tracked AND refreshed_at IS NOT NULL;

-- How many cases of the list are what: stages, due dates, failures, unseen changes, money at risk.
CREATE TABLE tally (
    kind  TEXT NOT NULL,
    key   TEXT NOT NULL,
    cases INTEGER NOT NULL,
    sum   TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
