-- +goose Up
-- When what a public list shows was last changed. Which items a list holds are the facets of the kind "list".
CREATE TABLE catalog_list (
    kind    TEXT PRIMARY KEY,
    changed BIGINT NOT NULL
);

-- The figures of every version by which reform is measured. It is in force from since_day up to the day before
-- until_day; rules is the number of the rules by which it was measured. Limits are in working days, 0 where no law
-- sets one. The two "before" are the item's, the same for all its versions.
CREATE TABLE catalog_measure (
    version          BIGINT PRIMARY KEY,
    item             BIGINT NOT NULL,
    code             TEXT NOT NULL,
    number           INTEGER NOT NULL,
    type             TEXT NOT NULL,
    body_unit        TEXT NOT NULL,
    since_day        TEXT NOT NULL,
    until_day        TEXT NOT NULL,
    bare             BOOLEAN NOT NULL,
    statutory        INTEGER NOT NULL,
    promised         INTEGER NOT NULL,
    materials        INTEGER NOT NULL,
    materials_before INTEGER NOT NULL,
    steps            INTEGER NOT NULL,
    steps_before     INTEGER NOT NULL,
    online           BOOLEAN NOT NULL,
    whole            BOOLEAN NOT NULL,
    spot             BOOLEAN NOT NULL,
    once             BOOLEAN NOT NULL,
    rules            INTEGER NOT NULL
);
CREATE INDEX catalog_measure_code ON catalog_measure (code, number);
CREATE INDEX catalog_measure_item ON catalog_measure (item, until_day, since_day, version, body_unit, type);

-- The ledger of reform. A row is never changed but for corrected_by, the later entry that takes its place; void says
-- that nothing does. source is the entry's id in a package, NULL for one that was typed in.
CREATE TABLE catalog_reform (
    id               BIGINT PRIMARY KEY,
    kind             TEXT NOT NULL,
    item             TEXT NOT NULL,
    name             TEXT NOT NULL,
    base             TEXT NOT NULL,
    from_unit        TEXT NOT NULL,
    to_unit          TEXT NOT NULL,
    document         TEXT NOT NULL,
    document_day     TEXT NOT NULL,
    effective        TEXT NOT NULL,
    before_materials INTEGER,
    before_steps     INTEGER,
    before_days      INTEGER,
    before_visits    INTEGER,
    after_materials  INTEGER,
    after_steps      INTEGER,
    after_days       INTEGER,
    after_visits     INTEGER,
    note             TEXT NOT NULL,
    reason           TEXT NOT NULL,
    corrects         BIGINT NOT NULL,
    corrected_by     BIGINT NOT NULL,
    void             BOOLEAN NOT NULL,
    staff            BIGINT NOT NULL,
    at               BIGINT NOT NULL,
    source           TEXT UNIQUE
);
CREATE INDEX catalog_reform_day ON catalog_reform (effective, id);
CREATE INDEX catalog_reform_kind ON catalog_reform (kind, effective, id);
CREATE INDEX catalog_reform_item ON catalog_reform (item, effective, id);

-- The seals of departments that gave their powers away, as they stand.
CREATE TABLE catalog_seal (
    id      BIGINT PRIMARY KEY,
    name    TEXT NOT NULL,
    number  TEXT NOT NULL,
    unit    TEXT NOT NULL,
    reform  BIGINT NOT NULL,
    state   TEXT NOT NULL,
    day     TEXT NOT NULL,
    version INTEGER NOT NULL,
    staff   BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    source  TEXT UNIQUE
);

-- What was done with each seal, one row an act.
CREATE TABLE catalog_seal_act (
    seal     BIGINT NOT NULL,
    seq      INTEGER NOT NULL,
    act      TEXT NOT NULL,
    day      TEXT NOT NULL,
    document TEXT NOT NULL,
    place    TEXT NOT NULL,
    keeper   TEXT NOT NULL,
    staff    BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (seal, seq)
);
