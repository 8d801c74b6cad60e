-- +goose Up

-- What a certified copy was made of (NĐ 30/2020, điều 25): one document of the
-- agency's own, issued or registered.
create table certified_copy (
    agency_id          uuid not null,
    document_id        uuid not null, -- the copy
    source_document_id uuid,
    source_arrival_id  uuid,
    reference          text not null,
    sha256             bytea not null check (length(sha256) = 32),
    electronic         boolean not null, -- the source is no scan of paper
    primary key (agency_id, document_id),
    foreign key (agency_id, document_id) references document (agency_id, id),
    foreign key (agency_id, source_document_id) references document (agency_id, id),
    foreign key (agency_id, source_arrival_id) references arrival (agency_id, id),
    check (num_nonnulls(source_document_id, source_arrival_id) = 1)
);
create index certified_copy_document on certified_copy (agency_id, source_document_id) where source_document_id is not null;
create index certified_copy_arrival on certified_copy (agency_id, source_arrival_id) where source_arrival_id is not null;

alter table certified_copy enable row level security;
alter table certified_copy force row level security;
create policy certified_copy_read on certified_copy for select using (agency_id = any ((select scope_agencies())::uuid[]));
create policy certified_copy_add on certified_copy for insert with check (agency_id = (select scope_acting()));
grant select, insert on certified_copy to congvan_app;
