-- +goose Up
-- What is a person's own and of no agency: certificates, and the means to prove
-- that it is they who sign. Keys and secrets are sealed with the installation's key.

create table certificate (
    id          uuid primary key,
    account_id  uuid not null references account (id),
    provider    text not null check (provider in ('software', 'remote', 'local')),
    fingerprint bytea not null check (octet_length(fingerprint) = 32),
    subject     text not null,
    issuer      text not null,
    serial      text not null,
    training    boolean not null default false,
    valid_from  timestamptz not null,
    valid_until timestamptz not null,
    chain       bytea[] not null check (cardinality(chain) between 1 and 10),
    reference   text not null default '',
    sealed      bytea,
    image       bytea check (octet_length(image) <= 524288),
    added_at    timestamptz not null,
    removed_at  timestamptz,
    check ((provider = 'software') = (sealed is not null))
);
create unique index certificate_fingerprint on certificate (account_id, fingerprint) where removed_at is null;

create table passkey (
    id         uuid primary key,
    account_id uuid not null references account (id),
    handle     bytea not null unique,
    record     jsonb not null,
    name       text not null,
    added_at   timestamptz not null,
    used_at    timestamptz
);
create index passkey_account on passkey (account_id);

create table one_time_code (
    account_id   uuid primary key references account (id),
    sealed       bytea not null,
    added_at     timestamptz not null,
    confirmed_at timestamptz,
    last_step    bigint not null default 0,
    failures     integer not null default 0,
    failed_at    timestamptz
);

-- One proof of presence: asked for, given, used once.
create table presence (
    id         uuid primary key,
    account_id uuid not null references account (id),
    purpose    text not null check (purpose in ('sign', 'enrol')),
    challenge  jsonb,
    asked_at   timestamptz not null,
    proved_at  timestamptz,
    used_at    timestamptz
);
create index presence_asked on presence (asked_at);
create index presence_account on presence (account_id, asked_at);

-- What its signatures say of a stored PDF.
alter table blob add column verified_at timestamptz;
alter table blob add column verification jsonb;
create index blob_unverified on blob (created_at) where media_type = 'application/pdf' and verified_at is null;

grant select, insert, update on certificate to congvan_app;
grant select, insert, update, delete on passkey, one_time_code, presence to congvan_app;
