-- +goose Up
-- Senders of mail are looked up by their address.
create index agency_email on agency (lower(email)) where email <> '';
create index mail_item_mailbox on mail_item (agency_id, mailbox_id) where state = 'quarantined';
