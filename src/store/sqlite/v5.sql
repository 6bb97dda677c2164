-- The card scheme (`cardOrg`) that a chargeback notification named, as received.
ALTER TABLE cases ADD COLUMN card_scheme TEXT;
