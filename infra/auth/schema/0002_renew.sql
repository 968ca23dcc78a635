-- +goose Up
-- Whoever was given a password by somebody else changes it when they first sign in.
ALTER TABLE auth_account ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
-- How often the password was changed: sessions that began before are over.
ALTER TABLE auth_account ADD COLUMN renewed BIGINT NOT NULL DEFAULT 0;
