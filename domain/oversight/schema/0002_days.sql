-- +goose Up
-- From how many working days after the grant the last day follows: a new notice on days off moves it. 0: none set, or told
-- before this was kept, whose last day stays.
ALTER TABLE oversight_task ADD COLUMN days BIGINT NOT NULL DEFAULT 0;
