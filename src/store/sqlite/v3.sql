-- Money goes back at most once at a time: an accepted refund is still on its way, so it holds its order until it is paid
-- or has failed.
CREATE UNIQUE INDEX actions_open_refund ON actions (target)
    WHERE kind = 'refund' AND state IN ('intended', 'sending', 'unknown', 'accepted');

-- A refund nobody has heard of keeps its number as well: only the same one, with the same contents, may go out under it.
DROP INDEX actions_refund_no;
CREATE UNIQUE INDEX actions_refund_no ON actions (out_refund_no)
    WHERE out_refund_no IS NOT NULL AND state <> 'refused';
