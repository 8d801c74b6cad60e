-- +goose Up
-- To whom an agency forwards what arrives: by kind, issuer and words of the
-- subject. The list is replaced as a whole, so that its order is one thing.

create table forward_order (
    agency_id uuid primary key references agency (id),
    version   integer not null default 2
);

create table forward_rule (
    agency_id   uuid not null references forward_order (agency_id),
    id          uuid not null,
    ordinal     integer not null,
    name        text not null check (name <> ''),
    kind        text not null default '',
    issuer      text not null default '',
    words       text not null default '',
    unit_id     uuid,
    position_id uuid,
    asks        text not null check (asks in ('work', 'direction', 'proposal')),
    days        integer not null default 0 check (days between 0 and 250),
    primary key (agency_id, id),
    unique (agency_id, ordinal),
    check ((unit_id is null) <> (position_id is null)),
    foreign key (agency_id, unit_id) references unit (agency_id, id),
    foreign key (agency_id, position_id) references position (agency_id, id)
);

grant select, insert, update on forward_order to congvan_app;
grant select, insert, delete on forward_rule to congvan_app;

-- +goose StatementBegin
do
$$
declare
    t text;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    kind  constant text := '(select scope_kind())';
begin
    foreach t in array array['forward_order', 'forward_rule'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy %I on %I for select using (%s or %s = ''exchange'')', t || '_read', t, mine, kind);
        execute format('create policy %I on %I for insert with check (%s)', t || '_add', t, acted);
        execute format('create policy %I on %I for update using (%s) with check (%s)', t || '_change', t, acted, acted);
        execute format('create policy %I on %I for delete using (%s)', t || '_remove', t, acted);
    end loop;
end
$$;
-- +goose StatementEnd
