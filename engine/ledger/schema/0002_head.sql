-- +goose Up
-- Where each chain ends, so that a removed chain or tail is noticed.
CREATE TABLE ledger_head (
    chain TEXT PRIMARY KEY,
    seq   BIGINT NOT NULL,
    hash  TEXT NOT NULL
);
INSERT INTO ledger_head (chain, seq, hash)
SELECT e.chain, e.seq, e.hash FROM ledger_entry e
WHERE e.seq = (SELECT MAX(l.seq) FROM ledger_entry l WHERE l.chain = e.chain);
