-- +goose Up

-- The lines that stood above the signature when the document was approved (NĐ 30/2020, phụ lục I, ô 7a).
alter table document add column signer_block text[] not null default '{}' check (cardinality(signer_block) <= 5);
