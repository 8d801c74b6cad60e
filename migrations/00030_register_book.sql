-- +goose Up
-- The books of NĐ 30/2020, phụ lục IV: how many copies go out on paper.
alter table delivery add column copies integer not null default 1 check (copies between 1 and 9999);
create index delivery_paper on delivery (agency_id, document_id) where channel = 'paper';
