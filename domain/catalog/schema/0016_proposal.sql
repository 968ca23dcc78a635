-- +goose Up
-- What one officer proposes for the base catalogue, its locks and the library of materials, and another agrees to. about names
-- what it changes; of that at most one proposal waits. made_on is the number of the version that it was made on.
CREATE TABLE catalog_proposal (
    id      BIGINT PRIMARY KEY,
    kind    TEXT NOT NULL,
    about   TEXT NOT NULL,
    name    TEXT NOT NULL,
    made_on BIGINT NOT NULL,
    body    TEXT NOT NULL,
    why     TEXT NOT NULL,
    state   TEXT NOT NULL,
    author  TEXT NOT NULL,
    decider TEXT NOT NULL,
    remark  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    decided BIGINT
);
CREATE UNIQUE INDEX catalog_proposal_waits ON catalog_proposal (about) WHERE state = 'waiting';
CREATE INDEX catalog_proposal_about ON catalog_proposal (about, id);
CREATE INDEX catalog_proposal_state ON catalog_proposal (state, id);
