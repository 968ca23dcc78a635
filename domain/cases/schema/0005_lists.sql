-- +goose Up
-- Lists by state show ended cases too; lists of stopped ones pass over the rest.
DROP INDEX cases_state_due;
CREATE INDEX cases_state ON cases (state, light_due, id);
CREATE INDEX cases_stopped ON cases (light_due, id) WHERE live AND stopped;
