-- +goose Up
-- The record of events, made evident to tampering: one worker binds each event
-- into its agency's chain, after the commit and in the order of transactions.

-- The transaction that wrote an event. Rows from before have zero, without
-- being written again.
alter table event add column txid xid8 not null default '0';
alter table event alter column txid set default pg_current_xact_id();
create index event_txid on event (txid, id);

create table event_line (
    agency_id    uuid not null references agency (id),
    seq          bigint not null check (seq >= 1),
    event_id     uuid not null,
    event_sha256 bytea not null check (length(event_sha256) = 32),
    sha256       bytea not null check (length(sha256) = 32),
    at           timestamptz not null,
    primary key (agency_id, seq)
);
create unique index event_line_event on event_line (agency_id, event_id);

create table event_checkpoint (
    agency_id uuid not null references agency (id),
    seq       bigint not null,
    sha256    bytea not null check (length(sha256) = 32),
    at        timestamptz not null,
    signature bytea not null,
    primary key (agency_id, seq)
);

-- How far the chaining is. All events of transactions below txid are chained;
-- database says in which one that was counted: a restored one counts anew.
create table event_progress (
    one      boolean primary key default true check (one),
    database text not null default '',
    txid     xid8 not null default '0'
);
insert into event_progress default values;

-- +goose StatementBegin
do
$$
declare
    name text;
begin
    foreach name in array array ['event_line', 'event_checkpoint']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy %I on %I for select using (agency_id = any ((select scope_agencies())::uuid[]) or (select scope_kind()) = ''exchange'')',
                       name || '_read', name);
        execute format('create policy %I on %I for insert with check ((select scope_kind()) = ''exchange'')', name || '_add', name);
    end loop;
end
$$;
-- +goose StatementEnd

-- Nobody changes or removes a line: the server's role has no right to.
grant select, insert on event_line, event_checkpoint to congvan_app;
grant select, update on event_progress to congvan_app;
