-- +goose Up
-- The systems that are notified. A system is never removed: orders name it. secret is sealed.
CREATE TABLE exchange_system (
    code    TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    address TEXT NOT NULL,
    secret  BYTEA NOT NULL,
    used    BOOLEAN NOT NULL,
    lock    INTEGER NOT NULL,
    moved   BIGINT NOT NULL
);

-- The orders, each written in the unit of work that wants it. system is what the drawing names, known or not. about is
-- the case, 0 for a test; place is 1, 2, 3 … among the orders about one case, of tests their id. entry is the number of
-- the entry of the case's ledger that gave the order. body is sealed; it never changes.
CREATE TABLE exchange_order (
    id      BIGINT PRIMARY KEY,
    system  TEXT NOT NULL,
    what    TEXT NOT NULL,
    about   BIGINT NOT NULL,
    place   BIGINT NOT NULL,
    entry   BIGINT NOT NULL,
    no      TEXT NOT NULL,
    step    TEXT NOT NULL,
    name    TEXT NOT NULL,
    body    BYTEA NOT NULL,
    state   TEXT NOT NULL,
    parked  BOOLEAN NOT NULL,  -- an earlier one about the same case is under way; it has no job
    round   INTEGER NOT NULL,  -- 1, and one more each time that a person sends it again
    tries   INTEGER NOT NULL,  -- of all rounds
    status  INTEGER NOT NULL,  -- of the last answer, 0: none came
    cause   TEXT NOT NULL,     -- why the last try did not succeed
    reason  TEXT NOT NULL,     -- why it was given up
    lock    INTEGER NOT NULL,
    at      BIGINT NOT NULL,
    tried   BIGINT,
    ended   BIGINT,
    UNIQUE (about, place)
);
CREATE INDEX exchange_order_state ON exchange_order (state, id);
CREATE INDEX exchange_order_system ON exchange_order (system, id);
