-- +goose Up
-- What this place has settled where the law is silent, each change on top of the one before it. A row never changes:
-- cases keep what was in force when they were received.
CREATE TABLE cases_settled (
    number     BIGINT PRIMARY KEY,      -- 1, 2, 3 …
    point      TEXT NOT NULL,           -- what was changed
    was        TEXT NOT NULL,
    value      TEXT NOT NULL,
    body       TEXT NOT NULL,           -- all of it from then on, JSON
    reason     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    actor      BIGINT NOT NULL,
    actor_name TEXT NOT NULL
);
-- The last day of the ban that a case began on its party and item, '' none.
ALTER TABLE cases ADD COLUMN ban_until TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_ban ON cases (party, item, ban_until) WHERE ban_until <> '';
-- Until when a case holds one of a limited number, '' if it holds none; and since when it waits for one.
ALTER TABLE cases ADD COLUMN holds TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN queued BIGINT;
CREATE INDEX cases_holds ON cases (item, holds) WHERE holds <> '';
CREATE INDEX cases_queued ON cases (item, queued, id) WHERE queued IS NOT NULL;
-- Locked by whoever decides on an item of limited number, so that two never give the last one away.
CREATE TABLE cases_quota (
    item TEXT PRIMARY KEY
);
