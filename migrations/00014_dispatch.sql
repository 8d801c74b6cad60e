-- +goose Up
-- Deliveries that leave the installation: how long they live, what the other
-- side calls them, and what a program found wrong.
alter table delivery add column expires_at timestamptz;
alter table delivery add column remote_id text not null default '';
alter table delivery add column reason_code text not null default '';
-- What waits to be sent, whoever's it is.
create index delivery_waiting on delivery (channel, next_attempt_at) where state = 'waiting' and channel in ('axis', 'peer', 'mailbox');
