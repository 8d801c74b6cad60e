-- +goose Up
-- Files by content. A blob has no agency: rights come from the document that
-- refers to it, never from knowing a hash.

create table blob (
    sha256     bytea primary key check (octet_length(sha256) = 32),
    object_key uuid not null unique,
    size       bigint not null check (size >= 0),
    media_type text not null,
    created_at timestamptz not null,
    checked_at timestamptz,
    damaged_at timestamptz,
    -- when the sweep first found that nothing refers to it: it goes only after
    -- the longest time that a backup may be restored from
    unreferenced_at timestamptz
);
create index blob_checked on blob (coalesce(checked_at, created_at));
create index blob_unreferenced on blob (unreferenced_at) where unreferenced_at is not null;

-- An upload belongs to the account that makes it until a document takes it.
create table upload (
    id            uuid primary key,
    account_id    uuid not null references account (id),
    size          bigint not null check (size >= 0),
    received      bigint not null default 0 check (received between 0 and size),
    name          text not null,
    declared_type text not null default '',
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    sha256        bytea references blob (sha256)
);
create index upload_account on upload (account_id, created_at desc);
create index upload_expires on upload (expires_at);
create index upload_blob on upload (sha256) where sha256 is not null;

create table upload_segment (
    upload_id  uuid not null references upload (id) on delete cascade,
    start      bigint not null check (start >= 0),
    length     bigint not null check (length > 0),
    object_key uuid not null unique,
    primary key (upload_id, start)
);

grant select, insert, update, delete on blob, upload, upload_segment to congvan_app;
