-- +goose Up
-- What an agency says of a document after it was issued: void, take back,
-- recall, replace, update; what each recipient answered; and what the
-- recipients heard. Both sides keep their own record.

alter table document drop constraint document_state_check;
alter table document add constraint document_state_check
    check (state in ('draft', 'submitted', 'approved', 'signed', 'numbered', 'issued', 'voided', 'recalled', 'discarded'));
alter table document drop constraint document_check1;
alter table document add constraint document_numbered check (state not in ('numbered', 'issued', 'voided', 'recalled') or number is not null);

-- An arrival that was registered keeps its place in the register whatever
-- becomes of it (NĐ 30/2020, điều 18: the metadata of a recall are kept).
alter table arrival drop constraint arrival_state_check;
alter table arrival add constraint arrival_state_check
    check (state in ('awaiting', 'registered', 'refused', 'inside', 'taken_back', 'recalled'));
alter table arrival drop constraint arrival_check;
alter table arrival add constraint arrival_registered check
    (state in ('taken_back', 'recalled') or (state = 'registered') = (registered_at is not null));

create table request (
    agency_id      uuid not null,
    id             uuid not null,
    document_id    uuid not null,
    kind           text not null check (kind in ('void', 'take_back', 'recall', 'replace', 'update')),
    reason         text not null default '',
    by_document_id uuid,
    by_reference   text not null default '',
    asked_at       timestamptz not null,
    asked_by       text not null,
    primary key (agency_id, id),
    foreign key (agency_id, document_id) references document (agency_id, id),
    foreign key (agency_id, by_document_id) references document (agency_id, id)
);
create index request_document on request (agency_id, document_id, id);
create index request_by_document on request (agency_id, by_document_id, id) where by_document_id is not null;

create table request_delivery (
    agency_id   uuid not null,
    request_id  uuid not null,
    document_id uuid not null,
    delivery_id uuid not null,
    answer      text not null default '' check (answer in ('', 'told', 'pending', 'withdrawn', 'agreed', 'declined', 'confirmed')),
    answered_at timestamptz,
    answered_by text not null default '',
    note        text not null default '',
    primary key (agency_id, request_id, delivery_id),
    foreign key (agency_id, request_id) references request (agency_id, id),
    foreign key (agency_id, document_id, delivery_id) references delivery (agency_id, document_id, id)
);

create table request_arrival (
    agency_id          uuid not null,
    id                 uuid not null, -- the sender's name for it
    arrival_id         uuid not null,
    kind               text not null check (kind in ('void', 'take_back', 'recall', 'replace', 'update')),
    reason             text not null default '',
    by_document_id     uuid,
    by_reference       text not null default '',
    sender_name        text not null default '',
    origin_agency_id   uuid not null,
    origin_document_id uuid not null,
    origin_delivery_id uuid not null,
    asked_at           timestamptz not null,
    answer             text not null check (answer in ('told', 'pending', 'withdrawn', 'agreed', 'declined', 'confirmed')),
    answered_at        timestamptz,
    answered_by        text not null default '',
    note               text not null default '',
    primary key (agency_id, arrival_id, id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id)
);
create index request_arrival_pending on request_arrival (agency_id, asked_at, id) where answer = 'pending';

grant select, insert on request to congvan_app;
grant select, insert, update on request_delivery, request_arrival to congvan_app;

-- +goose StatementBegin
do
$$
declare
    t text;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    kind  constant text := '(select scope_kind())';
begin
    foreach t in array array['request', 'request_delivery', 'request_arrival'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy %I on %I for select using (%s or %s = ''exchange'')', t || '_read', t, mine, kind);
        execute format('create policy %I on %I for insert with check (%s or %s = ''exchange'')', t || '_add', t, acted, kind);
        execute format('create policy %I on %I for update using (%s or %s = ''exchange'') with check (%s or %s = ''exchange'')',
                       t || '_change', t, mine, kind, acted, kind);
    end loop;
end
$$;
-- +goose StatementEnd
