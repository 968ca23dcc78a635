-- +goose Up
-- What the item gives or renews: its type of certificate, or its own code where it gives none. By it a limited number and
-- a ban reach every item about the same licence. Cases from before have the code of their item.
ALTER TABLE cases ADD COLUMN licence TEXT NOT NULL DEFAULT '';
UPDATE cases SET licence = item;
DROP INDEX cases_ban;
CREATE INDEX cases_ban ON cases (party, licence, ban_until) WHERE ban_until <> '';
DROP INDEX cases_holds;
CREATE INDEX cases_holds ON cases (licence, holds) WHERE holds <> '';
DROP INDEX cases_queued;
CREATE INDEX cases_queued ON cases (licence, queued, id) WHERE queued IS NOT NULL;
-- Who was granted one before the number was limited holds one too: without an end if the certificate has none, or is not
-- made yet. What another case's certificate is about is held by that case.
UPDATE cases SET holds = CASE
    WHEN matter NOT LIKE '%"certificate":{%' THEN '9999-12-31'
    WHEN state = 'granted' AND matter NOT LIKE '%"renewal":true%' THEN ''
    WHEN matter LIKE '%"certificate":{"state":"valid"%' OR matter LIKE '%"certificate":{"state":"suspended"%' THEN '9999-12-31'
    ELSE '' END
WHERE state IN ('granted', 'certified', 'delivered');
-- Until the last day of the certificate, which stands behind where its text begins: found by halving.
WITH RECURSIVE found (id, low, high) AS (
    SELECT id, 1, LENGTH(matter) FROM cases
    WHERE holds <> '' AND (matter LIKE '%"certificate":{"state":"valid","expires":"%' OR matter LIKE '%"certificate":{"state":"suspended","expires":"%')
    UNION ALL
    SELECT f.id, CASE WHEN SUBSTR(c.matter, 1, (f.low + f.high) / 2) LIKE '%"certificate":{%' THEN f.low ELSE (f.low + f.high) / 2 + 1 END,
        CASE WHEN SUBSTR(c.matter, 1, (f.low + f.high) / 2) LIKE '%"certificate":{%' THEN (f.low + f.high) / 2 ELSE f.high END
    FROM found f JOIN cases c ON c.id = f.id WHERE f.low < f.high)
UPDATE cases SET holds = SUBSTR(matter, f.low + CASE WHEN SUBSTR(matter, f.low + 10, 5) = 'valid' THEN 28 ELSE 32 END, 10)
FROM found f WHERE f.id = cases.id AND f.low = f.high;
