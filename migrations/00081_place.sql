-- +goose Up
-- Where somebody has moved the places of a document's signatures to, of one
-- file: with another file they are proposed anew.

create table signing_place (
    agency_id   uuid not null,
    document_id uuid not null,
    place       text not null,
    sha256      bytea not null check (octet_length(sha256) = 32),
    page        integer not null check (page >= 1),
    lower_left  double precision[] not null check (cardinality(lower_left) = 2),
    primary key (agency_id, document_id, place),
    foreign key (agency_id, document_id) references document (agency_id, id)
);

alter table signing_place enable row level security;
alter table signing_place force row level security;
create policy signing_place_read on signing_place for select using (agency_id = any ((select scope_agencies())::uuid[]));
create policy signing_place_add on signing_place for insert with check (agency_id = (select scope_acting()));
create policy signing_place_remove on signing_place for delete using (agency_id = (select scope_acting()));
grant select, insert, delete on signing_place to congvan_app;
