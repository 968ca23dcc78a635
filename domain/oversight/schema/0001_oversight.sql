-- +goose Up
-- What a regulator has to do after a grant: one row for each that the item names.
CREATE TABLE oversight_task (
    id            BIGINT PRIMARY KEY,
    case_id       BIGINT NOT NULL,
    unit          TEXT NOT NULL,           -- the regulator
    place         BIGINT NOT NULL,         -- among those of the item's version
    case_no       TEXT NOT NULL,
    item_name     TEXT NOT NULL,
    party_name    TEXT NOT NULL,
    task          TEXT NOT NULL,           -- '' where the item names the regulator alone: to take note
    basis         TEXT NOT NULL,
    granted       BIGINT NOT NULL,
    due           TEXT NOT NULL,           -- last day; 9999-12-31: none is set
    state         TEXT NOT NULL,           -- told, received, done
    received_at   BIGINT,
    received_by   BIGINT NOT NULL,
    received_name TEXT NOT NULL,
    done_at       BIGINT,
    done_by       BIGINT NOT NULL,
    done_name     TEXT NOT NULL,
    what          TEXT NOT NULL,           -- what was done
    UNIQUE (case_id, unit, place)
);
CREATE INDEX oversight_open ON oversight_task (due, id) WHERE state <> 'done';
CREATE INDEX oversight_unit ON oversight_task (unit, due, id) WHERE state <> 'done';
CREATE INDEX oversight_done ON oversight_task (id) WHERE state = 'done';
CREATE INDEX oversight_unit_done ON oversight_task (unit, id) WHERE state = 'done';
