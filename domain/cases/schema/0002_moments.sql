-- +goose Up
-- What came in and what ended on a day, for the board of supervision.
CREATE INDEX cases_received ON cases (received_at);
CREATE INDEX cases_ended ON cases (ended_at) WHERE ended_at IS NOT NULL;
