-- +goose Up
-- The notices that were published here, each on top of those compiled in and of the ones before it. A row never
-- changes: what was counted by its calendar can be counted again for ever.
CREATE TABLE holiday_version (
    number     BIGINT PRIMARY KEY,      -- 1, 2, 3 …
    version    TEXT NOT NULL,           -- name of the calendar that it made
    prev       TEXT NOT NULL,           -- name of the one before
    year       BIGINT NOT NULL,
    no         TEXT NOT NULL,           -- of the document: 国办发明电〔2026〕7号
    issued     TEXT NOT NULL,           -- its date, YYYY-MM-DD
    breaks     TEXT NOT NULL,           -- JSON
    at         BIGINT NOT NULL,
    actor      BIGINT NOT NULL,
    actor_name TEXT NOT NULL
);
