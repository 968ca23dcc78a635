-- +goose Up
-- When the clock that a case shows is next brought to somebody's attention.
CREATE TABLE cases_reminder (
    case_id BIGINT PRIMARY KEY,
    clock   TEXT NOT NULL,
    yellow  TEXT NOT NULL,
    due     TEXT NOT NULL,
    level   BIGINT NOT NULL,            -- that comes next
    at      BIGINT NOT NULL
);
CREATE INDEX cases_reminder_at ON cases_reminder (at);
-- What was brought to whose attention: level 1 whoever holds it, 2 the chief of the section, 3 the head and the
-- supervisors. It stands for as long as the clock has this due date.
CREATE TABLE cases_escalation (
    case_id BIGINT NOT NULL,
    clock   TEXT NOT NULL,
    due     TEXT NOT NULL,
    level   BIGINT NOT NULL,
    at      BIGINT NOT NULL,            -- when it was due
    noticed BIGINT NOT NULL,            -- when the program got to it
    PRIMARY KEY (case_id, clock, due, level)
);
-- Cases under way begin with what is due by now.
INSERT INTO cases_reminder (case_id, clock, yellow, due, level, at)
SELECT id, light_clock, light_yellow, light_due, 1, 0 FROM cases WHERE live AND NOT stopped AND light_due <> '';
