-- Until when the operator has put a case off: a day, counted as Julian days are, and when it had last changed then.
ALTER TABLE cases ADD COLUMN snoozed_until INTEGER;
ALTER TABLE cases ADD COLUMN snoozed_known INTEGER;
-- The day on which it wakes, while it is on the list and could sleep until then. Docket fills this in.
ALTER TABLE cases ADD COLUMN wakes_on INTEGER;

-- Whether a case sleeps is seen from the index, so that many of them do not make the first screenful slow.
DROP INDEX cases_due;
CREATE INDEX cases_due ON cases (due_rank, id, wakes_on) WHERE due_rank IS NOT NULL;
