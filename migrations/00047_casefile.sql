-- +goose Up
-- Case files (hồ sơ công việc): the agency's yearly list, the files and what
-- lies in them. A document lies in many files and is never copied.

create table catalogue (
    agency_id   uuid not null references agency (id),
    id          uuid not null,
    year        integer not null check (year between 1945 and 9999),
    notation    text not null check (notation <> ''),
    title       text not null check (title <> ''),
    retention   integer not null check (retention between 0 and 70), -- years; 0 is for ever
    unit_id     uuid,
    approved_at timestamptz,
    approved_by text not null default '',
    version     integer not null default 1,
    primary key (agency_id, id),
    unique (agency_id, year, notation),
    foreign key (agency_id, unit_id) references unit (agency_id, id)
);

create table casefile (
    agency_id    uuid not null references agency (id),
    id           uuid not null,
    catalogue_id uuid,
    year         integer not null check (year between 1945 and 9999),
    notation     text not null check (notation <> ''),
    title        text not null check (title <> ''),
    retention    integer not null check (retention between 0 and 70),
    unit_id      uuid,
    rights       text not null check (rights in ('public', 'restricted')),
    description  text not null default '',
    keeper_id    uuid not null,
    creator_name text not null,
    state        text not null check (state in ('open', 'closed', 'destroyed')),
    start_day    date not null,
    end_day      date,
    frozen       boolean not null default false,
    frozen_why   text not null default '',
    closed_at    timestamptz,
    closed_by    text not null default '',
    destroyed_at timestamptz,
    decision     text not null default '',
    count        integer not null default 0, -- of documents; of a stub, what there was
    folded       text not null generated always as (fold(title || ' ' || notation || ' ' || year::text)) stored,
    version      integer not null default 1,
    updated_at   timestamptz not null,
    primary key (agency_id, id),
    unique (id),
    unique (agency_id, year, notation),
    foreign key (agency_id, catalogue_id) references catalogue (agency_id, id),
    foreign key (agency_id, unit_id) references unit (agency_id, id),
    foreign key (agency_id, keeper_id) references position (agency_id, id),
    check ((state = 'destroyed') = (destroyed_at is not null))
);
create index casefile_updated on casefile (agency_id, updated_at desc, id desc);
create index casefile_closed on casefile (end_day) where state = 'closed';

create table casefile_entry (
    agency_id   uuid not null,
    casefile_id uuid not null,
    document_id uuid,
    arrival_id  uuid,
    day         date not null,
    added_at    timestamptz not null,
    added_by    text not null,
    unique (agency_id, casefile_id, document_id),
    unique (agency_id, casefile_id, arrival_id),
    foreign key (agency_id, casefile_id) references casefile (agency_id, id),
    foreign key (agency_id, document_id) references document (agency_id, id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id),
    check (num_nonnulls(document_id, arrival_id) = 1)
);
create index casefile_entry_document on casefile_entry (agency_id, document_id) where document_id is not null;
create index casefile_entry_arrival on casefile_entry (agency_id, arrival_id) where arrival_id is not null;

grant select, insert, update on catalogue, casefile to congvan_app;
grant select, insert, delete on casefile_entry to congvan_app;
grant delete on catalogue to congvan_app;

-- +goose StatementBegin
do
$$
declare
    t text;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    kind  constant text := '(select scope_kind())';
begin
    foreach t in array array['catalogue', 'casefile', 'casefile_entry'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy %I on %I for select using (%s or %s = ''exchange'')', t || '_read', t, mine, kind);
        execute format('create policy %I on %I for insert with check (%s)', t || '_add', t, acted);
        execute format('create policy %I on %I for update using (%s) with check (%s)', t || '_change', t, mine, acted);
        execute format('create policy %I on %I for delete using (%s)', t || '_remove', t, acted);
    end loop;
end
$$;
-- +goose StatementEnd
