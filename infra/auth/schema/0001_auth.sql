-- +goose Up
CREATE TABLE auth_account (
    id           BIGINT PRIMARY KEY,
    kind         TEXT NOT NULL,          -- applicant or staff
    login        TEXT NOT NULL UNIQUE,   -- as typed, in lower case
    subject      BIGINT NOT NULL,        -- the party or the staff member
    password     TEXT NOT NULL,          -- argon2id, PHC format
    failed       BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT,
    active       BOOLEAN NOT NULL
);
CREATE INDEX auth_account_subject ON auth_account (kind, subject);
CREATE TABLE auth_session (
    token   TEXT PRIMARY KEY,            -- SHA-256 of the cookie
    data    BYTEA NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX auth_session_expires ON auth_session (expires);
