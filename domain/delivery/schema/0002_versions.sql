-- +goose Up
-- A parcel is one version of a result rather than a case: a certificate that is issued
-- again is handed over again. What waits is the newest version, one for each case.
CREATE TABLE delivery_next (
    id          BIGINT PRIMARY KEY,
    case_id     BIGINT NOT NULL,
    version     BIGINT NOT NULL,         -- of the certificate; 0: a decision, and what was kept before versions were told apart
    case_no     TEXT NOT NULL,
    item_name   TEXT NOT NULL,
    result      TEXT NOT NULL,           -- what is handed over
    number      TEXT NOT NULL,           -- of the certificate, '' for a decision
    party       BIGINT NOT NULL,
    party_name  TEXT NOT NULL,
    way         TEXT NOT NULL,           -- window, courier: as wished, then as done
    state       TEXT NOT NULL,           -- waiting, handed, sent, received, withdrawn
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
    received_at BIGINT,
    UNIQUE (case_id, version)
);
INSERT INTO delivery_next (id, case_id, version, case_no, item_name, result, number, party, party_name, way, state, wish,
    shelf, since, due, collector, relation, company, waybill, done_at, done_by, done_name, received_at)
SELECT id, case_id, 0, case_no, item_name, result, number, party, party_name, way, state, wish,
    shelf, since, due, collector, relation, company, waybill, done_at, done_by, done_name, received_at FROM delivery;
DROP TABLE delivery;
ALTER TABLE delivery_next RENAME TO delivery;
CREATE INDEX delivery_waiting ON delivery (way, due, id) WHERE state = 'waiting';
CREATE UNIQUE INDEX delivery_waits ON delivery (case_id) WHERE state = 'waiting';
CREATE INDEX delivery_sent ON delivery (id) WHERE state = 'sent';
CREATE INDEX delivery_no ON delivery (case_no);
CREATE UNIQUE INDEX delivery_waybill ON delivery (company, waybill) WHERE waybill <> '';
