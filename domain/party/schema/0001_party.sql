-- +goose Up
CREATE TABLE party_party (
    id              BIGINT PRIMARY KEY,
    pack            TEXT UNIQUE,           -- its id in a package, NULL when it came otherwise
    kind            TEXT NOT NULL,         -- person or organization
    name            TEXT NOT NULL,
    id_type         TEXT NOT NULL,
    number          BYTEA NOT NULL,        -- sealed
    number_index    TEXT NOT NULL,         -- keyed digest
    mobile          BYTEA,                 -- sealed
    mobile_index    TEXT NOT NULL,         -- keyed digest, '' without a mobile
    address         BYTEA,                 -- sealed
    division        TEXT NOT NULL,
    assurance       TEXT NOT NULL,         -- L1 to L3
    org_kind        TEXT NOT NULL,
    capital         BIGINT NOT NULL,       -- fen
    scope           TEXT NOT NULL,
    status          TEXT NOT NULL,
    legal           BIGINT,                -- the party that is the legal representative, if known
    legal_name      TEXT NOT NULL,
    legal_number    BYTEA,                 -- sealed
    override_reason TEXT NOT NULL,         -- why a number that fails its check was taken
    override_by     BIGINT,
    override_at     BIGINT,
    registered      BOOLEAN NOT NULL,      -- has an account
    added_at        BIGINT NOT NULL,
    UNIQUE (kind, number_index)
);
CREATE INDEX party_party_number ON party_party (number_index);
CREATE INDEX party_party_mobile ON party_party (mobile_index);
CREATE INDEX party_party_legal ON party_party (legal);

CREATE TABLE party_mandate (
    id         BIGINT PRIMARY KEY,
    agent      BIGINT NOT NULL REFERENCES party_party (id),
    principal  BIGINT NOT NULL REFERENCES party_party (id),
    items      TEXT NOT NULL,              -- JSON: item codes; empty means all
    from_on    TEXT NOT NULL,              -- first day
    to_on      TEXT NOT NULL,              -- last day
    document   TEXT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX party_mandate_agent ON party_mandate (agent);
CREATE INDEX party_mandate_principal ON party_mandate (principal);

CREATE TABLE party_contact (
    id     BIGINT PRIMARY KEY,
    party  BIGINT NOT NULL REFERENCES party_party (id),
    name   TEXT NOT NULL,
    tie    TEXT NOT NULL,                  -- 经办人, 家属 …, as typed
    mobile BYTEA NOT NULL                  -- sealed
);
CREATE INDEX party_contact_party ON party_contact (party, id);
