-- +goose Up
-- When a parcel that was sent was signed for, and by whom in relation to its holder: '' for one that was not, and for one
-- whose receipt was recorded before that was asked.
ALTER TABLE delivery ADD COLUMN received_on TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN received_by TEXT NOT NULL DEFAULT '';
