-- +goose Up
-- Annexes in files of their own are signed by the agency, each by an order:
-- one at a time for each place of each file.
drop index signing_order_one;
create unique index signing_order_one on signing_order (agency_id, document_id, place, base_sha256) where state in ('waiting', 'started');
