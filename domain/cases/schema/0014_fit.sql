-- +goose Up
-- Who first found a material fit since it came, and when: what a correction was found fit for stays so.
ALTER TABLE cases_material ADD COLUMN fit_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases_material ADD COLUMN fit_at BIGINT;
