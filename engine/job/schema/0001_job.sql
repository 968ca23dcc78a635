-- +goose Up
CREATE TABLE job (
    id    BIGINT PRIMARY KEY,
    kind  TEXT NOT NULL,
    body  TEXT NOT NULL,
    due   BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    state TEXT NOT NULL,
    fault TEXT NOT NULL DEFAULT ''
);
CREATE INDEX job_due ON job (due, id) WHERE state = 'waiting';
