-- +goose Up
-- What "@township.clerk" may stand for follows from the kinds of units and posts.
DROP TABLE office_candidate;
