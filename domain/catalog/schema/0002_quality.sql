-- +goose Up
-- What the rules of quality say of the version in force of each item. item is that of
-- catalog_item; rules is the number of the rules that it was held to.
CREATE TABLE catalog_quality (
    item      BIGINT PRIMARY KEY,
    body_unit TEXT NOT NULL,
    score     INTEGER NOT NULL,
    rules     INTEGER NOT NULL
);
CREATE INDEX catalog_quality_worst ON catalog_quality (score, item);
CREATE INDEX catalog_quality_body ON catalog_quality (body_unit, score, item);

-- One row for each rule that an item breaks, with the score of the item, by which lists go.
CREATE TABLE catalog_flaw (
    rule   TEXT NOT NULL,
    score  INTEGER NOT NULL,
    item   BIGINT NOT NULL,
    places TEXT NOT NULL,
    PRIMARY KEY (rule, score, item)
);
CREATE INDEX catalog_flaw_item ON catalog_flaw (item);
