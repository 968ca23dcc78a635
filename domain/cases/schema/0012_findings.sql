-- +goose Up
-- What the law leaves standing and a supervisor should know: silence that became an acceptance, a refusal that was not
-- told at once, a timer that waits for a calendar.
CREATE TABLE cases_finding (
    case_id BIGINT NOT NULL,
    seq     BIGINT NOT NULL,            -- the entry that it is about
    finding TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (case_id, seq, finding)
);
CREATE INDEX cases_finding_at ON cases_finding (at, case_id, seq, finding);
