-- +goose Up
-- What is damaged is counted whenever the metrics are read; there are few or none.
create index blob_damaged on blob (damaged_at) where damaged_at is not null;
