-- +goose Up
-- One row for each gram of each document. The key holds everything that a search
-- reads, so that it never leaves the index.
CREATE TABLE search_posting (
    kind   TEXT NOT NULL,
    gram   TEXT NOT NULL,
    doc    BIGINT NOT NULL,
    weight INTEGER NOT NULL,
    PRIMARY KEY (kind, gram, doc, weight)
);
CREATE INDEX search_posting_doc ON search_posting (kind, doc);
