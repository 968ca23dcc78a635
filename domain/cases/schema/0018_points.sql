-- +goose Up
-- Which acceptance points of a material were found good, in the words of the item's version that the case was received on.
ALTER TABLE cases_material ADD COLUMN points TEXT NOT NULL DEFAULT '[]';
