-- +goose Up
-- What applicants sent of what may come later (容缺) and no window has looked at
-- yet: found by this index alone, it holds nothing else.
CREATE INDEX cases_material_came ON cases_material (case_id) WHERE verdict = 'tolerate' AND source = 'upload';
