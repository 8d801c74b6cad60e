-- +goose Up
-- What arrived at an agency, and the lines along which the office works on it.

create table arrival (
    agency_id          uuid not null references agency (id),
    id                 uuid not null,
    source             text not null check (source in ('local', 'inside', 'mail', 'paper', 'axis', 'peer')),
    state              text not null check (state in ('awaiting', 'registered', 'refused', 'inside')),
    origin_agency_id   uuid references agency (id),
    origin_document_id uuid,
    origin_delivery_id uuid,
    role               text not null default 'main' check (role in ('main', 'information')),
    kind               text not null default '',
    issuer_name        text not null default '',
    issuer_code        text not null default '',
    number             text not null default '',
    symbol             text not null default '',
    document_date      date,
    subject            text not null default '',
    urgency            text not null default 'normal' check (urgency in ('normal', 'urgent', 'very_urgent', 'flash', 'flash_at')),
    due_date           date,
    signer_name        text not null default '',
    signer_title       text not null default '',
    note               text not null default '',
    mail_item_id       uuid,
    main_sha256        bytea,
    arrived_at         timestamptz not null,
    register_id        uuid,
    arrival_number     integer,
    arrival_day        date,
    registered_at      timestamptz,
    registered_by      text not null default '',
    refused_at         timestamptz,
    refused_by         text not null default '',
    refused_reason     text not null default '',
    refused_note       text not null default '',
    version            integer not null default 1,
    primary key (agency_id, id),
    unique (id),
    foreign key (agency_id, register_id) references register (agency_id, id),
    check ((state = 'registered') = (registered_at is not null)),
    check ((state = 'refused') = (refused_at is not null))
);
create index arrival_arrived on arrival (agency_id, arrived_at desc, id desc);
create index arrival_state on arrival (agency_id, state, arrived_at desc, id desc);
create index arrival_number on arrival (agency_id, register_id, arrival_number desc) where arrival_number is not null;
create index arrival_origin on arrival (agency_id, origin_document_id) where origin_document_id is not null;
create index arrival_same on arrival (agency_id, symbol, number, document_date);
create index arrival_content on arrival (agency_id, main_sha256) where main_sha256 is not null;

create table arrival_file (
    agency_id  uuid not null,
    arrival_id uuid not null,
    ordinal    integer not null,
    role       text not null check (role in ('main', 'annex')),
    name       text not null,
    sha256     bytea not null references blob (sha256),
    size       bigint not null,
    media_type text not null,
    primary key (agency_id, arrival_id, ordinal),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id)
);
create index arrival_file_blob on arrival_file (sha256);

-- One unit's or person's share of an arrival. A line without unit and position
-- is the agency's own: it waits for the agency's clerk.
create table line (
    agency_id   uuid not null,
    id          uuid not null,
    arrival_id  uuid not null,
    parent_id   uuid,
    unit_id     uuid,
    position_id uuid,
    role        text not null check (role in ('lead', 'coordinate', 'inform')),
    state       text not null check (state in ('awaiting', 'open', 'forwarded', 'done', 'returned', 'withdrawn')),
    due_date    date,
    read_at     timestamptz,
    created_at  timestamptz not null,
    closed_at   timestamptz,
    version     integer not null default 1,
    primary key (agency_id, id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id),
    foreign key (agency_id, parent_id) references line (agency_id, id),
    foreign key (agency_id, unit_id) references unit (agency_id, id),
    foreign key (agency_id, position_id) references position (agency_id, id)
);
create index line_arrival on line (agency_id, arrival_id);
create index line_position on line (agency_id, position_id, created_at desc, id desc) where position_id is not null;
create index line_unit on line (agency_id, unit_id, created_at desc, id desc) where unit_id is not null;

grant select, insert, update on arrival, line to congvan_app;
grant select, insert on arrival_file to congvan_app;
