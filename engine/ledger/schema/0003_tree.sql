-- +goose Up
-- The log over every entry of every chain: a Merkle tree (RFC 6962) whose leaves
-- stand in the order in which they were taken up.
CREATE TABLE ledger_pending (             -- entries not yet taken up
    entry BIGINT PRIMARY KEY
);
INSERT INTO ledger_pending (entry) SELECT id FROM ledger_entry;

CREATE TABLE ledger_leaf (
    place BIGINT PRIMARY KEY,             -- 0, 1, 2 …
    entry BIGINT NOT NULL UNIQUE
);

CREATE TABLE ledger_block (               -- the tree's hashes, 256 of 32 bytes a row
    n    BIGINT PRIMARY KEY,
    data BYTEA NOT NULL
);

CREATE TABLE ledger_checkpoint (
    id   BIGINT PRIMARY KEY,              -- always 1: the newest
    size BIGINT NOT NULL,                 -- leaves that it speaks of
    at   BIGINT,                          -- when it was signed
    note TEXT NOT NULL                    -- origin, size, root and signature; '' before the first
);
INSERT INTO ledger_checkpoint (id, size, at, note) VALUES (1, 0, NULL, '');
