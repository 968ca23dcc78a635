-- +goose Up
-- What people apply for lately is read from the index alone; it serves whatever
-- asked for the moment of receipt before.
CREATE INDEX cases_received_item ON cases (received_at, item);
DROP INDEX cases_received;
