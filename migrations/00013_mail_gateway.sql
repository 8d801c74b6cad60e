-- +goose Up
-- The gateway: one reader for each mailbox, and asking it to look now.
alter table mailbox add column asked_at timestamptz;
-- Whether private hosts may be read is the installation's setting, not a mailbox's.
alter table mailbox drop column allow_private;
create unique index mailbox_address on mailbox (agency_id, lower(address), folder);
-- What stands in a mail, whatever way it came: the hashes of its parts in order.
alter table mail_item add column content_sha256 bytea not null default '';
