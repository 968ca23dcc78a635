-- +goose Up
-- The days on which an item was off the list at their end, from since_day up to the day before until_day: they count in no
-- figure of the day. '' where they are still to be worked out from the instants beside them (Remeasure).
ALTER TABLE catalog_suspension ADD COLUMN since_day TEXT NOT NULL DEFAULT '';
ALTER TABLE catalog_suspension ADD COLUMN until_day TEXT NOT NULL DEFAULT '';
CREATE INDEX catalog_suspension_days ON catalog_suspension (code, since_day);
CREATE INDEX catalog_suspension_undated ON catalog_suspension (id) WHERE since_day = '';

-- By which rules an item was compared with its base item: those of before did not compare in whose name a power is carried out.
ALTER TABLE catalog_carried ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;
CREATE INDEX catalog_carried_rules ON catalog_carried (rules, base, item);
