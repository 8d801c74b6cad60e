-- +goose Up
-- What is an agency's: its seal, whether its documents must be signed, and the
-- orders to sign.

create table seal (
    agency_id   uuid not null references agency (id),
    id          uuid not null,
    provider    text not null check (provider in ('software', 'device')),
    fingerprint bytea not null check (octet_length(fingerprint) = 32),
    subject     text not null,
    issuer      text not null,
    serial      text not null,
    training    boolean not null default false,
    valid_from  timestamptz not null,
    valid_until timestamptz not null,
    chain       bytea[] not null check (cardinality(chain) between 1 and 10),
    reference   text not null default '',
    sealed      bytea not null,
    image       bytea check (octet_length(image) <= 524288),
    added_at    timestamptz not null,
    removed_at  timestamptz,
    primary key (agency_id, id),
    unique (id)
);
create unique index seal_fingerprint on seal (agency_id, fingerprint) where removed_at is null;

create table signing_rule (
    agency_id uuid primary key references agency (id),
    required  boolean not null,
    version   integer not null default 1
);

create table signing_order (
    agency_id          uuid not null,
    id                 uuid not null,
    document_id        uuid not null,
    batch_id           uuid not null,
    account_id         uuid not null references account (id),
    position_id        uuid not null,
    signer_name        text not null,
    signer_title       text not null,
    certificate_id     uuid not null,
    provider           text not null check (provider in ('software', 'device', 'remote', 'local')),
    place              text not null,
    base_sha256        bytea not null check (octet_length(base_sha256) = 32),
    file_sha256        bytea not null references blob (sha256),
    signer_fingerprint bytea not null check (octet_length(signer_fingerprint) = 32),
    ticket_sha256      bytea not null check (octet_length(ticket_sha256) = 32),
    state              text not null check (state in ('waiting', 'started', 'done', 'failed', 'cancelled', 'expired')),
    attempts           integer not null default 0,
    created_at         timestamptz not null,
    expires_at         timestamptz not null,
    signed_sha256      bytea references blob (sha256),
    stamped            boolean not null default false,
    failure            text not null default '',
    failure_vi         text not null default '',
    failure_en         text not null default '',
    primary key (agency_id, id),
    unique (id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);
create index signing_order_document on signing_order (agency_id, document_id, created_at);
create index signing_order_account on signing_order (account_id, created_at desc, id);
create index signing_order_batch on signing_order (batch_id);
create index signing_order_file on signing_order (file_sha256);
create index signing_order_signed on signing_order (signed_sha256) where signed_sha256 is not null;
create index signing_order_open on signing_order (expires_at) where state in ('waiting', 'started');
-- Nobody signs twice at the same time, and two clerks do not seal one document.
create unique index signing_order_one on signing_order (agency_id, document_id, place) where state in ('waiting', 'started');

-- The file with the signatures so far: the approved bytes, and revisions behind them.
alter table document add column signed_sha256 bytea;
alter table document add column signed_at timestamptz;
alter table document add column sealed_at timestamptz;

-- +goose StatementBegin
do
$$
declare
    t record;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    kind  constant text := '(select scope_kind())';
begin
    for t in select * from (values ('seal', 'administration'), ('signing_rule', 'administration'), ('signing_order', 'nobody')) as v (name, also)
    loop
        execute format('alter table %I enable row level security', t.name);
        execute format('alter table %I force row level security', t.name);
        execute format('create policy %I on %I for select using (%s or %s in (''exchange'', %L))', t.name || '_read', t.name, mine, kind, t.also);
        execute format('create policy %I on %I for insert with check (%s or %s in (''exchange'', %L))', t.name || '_add', t.name, acted, kind, t.also);
        execute format('create policy %I on %I for update using (%s or %s in (''exchange'', %L)) with check (%s or %s in (''exchange'', %L))',
                       t.name || '_change', t.name, mine, kind, t.also, acted, kind, t.also);
    end loop;
end
$$;
-- +goose StatementEnd
grant select, insert, update on seal, signing_rule, signing_order to congvan_app;
