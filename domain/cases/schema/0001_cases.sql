-- +goose Up
CREATE TABLE cases (
    id           BIGINT PRIMARY KEY,
    no           TEXT NOT NULL UNIQUE,      -- 办件编号
    item         TEXT NOT NULL,
    item_version BIGINT NOT NULL,
    item_name    TEXT NOT NULL,
    unit         TEXT NOT NULL,             -- the section that decides
    body         TEXT NOT NULL,             -- the authority in whose name
    division     TEXT NOT NULL,             -- the applicant's, 12 digits
    channel      TEXT NOT NULL,
    party        BIGINT NOT NULL,
    party_name   TEXT NOT NULL,
    agent        BIGINT NOT NULL,           -- who handed it in for the party, 0: the party itself
    title        TEXT NOT NULL,
    state        TEXT NOT NULL,
    version      BIGINT NOT NULL,           -- entries in the ledger
    head         TEXT NOT NULL,             -- hash of the last one
    matter       TEXT NOT NULL,             -- the legal situation, JSON
    flow_hash    TEXT NOT NULL,
    flow         TEXT NOT NULL,             -- the workflow's state, JSON
    vars         TEXT NOT NULL,             -- what the workflow's conditions see, JSON
    answers      TEXT NOT NULL,
    form         BYTEA,                     -- sealed
    delivery     BYTEA,                     -- sealed
    receivers    TEXT NOT NULL,             -- staff who received or accepted, JSON
    received_at  BIGINT NOT NULL,
    accepted_at  BIGINT,
    decided_at   BIGINT,
    ended_at     BIGINT,
    light_due    TEXT NOT NULL,             -- of the clock that its light shows; '' none
    light_yellow TEXT NOT NULL,
    light_clock  TEXT NOT NULL,
    stopped      BOOLEAN NOT NULL,
    live         BOOLEAN NOT NULL
);
CREATE INDEX cases_party ON cases (party, id);
CREATE INDEX cases_agent ON cases (agent, id) WHERE agent <> 0;
CREATE INDEX cases_unit_due ON cases (unit, light_due, id) WHERE live;
CREATE INDEX cases_state_due ON cases (state, light_due, id) WHERE live;
CREATE INDEX cases_due ON cases (light_due, id) WHERE live;
CREATE INDEX cases_item ON cases (item, id);
CREATE INDEX cases_decided ON cases (decided_at, id) WHERE decided_at IS NOT NULL;

CREATE TABLE cases_serial (
    region TEXT NOT NULL,
    day    TEXT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (region, day)
);

CREATE TABLE cases_task (
    id      BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    token   BIGINT NOT NULL,
    node    TEXT NOT NULL,
    name    TEXT NOT NULL,
    slot    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    post    TEXT NOT NULL,
    opened  BIGINT NOT NULL,
    due     TEXT NOT NULL,              -- of the step itself
    sort    TEXT NOT NULL,              -- due date of the case, '9999-12-31' while stopped
    stopped BOOLEAN NOT NULL,
    closed  BIGINT,
    closer  BIGINT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE UNIQUE INDEX cases_task_token ON cases_task (case_id, token);
CREATE INDEX cases_task_post ON cases_task (post, stopped, sort, id) WHERE closed IS NULL;
CREATE INDEX cases_task_done ON cases_task (closer, closed) WHERE closed IS NOT NULL;

CREATE TABLE cases_timer (
    case_id BIGINT PRIMARY KEY,
    at      BIGINT NOT NULL
);
CREATE INDEX cases_timer_at ON cases_timer (at);

CREATE TABLE cases_light (
    unit   TEXT NOT NULL,
    yellow TEXT NOT NULL,
    due    TEXT NOT NULL,               -- '' while the clock is stopped
    n      BIGINT NOT NULL,
    PRIMARY KEY (unit, yellow, due)
);

CREATE TABLE cases_material (
    case_id  BIGINT NOT NULL,
    key      TEXT NOT NULL,
    position BIGINT NOT NULL,
    name     TEXT NOT NULL,
    need     TEXT NOT NULL,             -- required, optional, deferrable
    source   TEXT NOT NULL,             -- upload, paper, certificate, none
    proof    TEXT NOT NULL,             -- the certificate that stands in for it
    verdict  TEXT NOT NULL,             -- '', pass, correct, tolerate, unneeded
    reason   TEXT NOT NULL,
    due      TEXT NOT NULL,             -- of the debt, when tolerated
    judge    BIGINT NOT NULL,
    at       BIGINT,
    PRIMARY KEY (case_id, key)
);

CREATE TABLE cases_file (
    id       BIGINT PRIMARY KEY,
    case_id  BIGINT NOT NULL,           -- 0 while in a draft
    draft_id BIGINT NOT NULL,
    material TEXT NOT NULL,
    name     TEXT NOT NULL,
    media    TEXT NOT NULL,
    size     BIGINT NOT NULL,
    blob     TEXT NOT NULL,             -- SHA-256 of the content
    giver    BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    round    BIGINT NOT NULL,           -- 1 first, 2 after a correction …
    replaced BOOLEAN NOT NULL
);
CREATE INDEX cases_file_case ON cases_file (case_id, material) WHERE case_id <> 0;
CREATE INDEX cases_file_draft ON cases_file (draft_id, material) WHERE draft_id <> 0;

CREATE TABLE cases_opinion (
    id         BIGINT PRIMARY KEY,
    case_id    BIGINT NOT NULL,
    node       TEXT NOT NULL,
    step       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    staff      BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    deputy_for BIGINT NOT NULL,
    conclusion TEXT NOT NULL,
    body       TEXT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX cases_opinion_case ON cases_opinion (case_id, id);

CREATE TABLE cases_trail (
    case_id    BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    act        TEXT NOT NULL,
    actor      BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    unit       TEXT NOT NULL,
    note       TEXT NOT NULL,
    paper      BIGINT NOT NULL,
    shown      BOOLEAN NOT NULL,        -- to the applicant
    PRIMARY KEY (case_id, seq)
);

CREATE TABLE cases_paper (
    id      BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    no      TEXT NOT NULL UNIQUE,
    body    TEXT NOT NULL,              -- JSON
    at      BIGINT NOT NULL,
    token   TEXT NOT NULL UNIQUE        -- of its QR code
);
CREATE INDEX cases_paper_case ON cases_paper (case_id, id);

CREATE TABLE cases_draft (
    id           BIGINT PRIMARY KEY,
    party        BIGINT NOT NULL,
    agent        BIGINT NOT NULL,
    staff        BIGINT NOT NULL,       -- the clerk who fills it for a walk-in, 0: the applicant
    item         TEXT NOT NULL,
    item_version BIGINT NOT NULL,
    answers      TEXT NOT NULL,
    form         BYTEA,
    delivery     BYTEA,
    pledged      BOOLEAN NOT NULL,
    version      BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    case_id      BIGINT NOT NULL        -- 0 until it is handed in
);
CREATE INDEX cases_draft_party ON cases_draft (party, id) WHERE case_id = 0;
CREATE INDEX cases_draft_staff ON cases_draft (staff, id) WHERE case_id = 0 AND staff <> 0;
CREATE INDEX cases_draft_agent ON cases_draft (agent, id) WHERE case_id = 0;
