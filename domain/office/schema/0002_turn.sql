-- +goose Up
-- Whoever changes units, posts, people, deputies or windows locks its only row
-- first: they take turns.
CREATE TABLE office_turn (
    id BIGINT PRIMARY KEY
);
INSERT INTO office_turn (id) VALUES (1);
