-- +goose Up
-- What went to a connection in the last hour is counted by its receipts.
create index delivery_receipt_at on delivery_receipt (at);
