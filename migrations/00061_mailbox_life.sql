-- +goose Up
-- How a mailbox is read, who may write to it, and how it fares.
alter table mailbox add column purpose text not null default 'office' check (purpose in ('office', 'scanner'));
-- Older mail is only counted.
alter table mailbox add column read_from timestamptz;
alter table mailbox add column older bigint not null default 0;
alter table mailbox add column rules jsonb not null default '[]';
-- The server whose Authentication-Results are believed; none where it is empty.
alter table mailbox add column auth_server text not null default '';
alter table mailbox add column auth text not null default 'password' check (auth in ('password', 'oauth2'));
alter table mailbox add column token_url text not null default '';
alter table mailbox add column client_id text not null default '';
alter table mailbox add column last_message_at timestamptz;
alter table mailbox add column pending bigint not null default 0;
alter table mailbox add column silent_days integer not null default 0 check (silent_days between 0 and 366);
create index mail_item_received on mail_item (agency_id, mailbox_id) where state = 'received';

-- A sender is told at most once a day that something was infected.
create table mail_notice (
    agency_id uuid not null references agency (id),
    address   text not null,
    day       date not null,
    primary key (agency_id, address, day)
);
alter table mail_notice enable row level security;
alter table mail_notice force row level security;
create policy mail_notice_read on mail_notice for select
    using (agency_id = any ((select scope_agencies())::uuid[]) or (select scope_kind()) = 'exchange');
create policy mail_notice_add on mail_notice for insert
    with check (agency_id = (select scope_acting()) or (select scope_kind()) = 'exchange');
grant select, insert on mail_notice to congvan_app;
