-- +goose Up
-- How people share a step: who has taken it, who opened it first, whether it came from another post, and how many more of
-- it there are. A step that is handed on is closed and stands in a new row with the same token.
ALTER TABLE cases_task ADD COLUMN holder BIGINT NOT NULL DEFAULT 0;     -- who has it, 0: whoever of the post comes first
ALTER TABLE cases_task ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;       -- who opened it first
ALTER TABLE cases_task ADD COLUMN handed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cases_task ADD COLUMN instance BIGINT NOT NULL DEFAULT 0;   -- of several, from 1
-- What somebody beside the steps is asked for (加签、征求意见): a row with a negative token.
ALTER TABLE cases_task ADD COLUMN kind TEXT NOT NULL DEFAULT '';        -- '' a step of the drawing
ALTER TABLE cases_task ADD COLUMN parent BIGINT NOT NULL DEFAULT 0;     -- token of the step that waits for it
ALTER TABLE cases_task ADD COLUMN asker BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases_task ADD COLUMN asked TEXT NOT NULL DEFAULT '';       -- in whose words
DROP INDEX cases_task_token;
CREATE UNIQUE INDEX cases_task_token ON cases_task (case_id, token) WHERE closed IS NULL;
CREATE INDEX cases_task_case ON cases_task (case_id, id);
-- Opinions stay when a step is returned or recalled, and say so.
ALTER TABLE cases_opinion ADD COLUMN undone TEXT NOT NULL DEFAULT '';   -- '', give_back, recall
ALTER TABLE cases_opinion ADD COLUMN added BOOLEAN NOT NULL DEFAULT FALSE; -- at a step handed over, or asked for beside one
-- Who urged an open step, and on which day: once a day each.
CREATE TABLE cases_urge (
    case_id BIGINT NOT NULL,
    token   BIGINT NOT NULL,
    staff   BIGINT NOT NULL,
    day     TEXT NOT NULL,
    name    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    words   TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (case_id, token, staff, day)
);
-- The timers and messages of a drawing that a case waits for.
CREATE TABLE cases_wait (
    case_id BIGINT NOT NULL,
    token   BIGINT NOT NULL,
    node    TEXT NOT NULL,
    message TEXT NOT NULL,              -- '' for a timer
    at      BIGINT,                     -- when a timer comes
    ended   BIGINT,
    PRIMARY KEY (case_id, token)
);
CREATE INDEX cases_wait_open ON cases_wait (case_id, at) WHERE ended IS NULL;
