-- +goose Up
CREATE TABLE certificate_type (
    code      TEXT PRIMARY KEY,          -- as the catalogue names it: CT-FOOD
    name      TEXT NOT NULL,
    definer   TEXT NOT NULL,             -- 统一社会信用代码 of the authority that defines the type
    serial    BIGINT NOT NULL,           -- among the types of the definer
    type_code TEXT NOT NULL UNIQUE,      -- 21 characters
    issuers   TEXT NOT NULL,             -- who issues such certificates, in words
    holders   TEXT NOT NULL,             -- person, organization or both, joined by |
    validity  TEXT NOT NULL,             -- in words
    layout    TEXT NOT NULL,             -- what stands on it, JSON
    UNIQUE (definer, serial)
);

CREATE TABLE certificate (
    id          BIGINT PRIMARY KEY,
    origin      TEXT NOT NULL,           -- made, imported
    type        TEXT NOT NULL,
    name        TEXT NOT NULL,
    number      TEXT NOT NULL,           -- 证照编号; '' of imported ones, whose number is sealed
    number_key  TEXT NOT NULL UNIQUE,    -- keyed digest of type and number
    identifier  TEXT NOT NULL,           -- 证照标识; '' of imported ones
    version     BIGINT NOT NULL,         -- of the same serial, from 1
    party       BIGINT NOT NULL,
    case_id     BIGINT NOT NULL,         -- 0 of imported ones
    case_no     TEXT NOT NULL,
    item_name   TEXT NOT NULL,
    unit        TEXT NOT NULL,           -- the section that decided
    issuer      TEXT NOT NULL,           -- name of the authority
    valid_from  TEXT NOT NULL,           -- '' not known
    valid_until TEXT NOT NULL,           -- '' no last day
    status      TEXT NOT NULL,
    token       TEXT NOT NULL,           -- of its code; '' of imported ones
    face        BYTEA NOT NULL,          -- all that stands on it, sealed
    made_at     BIGINT NOT NULL,
    made_by     BIGINT NOT NULL,
    file        TEXT NOT NULL,           -- SHA-256; '' until it is made
    sm3         TEXT NOT NULL,
    size        BIGINT NOT NULL,
    file_at     BIGINT
);
CREATE UNIQUE INDEX certificate_case ON certificate (case_id) WHERE case_id <> 0;
CREATE UNIQUE INDEX certificate_number ON certificate (number) WHERE number <> '';
CREATE UNIQUE INDEX certificate_identifier ON certificate (identifier) WHERE identifier <> '';
CREATE UNIQUE INDEX certificate_token ON certificate (token) WHERE token <> '';
CREATE INDEX certificate_party ON certificate (party, id);
CREATE INDEX certificate_file ON certificate (file) WHERE file <> '';

-- Every change of status after the making.
CREATE TABLE certificate_change (
    id          BIGINT PRIMARY KEY,
    certificate BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    before      TEXT NOT NULL,
    after       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    by_id       BIGINT NOT NULL
);
CREATE INDEX certificate_change_of ON certificate_change (certificate, id);
