-- +goose Up
-- What another installation says of itself, signed: its agencies, its keys, how
-- much it takes. Kept as it came, so that it works while the other is down.

alter table peer
    add column takes_bytes         bigint not null default 0 check (takes_bytes >= 0), -- of one package; 0: it has not said
    add column directory_text      text not null default '',
    add column directory_key       bytea not null default '',
    add column directory_signature bytea not null default '',
    add column directory_said_at   timestamptz;

-- Dead letters of a connection are found by their recipients.
create index delivery_failed on delivery (target_agency_id) where state = 'failed' and channel in ('axis', 'peer');
