-- +goose Up
-- One row for each plan to carry running cases over to a newer version of their definition. nodes is the map as JSON; state
-- is that of the plan, run what its job is at; cursor is the case that it looked at last, seen how many it has looked at.
CREATE TABLE migration_plan (
    id            BIGINT PRIMARY KEY,
    flow          TEXT NOT NULL,
    was           INTEGER NOT NULL,
    now           INTEGER NOT NULL,
    was_hash      TEXT NOT NULL,
    now_hash      TEXT NOT NULL,
    nodes         TEXT NOT NULL,
    reason        TEXT NOT NULL,
    since         TEXT NOT NULL,
    state         TEXT NOT NULL,
    run           TEXT NOT NULL,
    cursor        BIGINT NOT NULL,
    total         INTEGER NOT NULL,
    seen          INTEGER NOT NULL,
    tried         BIGINT,
    author        BIGINT NOT NULL,
    author_name   TEXT NOT NULL,
    approver      BIGINT NOT NULL,
    approver_name TEXT NOT NULL,
    remark        TEXT NOT NULL,
    hash          TEXT NOT NULL,
    lock          INTEGER NOT NULL,
    moved         BIGINT NOT NULL
);
CREATE INDEX migration_plan_flow ON migration_plan (flow, id);

-- Everybody who had a hand in a plan: none of them approves it.
CREATE TABLE migration_editor (
    plan  BIGINT NOT NULL,
    staff BIGINT NOT NULL,
    PRIMARY KEY (plan, staff)
);

-- What the dry run found: a row for each place where cases stand alike, with what would become of them.
CREATE TABLE migration_place (
    plan     BIGINT NOT NULL,
    place    TEXT NOT NULL,
    fit      BOOLEAN NOT NULL,
    cases    INTEGER NOT NULL,
    prospect TEXT NOT NULL,
    stands   TEXT NOT NULL,
    PRIMARY KEY (plan, place)
);

-- What became of each case.
CREATE TABLE migration_case (
    plan     BIGINT NOT NULL,
    case_id  BIGINT NOT NULL,
    no       TEXT NOT NULL,
    carried  BOOLEAN NOT NULL,
    prospect TEXT NOT NULL,
    stands   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (plan, case_id)
);
CREATE INDEX migration_case_left ON migration_case (plan, case_id) WHERE NOT carried;
