-- +goose Up
-- What a document was found by, in its own row: it takes the place of an index that was as
-- large as the postings themselves and twice as slow to write. The documents of before are
-- to be indexed anew.
CREATE TABLE search_document (
    kind  TEXT NOT NULL,
    doc   BIGINT NOT NULL,
    grams TEXT NOT NULL,
    PRIMARY KEY (kind, doc)
);
DROP INDEX search_posting_doc;
DELETE FROM search_posting;
