-- +goose Up
-- Where the applicant of a draft lives, for items that a township receives, and
-- whether they promised to hand in later what may come later (容缺).
ALTER TABLE cases_draft ADD COLUMN division TEXT NOT NULL DEFAULT '';
ALTER TABLE cases_draft ADD COLUMN promised BOOLEAN NOT NULL DEFAULT FALSE;
