-- +goose Up
-- Exchange with other systems by the protocol of the national axis: who is at
-- the other end, what came and what waits, receipts, statuses on their way.

create table peer (
    id            uuid primary key,
    kind          text not null check (kind in ('axis', 'installation', 'system')),
    name          text not null check (name <> ''),
    system        text unique,
    endpoint      text not null default '',
    our_system    text not null default '',
    our_secret    bytea not null default '',
    public_key    bytea not null default '',
    next_key      bytea not null default '',
    most_bytes    bigint not null check (most_bytes > 0),
    per_minute    integer not null check (per_minute > 0),
    reused        boolean not null default false,
    enabled       boolean not null default true,
    up_since      timestamptz,
    down_since    timestamptz,
    heard_at      timestamptz,
    error_code    text not null default '',
    error_at      timestamptz,
    polled_at     timestamptz,
    poll_owner    uuid,
    poll_until    timestamptz,
    directory_at  timestamptz,
    created_at    timestamptz not null,
    version       integer not null default 1
);

-- What the other end signs with. Two are valid while one follows the other.
create table peer_secret (
    peer_id     uuid not null references peer (id),
    id          uuid not null,
    secret      bytea not null,
    valid_from  timestamptz not null,
    valid_until timestamptz,
    primary key (peer_id, id)
);

-- The agencies that are at the other end: it speaks for them, and they are
-- reached through it.
create table peer_agency (
    agency_id uuid primary key references agency (id),
    peer_id   uuid not null references peer (id)
);
create index peer_agency_peer on peer_agency (peer_id);

-- Messages that came, or wait to be fetched. One of ours has no peer.
create table axis_message (
    id            uuid primary key,
    peer_id       uuid references peer (id),
    key           text not null,
    content       text not null check (content in ('document', 'status')),
    act           text not null,
    from_code     text not null,
    document_code text not null default '',
    reference     text not null default '',
    document_date date,
    subject       text not null default '',
    sha256        bytea not null references blob (sha256),
    size          bigint not null,
    created_at    timestamptz not null,
    unique nulls not distinct (peer_id, key)
);
create index axis_message_blob on axis_message (sha256);
create index axis_message_created on axis_message (peer_id, created_at desc);
create index axis_message_document on axis_message (document_code, from_code) where document_code <> '';

-- What became of a message at each of its recipients. peer_id names the other
-- end that is to fetch it; without one it became an arrival here.
create table axis_recipient (
    agency_id         uuid not null references agency (id),
    message_id        uuid not null references axis_message (id),
    code              text not null,
    peer_id           uuid references peer (id),
    arrival_id        uuid,
    state             text not null,
    state_at          timestamptz not null,
    receipt_text      text not null default '',
    receipt_key       bytea not null default '',
    receipt_signature bytea not null default '',
    primary key (agency_id, message_id)
);
create index axis_recipient_message on axis_recipient (message_id);
create index axis_recipient_waiting on axis_recipient (peer_id, message_id) where peer_id is not null and state = 'initial';
create index axis_recipient_arrival on axis_recipient (agency_id, arrival_id) where arrival_id is not null;

-- The package of an issued document, written once: what is sent is the same at
-- every try. code is what other systems know the document by.
create table document_package (
    agency_id   uuid not null,
    document_id uuid not null,
    code        text not null,
    sha256      bytea references blob (sha256),
    size        bigint not null default 0,
    primary key (agency_id, document_id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);
create index document_package_blob on document_package (sha256) where sha256 is not null;
create index document_package_code on document_package (code);

-- What other servers gave for what they took in.
create table delivery_receipt (
    agency_id   uuid not null,
    document_id uuid not null,
    delivery_id uuid not null,
    text        text not null,
    key         bytea not null,
    signature   bytea not null,
    at          timestamptz not null,
    primary key (agency_id, document_id, delivery_id),
    foreign key (agency_id, document_id, delivery_id) references delivery (agency_id, document_id, id)
);

-- Word of arrivals on its way to their senders beyond this installation, in order.
create table axis_status (
    agency_id       uuid not null,
    id              uuid not null,
    arrival_id      uuid not null,
    place           bigint generated always as identity,
    code            text not null,
    at              timestamptz not null,
    by_name         text not null default '',
    reason          text not null default '',
    attempts        integer not null default 0,
    next_attempt_at timestamptz,
    error_code      text not null default '',
    sent_at         timestamptz,
    given_up_at     timestamptz,
    primary key (agency_id, id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id)
);
create index axis_status_waiting on axis_status (agency_id, arrival_id, place) where sent_at is null and given_up_at is null;

-- Signatures that were used, so that a captured request works on no other path.
create table axis_signature (
    signature bytea primary key,
    use       text not null,
    until     timestamptz not null
);
create index axis_signature_until on axis_signature (until);

-- The keys that this installation signs its receipts and its directory with.
create table exchange_key (
    id         uuid primary key,
    public_key bytea not null unique,
    secret     bytea not null,
    created_at timestamptz not null,
    retired_at timestamptz
);

grant select, insert, update on peer, axis_message, axis_recipient, document_package, axis_status, exchange_key to congvan_app;
grant select, insert, update, delete on peer_secret, peer_agency, axis_signature to congvan_app;
grant select, insert on delivery_receipt to congvan_app;

-- +goose StatementBegin
do
$$
declare
    t record;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    ours  constant text := '(select scope_kind()) in (''exchange'', ''administration'')';
    reads text; adds text; changes text;
begin
    for t in select * from (values
        ('peer',             false, false), ('peer_secret', false, false), ('peer_agency', false, false),
        ('axis_message',     false, false), ('axis_recipient', false, false), ('axis_signature', false, false), ('exchange_key', false, false),
        ('document_package', true, false),  ('delivery_receipt', true, false), ('axis_status', true, true)
    ) as v (name, read_by_agency, added_by_agency)
    loop
        reads := case when t.read_by_agency then mine || ' or ' || ours else ours end;
        adds := case when t.added_by_agency then acted || ' or ' || ours else ours end;
        execute format('alter table %I enable row level security', t.name);
        execute format('alter table %I force row level security', t.name);
        execute format('create policy %I on %I for select using (%s)', t.name || '_read', t.name, reads);
        execute format('create policy %I on %I for insert with check (%s)', t.name || '_add', t.name, adds);
        execute format('create policy %I on %I for update using (%s) with check (%s)', t.name || '_change', t.name, ours, ours);
        execute format('create policy %I on %I for delete using (%s)', t.name || '_remove', t.name, ours);
    end loop;
end
$$;
-- +goose StatementEnd
