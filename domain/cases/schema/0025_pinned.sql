-- +goose Up
-- Cases under way by the drawing that they follow.
CREATE INDEX cases_flow ON cases (flow_hash, id) WHERE live;
