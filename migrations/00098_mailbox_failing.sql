-- +goose Up
-- Since when a mailbox cannot be read: a line that drops for a moment is nobody's
-- business, one that stays away is.
alter table mailbox add column failing_since timestamptz;
