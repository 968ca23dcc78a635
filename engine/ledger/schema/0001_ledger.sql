-- +goose Up
CREATE TABLE ledger_entry (
    id        BIGINT PRIMARY KEY,
    chain     TEXT NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     BIGINT NOT NULL,
    on_behalf BIGINT NOT NULL,
    act       TEXT NOT NULL,
    body      TEXT NOT NULL,
    prev      TEXT NOT NULL,
    hash      TEXT NOT NULL,
    UNIQUE (chain, seq)
);
