-- +goose Up
CREATE TABLE delivery (
    id          BIGINT PRIMARY KEY,
    case_id     BIGINT NOT NULL UNIQUE,
    case_no     TEXT NOT NULL,
    item_name   TEXT NOT NULL,
    result      TEXT NOT NULL,           -- what is handed over
    number      TEXT NOT NULL,           -- of the certificate, '' for a decision
    party       BIGINT NOT NULL,
    party_name  TEXT NOT NULL,
    way         TEXT NOT NULL,           -- window, courier: as wished, then as done
    state       TEXT NOT NULL,           -- waiting, handed, sent, received
    wish        BYTEA NOT NULL,          -- name, telephone and address to send to, sealed
    shelf       TEXT NOT NULL,           -- where the paper lies meanwhile
    since       BIGINT NOT NULL,
    due         TEXT NOT NULL,           -- last day to hand it over
    collector   BYTEA,                   -- who collected it, sealed
    relation    TEXT NOT NULL,           -- self, legal, agent, mandate; '' while waiting or by courier
    company     TEXT NOT NULL,           -- courier
    waybill     TEXT NOT NULL,
    done_at     BIGINT,
    done_by     BIGINT NOT NULL,
    done_name   TEXT NOT NULL,
    received_at BIGINT
);
CREATE INDEX delivery_waiting ON delivery (way, due, id) WHERE state = 'waiting';
CREATE INDEX delivery_sent ON delivery (id) WHERE state = 'sent';
CREATE INDEX delivery_no ON delivery (case_no);
CREATE UNIQUE INDEX delivery_waybill ON delivery (company, waybill) WHERE waybill <> '';
