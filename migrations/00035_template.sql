-- +goose Up
-- An agency's own templates; a kind without one has the built-in template.

create table template (
    agency_id  uuid not null references agency (id),
    kind       text not null,
    name       text not null check (name <> ''),
    sha256     bytea not null references blob (sha256),
    size       bigint not null,
    changed_by text not null,
    changed_at timestamptz not null,
    primary key (agency_id, kind)
);
create index template_blob on template (sha256);

alter table template enable row level security;
alter table template force row level security;
create policy template_read on template for select using (agency_id = any ((select scope_agencies())::uuid[]));
create policy template_add on template for insert with check (agency_id = (select scope_acting()));
create policy template_change on template for update using (agency_id = (select scope_acting())) with check (agency_id = (select scope_acting()));
create policy template_remove on template for delete using (agency_id = (select scope_acting()));

grant select, insert, update, delete on template to congvan_app;
