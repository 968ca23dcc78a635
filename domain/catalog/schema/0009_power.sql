-- +goose Up
-- Which units hold a power of the base catalogue here.
CREATE TABLE catalog_power (
    base TEXT NOT NULL,
    unit TEXT NOT NULL,
    PRIMARY KEY (base, unit)
);
CREATE INDEX catalog_power_unit ON catalog_power (unit, base);
