-- +goose Up
-- Outgoing documents, what was said to them, where they went.

create table document (
    agency_id            uuid not null references agency (id),
    id                   uuid not null,
    state                text not null check (state in ('draft', 'submitted', 'approved', 'signed', 'numbered', 'issued', 'voided', 'discarded')),
    kind                 text not null,
    subject              text not null default '',
    urgency              text not null default 'normal' check (urgency in ('normal', 'urgent', 'very_urgent', 'flash', 'flash_at')),
    secrecy              text not null default 'normal' check (secrecy = 'normal'),
    due_date             date,
    note                 text not null default '',
    unit_id              uuid,
    author_position_id   uuid not null,
    author_account_id    uuid not null references account (id),
    approver_position_id uuid,
    submitted_at         timestamptz,
    approved_at          timestamptz,
    approved_sha256      bytea,
    signer_name          text not null default '',
    signer_title         text not null default '',
    register_id          uuid,
    number               integer,
    number_suffix        text not null default '',
    symbol               text not null default '',
    document_date        date,
    numbered_at          timestamptz,
    issued_at            timestamptz,
    sent_back_reason     text not null default '',
    version              integer not null default 1,
    created_at           timestamptz not null,
    updated_at           timestamptz not null,
    primary key (agency_id, id),
    unique (id),
    foreign key (agency_id, unit_id) references unit (agency_id, id),
    foreign key (agency_id, author_position_id) references position (agency_id, id),
    foreign key (agency_id, approver_position_id) references position (agency_id, id),
    foreign key (agency_id, register_id) references register (agency_id, id),
    check ((number is null) = (numbered_at is null)),
    check (state not in ('numbered', 'issued', 'voided') or number is not null),
    check (state <> 'issued' or issued_at is not null)
);
create index document_updated on document (agency_id, updated_at desc, id desc);
create index document_state on document (agency_id, state, updated_at desc, id desc);
create index document_author on document (agency_id, author_account_id, updated_at desc, id desc);
create index document_approver on document (agency_id, approver_position_id, updated_at desc, id desc) where state = 'submitted';
create index document_unit on document (agency_id, unit_id, updated_at desc, id desc);

-- Every new file is a version; a removed one stays in the history.
create table document_file (
    agency_id   uuid not null,
    document_id uuid not null,
    id          uuid not null,
    role        text not null check (role in ('main', 'annex')),
    version     integer not null check (version >= 1),
    ordinal     integer not null,
    name        text not null check (name <> ''),
    sha256      bytea not null references blob (sha256),
    size        bigint not null,
    media_type  text not null,
    added_by    uuid not null references account (id),
    added_at    timestamptz not null,
    removed_at  timestamptz,
    primary key (agency_id, document_id, id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);
create index document_file_blob on document_file (sha256);

-- Whom it is to go to, as the drafter plans it.
create table recipient (
    agency_id          uuid not null,
    document_id        uuid not null,
    id                 uuid not null,
    ordinal            integer not null,
    type               text not null check (type in ('agency', 'unit', 'person', 'name')),
    role               text not null check (role in ('main', 'information')),
    target_agency_id   uuid references agency (id),
    target_unit_id     uuid,
    target_position_id uuid,
    name               text not null check (name <> ''),
    primary key (agency_id, document_id, id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);

-- Where it went: one row for each recipient of the issued document.
create table delivery (
    agency_id        uuid not null,
    document_id      uuid not null,
    id               uuid not null,
    ordinal          integer not null,
    recipient_type   text not null check (recipient_type in ('agency', 'unit', 'person', 'name')),
    role             text not null check (role in ('main', 'information')),
    channel          text not null check (channel in ('local', 'inside', 'axis', 'peer', 'mailbox', 'paper')),
    target_agency_id uuid references agency (id),
    name             text not null,
    state            text not null check (state in ('waiting', 'sent', 'arrived', 'registered', 'assigned', 'in_work', 'done', 'refused', 'failed', 'expired')),
    state_at         timestamptz not null,
    by_name          text not null default '',
    reason           text not null default '',
    arrival_id       uuid,
    arrival_number   integer,
    attempts         integer not null default 0,
    next_attempt_at  timestamptz,
    primary key (agency_id, document_id, id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);
create index delivery_order on delivery (agency_id, document_id, ordinal);

-- Kept beside the document, so that a list never counts deliveries and a
-- receipt never rewrites the document's row.
create table delivery_count (
    agency_id   uuid not null,
    document_id uuid not null,
    total       integer not null,
    registered  integer not null default 0,
    refused     integer not null default 0,
    primary key (agency_id, document_id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);

-- What happened, for ever. The role that the server connects with can add and read, nothing else.
create table event (
    agency_id    uuid not null references agency (id),
    id           uuid not null,
    at           timestamptz not null,
    subject_type text not null,
    subject_id   uuid not null,
    verb         text not null,
    account_id   uuid references account (id),
    position_id  uuid,
    actor_name   text not null default '',
    actor_title  text not null default '',
    data         jsonb not null default '{}',
    primary key (agency_id, id)
);
create index event_subject on event (agency_id, subject_id, id);

grant select, insert, update on document, document_file, delivery, delivery_count to congvan_app;
grant select, insert, update, delete on recipient to congvan_app;
grant select, insert on event to congvan_app;
