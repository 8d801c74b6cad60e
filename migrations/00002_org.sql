-- +goose Up
-- Agencies and people. agency and account have no agency of their own: the
-- directory of agencies is everybody's, and one person may serve several.

create table agency (
    id           uuid primary key,
    code         text not null unique,
    old_code     text unique,
    name         text not null check (name <> ''),
    short_name   text not null default '',
    abbreviation text not null default '',
    parent_id    uuid references agency (id),
    level        text not null check (level in ('central', 'province', 'department', 'district', 'commune', 'other')),
    place        text not null default '',
    email        text not null default '',
    channel      text not null default 'local' check (channel in ('local', 'axis', 'peer', 'mailbox', 'paper')),
    valid_from   date not null,
    valid_until  date,
    successor_id uuid references agency (id),
    folded       text not null generated always as (fold(name || ' ' || short_name || ' ' || abbreviation || ' ' || code)) stored,
    version      integer not null default 1,
    check (valid_until is null or valid_until >= valid_from)
);
create index agency_parent on agency (parent_id);
create index agency_successor on agency (successor_id) where successor_id is not null;

create table account (
    id                   uuid primary key,
    login                text not null unique check (login = lower(login) and login <> ''),
    full_name            text not null check (full_name <> ''),
    email                text not null default '',
    password_hash        text not null default '',
    must_change_password boolean not null default true,
    operator             boolean not null default false,
    state                text not null default 'active' check (state in ('active', 'locked', 'left')),
    left_on              date,
    language             text not null default 'vi' check (language in ('vi', 'en')),
    folded               text not null generated always as (fold(full_name || ' ' || login)) stored,
    created_at           timestamptz not null,
    version              integer not null default 1
);

create table session (
    id_hash    bytea primary key check (octet_length(id_hash) = 32),
    id         uuid not null unique,
    account_id uuid not null references account (id),
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    address    text not null default '',
    user_agent text not null default ''
);
create index session_account on session (account_id, created_at desc);

create table token (
    id         uuid primary key,
    id_hash    bytea not null unique check (octet_length(id_hash) = 32),
    account_id uuid not null references account (id),
    name       text not null,
    scopes     text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    revoked_at timestamptz
);
create index token_account on token (account_id, created_at desc);

-- Throttling of sign-in, by login and by address.
create table sign_in_throttle (
    key          text primary key,
    count        integer not null,
    window_start timestamptz not null
);
create index sign_in_throttle_window on sign_in_throttle (window_start);

-- A command of an unreliable client, stored in the transaction that carried it out.
create table command (
    account_id   uuid not null references account (id),
    key          text not null check (length(key) between 8 and 128),
    operation    text not null,
    request_hash bytea not null,
    subject_id   uuid not null,
    at           timestamptz not null,
    primary key (account_id, key)
);
create index command_at on command (at);

create table unit (
    agency_id    uuid not null references agency (id),
    id           uuid not null,
    name         text not null check (name <> ''),
    abbreviation text not null default '',
    parent_id    uuid,
    valid_from   date not null,
    valid_until  date,
    version      integer not null default 1,
    primary key (agency_id, id),
    unique (id),
    foreign key (agency_id, parent_id) references unit (agency_id, id)
);

create table position (
    agency_id   uuid not null references agency (id),
    id          uuid not null,
    account_id  uuid not null references account (id),
    unit_id     uuid,
    role        text not null check (role in ('clerk', 'leader', 'unit_head', 'officer', 'admin')),
    title       text not null default '',
    valid_from  date not null,
    valid_until date,
    version     integer not null default 1,
    primary key (agency_id, id),
    unique (id),
    foreign key (agency_id, unit_id) references unit (agency_id, id),
    check (valid_until is null or valid_until >= valid_from)
);
create index position_account on position (account_id);

create table recipient_group (
    agency_id uuid not null references agency (id),
    id        uuid not null,
    name      text not null check (name <> ''),
    shared    boolean not null default false,
    version   integer not null default 1,
    primary key (agency_id, id),
    unique (id)
);

create table recipient_group_member (
    agency_id        uuid not null,
    group_id         uuid not null,
    member_agency_id uuid not null references agency (id),
    primary key (agency_id, group_id, member_agency_id),
    foreign key (agency_id, group_id) references recipient_group (agency_id, id) on delete cascade
);

create table register (
    agency_id      uuid not null references agency (id),
    id             uuid not null,
    code           text not null check (code <> ''),
    direction      text not null check (direction in ('outgoing', 'incoming')),
    year           integer not null check (year between 1945 and 9999),
    name           text not null,
    kinds          text[] not null default '{}',
    normative      boolean not null default false,
    council        boolean not null default false,
    symbol_agency  text not null default '',
    opening_number integer not null default 1 check (opening_number >= 1),
    next_number    integer not null check (next_number >= opening_number),
    closed_at      timestamptz,
    version        integer not null default 1,
    primary key (agency_id, id),
    unique (agency_id, direction, code, year)
);

-- What was taken from a register. A number stays here whatever happens to its document.
create table register_entry (
    agency_id    uuid not null,
    register_id  uuid not null,
    year         integer not null,
    number       integer not null check (number >= 1),
    suffix       text not null default '',
    symbol       text not null default '',
    day          date not null,
    subject_type text not null check (subject_type in ('document', 'arrival', 'reserved')),
    subject_id   uuid not null,
    state        text not null default 'taken' check (state in ('taken', 'cancelled')),
    reason       text not null default '',
    taken_by     uuid not null references account (id),
    taken_at     timestamptz not null,
    primary key (agency_id, register_id, year, number, suffix),
    foreign key (agency_id, register_id) references register (agency_id, id)
);
create index register_entry_subject on register_entry (agency_id, subject_id);

grant select, insert, update on agency, account, session, token, unit, position, recipient_group, register to congvan_app;
grant select, insert, update, delete on sign_in_throttle, command, recipient_group_member to congvan_app;
grant delete on recipient_group, session to congvan_app;
grant select, insert on register_entry to congvan_app;
grant update (state, reason) on register_entry to congvan_app;
