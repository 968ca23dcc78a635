-- +goose Up
-- One row for each proposed version of an item. began is the number of the version that it began from, 0 for an item
-- that there is not yet; version is the id of the version that it became. older is the body as it was when the change
-- was begun anew from another version, as JSON, for as long as that has to be looked at.
CREATE TABLE catalog_change (
    id            BIGINT PRIMARY KEY,
    code          TEXT NOT NULL,
    name          TEXT NOT NULL,
    unit          TEXT NOT NULL,
    began         INTEGER NOT NULL,
    state         TEXT NOT NULL,
    body          TEXT NOT NULL,
    older         TEXT NOT NULL,
    reason        TEXT NOT NULL,
    author        BIGINT NOT NULL,
    author_name   TEXT NOT NULL,
    reviewer      BIGINT NOT NULL,
    reviewer_name TEXT NOT NULL,
    remark        TEXT NOT NULL,
    effective     TEXT NOT NULL,
    overtaken     BOOLEAN NOT NULL,
    version       BIGINT NOT NULL,
    lock          INTEGER NOT NULL,
    act           TEXT NOT NULL,
    actor         BIGINT NOT NULL,
    begun         BIGINT NOT NULL,
    moved         BIGINT NOT NULL
);
CREATE INDEX catalog_change_state ON catalog_change (state, id);
CREATE INDEX catalog_change_code ON catalog_change (code, id);

-- Everybody who had a hand in the words of a change: none of them may approve it.
CREATE TABLE catalog_change_editor (
    change BIGINT NOT NULL,
    staff  BIGINT NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (change, staff)
);
CREATE INDEX catalog_change_editor_staff ON catalog_change_editor (staff, change);

-- The flows that items may be given; body is the order of their slots as JSON.
CREATE TABLE catalog_template (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL
);

-- Items that were taken from the list, and until when. until is 0 for those that still are.
CREATE TABLE catalog_suspension (
    id         BIGINT PRIMARY KEY,
    code       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    staff      BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    since      BIGINT NOT NULL,
    until      BIGINT NOT NULL
);
CREATE UNIQUE INDEX catalog_suspension_open ON catalog_suspension (until, code);
ALTER TABLE catalog_item ADD COLUMN suspended BOOLEAN NOT NULL DEFAULT FALSE;

-- A change tried on cases that there were; hash names its words at that time. Days run from one to the other day, both included; reached is the last case
-- that was looked at, total how many there are to look at, result what came of it, as JSON.
CREATE TABLE catalog_rehearsal (
    id         BIGINT PRIMARY KEY,
    change     BIGINT NOT NULL,
    hash       TEXT NOT NULL,
    since      TEXT NOT NULL,
    until      TEXT NOT NULL,
    state      TEXT NOT NULL,
    reached    BIGINT NOT NULL,
    total      INTEGER NOT NULL,
    result     TEXT NOT NULL,
    staff      BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX catalog_rehearsal_change ON catalog_rehearsal (change, id);

-- The cases that would have gone otherwise, by what would have been otherwise.
CREATE TABLE catalog_rehearsal_case (
    rehearsal BIGINT NOT NULL,
    effect    TEXT NOT NULL,
    case_id   BIGINT NOT NULL,
    no        TEXT NOT NULL,
    facts     TEXT NOT NULL,
    PRIMARY KEY (rehearsal, effect, case_id)
);
