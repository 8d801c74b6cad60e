-- +goose Up
-- Initials as signatures: the file as it was before anybody signed it, who
-- signed on whose behalf, and whether an agency wants initials signed.

-- Names an earlier row of the same document, which keeps the blob.
alter table document_file add column unsigned_sha256 bytea;

alter table signing_order add column on_behalf_of text not null default '';
alter table signing_rule add column initials boolean not null default false;
