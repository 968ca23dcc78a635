-- +goose Up
-- Booklets are kept under the numbers of their volumes, no longer under whatever address was asked for: those that were
-- kept are made anew.
INSERT INTO catalog_booklet_former (blob, since) SELECT DISTINCT blob, 0 FROM catalog_booklet WHERE TRUE ON CONFLICT (blob) DO NOTHING;
DELETE FROM catalog_booklet;

-- Only words of the catalogue and of its thesaurus are kept of searches, all others are counted under '': what was kept
-- before may be about people.
DELETE FROM catalog_missed;
