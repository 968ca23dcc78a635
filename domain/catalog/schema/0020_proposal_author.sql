-- +goose Up
-- hand is who made a proposal, by which the lists of their own and of others are read: 's' and the number of the member of
-- staff. Those made before have it out of author, {"id":1,"kind":"staff","staff":77,"name":"..."}: what is before the number,
-- then what is after it, is trimmed away.
ALTER TABLE catalog_proposal ADD COLUMN hand TEXT NOT NULL DEFAULT '';
UPDATE catalog_proposal SET hand = LTRIM(LTRIM(LTRIM(author, '{"id:'), '0123456789'), ',"kindstaf:') WHERE author LIKE '{"id":%,"kind":"staff","staff":%';
UPDATE catalog_proposal SET hand = 's' || SUBSTR(hand, 1, LENGTH(hand) - LENGTH(LTRIM(hand, '0123456789'))) WHERE hand <> '';
CREATE INDEX catalog_proposal_hand ON catalog_proposal (hand, id);
