-- +goose Up
CREATE TABLE once_key (
    id      TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    outcome TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX once_key_at ON once_key (at);
