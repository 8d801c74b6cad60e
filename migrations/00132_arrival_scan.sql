-- +goose Up
-- What was put to an arrival on paper as it came from the scanner: images are
-- joined into one PDF, whose bytes are new each time, so that a batch that is
-- sent again is known only by these.
create table arrival_scan (
    agency_id  uuid not null,
    arrival_id uuid not null,
    sha256     bytea not null,
    primary key (agency_id, arrival_id, sha256),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id)
);
grant select, insert on arrival_scan to congvan_app;

alter table arrival_scan enable row level security;
alter table arrival_scan force row level security;
create policy arrival_scan_read on arrival_scan for select using (agency_id = any ((select scope_agencies())::uuid[]) or (select scope_kind()) = 'exchange');
create policy arrival_scan_add on arrival_scan for insert with check (agency_id = (select scope_acting()));
