-- +goose Up
-- The figures of catalog_measure as what each day brought: the sums of the versions that came into force on it less those of
-- the versions that ended, by unit. Added up to a day they are the figures of that day, so that a page need not read every
-- version there ever was. A row is kept when all its figures have become 0.
CREATE TABLE catalog_sum (
    body_unit        TEXT NOT NULL,
    day              TEXT NOT NULL,
    items            BIGINT NOT NULL,
    bare             BIGINT NOT NULL,
    limited          BIGINT NOT NULL,
    statutory        BIGINT NOT NULL,
    promised         BIGINT NOT NULL,
    materials        BIGINT NOT NULL,
    materials_before BIGINT NOT NULL,
    steps            BIGINT NOT NULL,
    steps_before     BIGINT NOT NULL,
    online           BIGINT NOT NULL,
    whole            BIGINT NOT NULL,
    spot             BIGINT NOT NULL,
    once             BIGINT NOT NULL,
    PRIMARY KEY (body_unit, day)
);

-- Pictures of the impressions of seals (印模), the latest the one that is shown. file names the content among the blobs.
CREATE TABLE catalog_seal_picture (
    id    BIGINT PRIMARY KEY,
    seal  BIGINT NOT NULL,
    file  TEXT NOT NULL,
    type  TEXT NOT NULL,
    size  BIGINT NOT NULL,
    staff BIGINT NOT NULL,
    at    BIGINT NOT NULL
);
CREATE INDEX catalog_seal_picture_seal ON catalog_seal_picture (seal, id);

-- Files of booklets that were printed anew: each is removed some days later, when nobody is reading it any more.
CREATE TABLE catalog_booklet_former (
    blob  TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX catalog_booklet_former_since ON catalog_booklet_former (since);

-- The one row that everybody changes who changes measures, so that they do so one after another and the sums stay exact.
CREATE TABLE catalog_sum_turn (
    id    INTEGER PRIMARY KEY,
    turns BIGINT NOT NULL
);
INSERT INTO catalog_sum_turn (id, turns) VALUES (1, 0);

INSERT INTO catalog_sum (body_unit, day, items, bare, limited, statutory, promised, materials, materials_before, steps, steps_before,
    online, whole, spot, once)
SELECT body_unit, CASE WHEN side.k = 1 THEN since_day ELSE until_day END,
    SUM(side.k), SUM(CASE WHEN bare THEN side.k ELSE 0 END), SUM(CASE WHEN NOT bare AND statutory > 0 THEN side.k ELSE 0 END),
    SUM(CASE WHEN bare THEN 0 ELSE side.k * statutory END), SUM(CASE WHEN bare OR statutory = 0 THEN 0 ELSE side.k * promised END),
    SUM(CASE WHEN bare THEN 0 ELSE side.k * materials END), SUM(CASE WHEN bare THEN 0 ELSE side.k * materials_before END),
    SUM(CASE WHEN bare THEN 0 ELSE side.k * steps END), SUM(CASE WHEN bare THEN 0 ELSE side.k * steps_before END),
    SUM(CASE WHEN NOT bare AND online THEN side.k ELSE 0 END), SUM(CASE WHEN NOT bare AND whole THEN side.k ELSE 0 END),
    SUM(CASE WHEN NOT bare AND spot THEN side.k ELSE 0 END), SUM(CASE WHEN NOT bare AND once THEN side.k ELSE 0 END)
FROM catalog_measure CROSS JOIN (SELECT 1 AS k UNION ALL SELECT -1 AS k) side
WHERE since_day < until_day
GROUP BY body_unit, CASE WHEN side.k = 1 THEN since_day ELSE until_day END;
