-- +goose Up
CREATE TABLE office_region (
    code   TEXT PRIMARY KEY,             -- twelve digits
    level  BIGINT NOT NULL,              -- 1 province to 5 village
    name   TEXT NOT NULL,
    parent TEXT NOT NULL                 -- '' for a province or the top of a package
);
CREATE INDEX office_region_parent ON office_region (parent, code);

CREATE TABLE office_unit (
    code     TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL,              -- bureau, section, department, township
    parent   TEXT NOT NULL,
    body     TEXT NOT NULL,              -- unified social credit code of the body it is part of
    division TEXT NOT NULL,
    nature   TEXT NOT NULL,
    note     TEXT NOT NULL,
    place    BIGINT NOT NULL             -- order in lists
);
CREATE INDEX office_unit_division ON office_unit (division);

CREATE TABLE office_role (
    code  TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    note  TEXT NOT NULL,
    place BIGINT NOT NULL
);

CREATE TABLE office_post (
    code  TEXT PRIMARY KEY,
    unit  TEXT NOT NULL REFERENCES office_unit (code),
    name  TEXT NOT NULL,
    kind  TEXT NOT NULL,
    place BIGINT NOT NULL
);
CREATE INDEX office_post_unit ON office_post (unit, place);

CREATE TABLE office_candidate (           -- what "@township.clerk" may stand for
    rule TEXT NOT NULL,
    post TEXT NOT NULL REFERENCES office_post (code),
    PRIMARY KEY (rule, post)
);

CREATE TABLE office_staff (
    id       BIGINT PRIMARY KEY,
    pack     TEXT UNIQUE,                 -- its id in a package, NULL when it came otherwise
    staff_no TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    unit     TEXT NOT NULL REFERENCES office_unit (code),
    mobile   BYTEA,                       -- sealed
    active   BOOLEAN NOT NULL
);
CREATE INDEX office_staff_unit ON office_staff (unit);

CREATE TABLE office_holding (
    staff BIGINT NOT NULL REFERENCES office_staff (id),
    post  TEXT NOT NULL REFERENCES office_post (code),
    place BIGINT NOT NULL,
    PRIMARY KEY (staff, post)
);
CREATE INDEX office_holding_post ON office_holding (post, staff);

CREATE TABLE office_staff_role (
    staff BIGINT NOT NULL REFERENCES office_staff (id),
    role  TEXT NOT NULL REFERENCES office_role (code),
    PRIMARY KEY (staff, role)
);

CREATE TABLE office_deputy (
    id      BIGINT PRIMARY KEY,
    post    TEXT NOT NULL,
    holder  BIGINT NOT NULL,
    deputy  BIGINT NOT NULL REFERENCES office_staff (id),
    from_on TEXT NOT NULL,                -- first day, '' since ever
    to_on   TEXT NOT NULL,                -- last day, '' until changed
    FOREIGN KEY (holder, post) REFERENCES office_holding (staff, post)
);
CREATE INDEX office_deputy_deputy ON office_deputy (deputy);
CREATE INDEX office_deputy_post ON office_deputy (post, holder);

CREATE TABLE office_hall (
    id       BIGINT PRIMARY KEY,          -- always 1: one hall for each installation
    name     TEXT NOT NULL,
    address  TEXT NOT NULL,
    division TEXT NOT NULL,
    hours    TEXT NOT NULL,               -- JSON
    zones    TEXT NOT NULL                -- JSON
);

CREATE TABLE office_window (
    code  TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    kind  TEXT NOT NULL,                  -- generic or output
    zone  TEXT NOT NULL,
    post  TEXT NOT NULL,
    staff BIGINT,
    scope TEXT NOT NULL,
    place BIGINT NOT NULL
);

CREATE TABLE office_point (
    code     TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    division TEXT NOT NULL,
    level    BIGINT NOT NULL,
    unit     TEXT NOT NULL,
    hours    TEXT NOT NULL,
    counters BIGINT NOT NULL,
    mode     TEXT NOT NULL,
    items    TEXT NOT NULL,               -- JSON: item codes that it takes
    place    BIGINT NOT NULL
);
