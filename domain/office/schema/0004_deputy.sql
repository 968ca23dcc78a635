-- +goose Up
-- The days past of an arrangement stay when its holder loses the post, so that it
-- does not refer to the holding any more.
CREATE TABLE office_deputy_kept (
    id      BIGINT PRIMARY KEY,
    post    TEXT NOT NULL REFERENCES office_post (code),
    holder  BIGINT NOT NULL REFERENCES office_staff (id),
    deputy  BIGINT NOT NULL REFERENCES office_staff (id),
    from_on TEXT NOT NULL,                -- first day, '' since ever
    to_on   TEXT NOT NULL                 -- last day, '' until changed
);
INSERT INTO office_deputy_kept (id, post, holder, deputy, from_on, to_on)
SELECT id, post, holder, deputy, from_on, to_on FROM office_deputy;
DROP TABLE office_deputy;
ALTER TABLE office_deputy_kept RENAME TO office_deputy;
CREATE INDEX office_deputy_deputy ON office_deputy (deputy);
CREATE INDEX office_deputy_post ON office_deputy (post, holder);
