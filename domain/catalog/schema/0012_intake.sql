-- +goose Up
-- Blank and sample forms that were kept as such, and nothing else: a file of a case that lies in the same store is none.
-- name is that under which it was kept first; type and size are those of its content.
CREATE TABLE catalog_file (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    at   BIGINT NOT NULL
);

-- What named forms before there was catalog_file; each row goes once its forms are written down there.
CREATE TABLE catalog_unfiled (
    source TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (source, id)
);
INSERT INTO catalog_unfiled (source, id) SELECT 'version', CAST(id AS TEXT) FROM catalog_version WHERE body LIKE '%"blank":{%' OR body LIKE '%"sample":{%';
INSERT INTO catalog_unfiled (source, id) SELECT 'change', CAST(id AS TEXT) FROM catalog_change WHERE body LIKE '%"blank":{%' OR body LIKE '%"sample":{%';
INSERT INTO catalog_unfiled (source, id) SELECT 'material', code FROM catalog_material WHERE body LIKE '%"blank":{%' OR body LIKE '%"sample":{%';

-- Who brought a file and who consented to it, as JSON; the departments that are to be made, as JSON, each with the code that
-- it will have; the digest over the versions that came in force by it.
ALTER TABLE catalog_import ADD COLUMN author TEXT NOT NULL DEFAULT '{}';
ALTER TABLE catalog_import ADD COLUMN consenter TEXT NOT NULL DEFAULT '{}';
ALTER TABLE catalog_import ADD COLUMN units TEXT NOT NULL DEFAULT 'null';
ALTER TABLE catalog_import ADD COLUMN versions TEXT NOT NULL DEFAULT '';

-- By which import a version came in force, 0 for none.
ALTER TABLE catalog_version ADD COLUMN import BIGINT NOT NULL DEFAULT 0;
CREATE INDEX catalog_version_import ON catalog_version (import, code) WHERE import <> 0;

-- Bare items claim nothing: what lists say of them was made up. Their places begin with 1.
DELETE FROM catalog_facet WHERE kind = 'list' AND value IN ('spot', 'once', 'online', 'pledge', 'tolerance') AND place LIKE '1%';
