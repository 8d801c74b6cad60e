-- +goose Up
-- Who stands in for whom while somebody is away, and who is on duty which day.

create table delegation (
    agency_id            uuid not null references agency (id),
    id                   uuid not null,
    position_id          uuid not null,
    delegate_position_id uuid not null,
    powers               text[] not null default '{}', -- none means all
    valid_from           date not null,
    valid_until          date not null,
    reason               text not null default '',
    created_by           uuid not null references account (id),
    created_at           timestamptz not null,
    revoked_at           timestamptz,
    revoked_by           text not null default '',
    version              integer not null default 1,
    primary key (agency_id, id),
    unique (id),
    foreign key (agency_id, position_id) references position (agency_id, id),
    foreign key (agency_id, delegate_position_id) references position (agency_id, id),
    check (valid_until >= valid_from),
    check (position_id <> delegate_position_id)
);
create index delegation_position on delegation (agency_id, position_id, valid_until);
create index delegation_delegate on delegation (agency_id, delegate_position_id, valid_until);

create table duty (
    agency_id   uuid not null references agency (id),
    day         date not null,
    ordinal     integer not null check (ordinal >= 1),
    position_id uuid not null,
    note        text not null default '',
    primary key (agency_id, day, ordinal),
    unique (agency_id, day, position_id),
    foreign key (agency_id, position_id) references position (agency_id, id)
);

grant select, insert, update on delegation to congvan_app;
grant select, insert, delete on duty to congvan_app;

-- +goose StatementBegin
do
$$
declare
    t text;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    kind  constant text := '(select scope_kind())';
begin
    foreach t in array array['delegation', 'duty'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy %I on %I for select using (%s or %s in (''exchange'', ''administration'', ''directory''))', t || '_read', t, mine, kind);
        execute format('create policy %I on %I for insert with check (%s or %s = ''administration'')', t || '_add', t, acted, kind);
        execute format('create policy %I on %I for update using (%s or %s = ''administration'') with check (%s or %s = ''administration'')',
                       t || '_change', t, mine, kind, acted, kind);
        execute format('create policy %I on %I for delete using (%s or %s = ''administration'')', t || '_remove', t, acted, kind);
    end loop;
end
$$;
-- +goose StatementEnd

-- held_position is every position that an account holds: its own, and those
-- that were delegated to a position of its own. What is held by delegation
-- counts only while both positions do and the other still works here, and is
-- not handed on: only own positions delegate.
create view held_position with (security_invoker = true) as
select p.account_id, p.agency_id, p.id, p.unit_id, p.role, p.title, p.valid_from, p.valid_until, p.version,
       null::uuid as delegation_id, null::uuid as for_account_id, null::text as for_name, null::text as own_title, null::text as own_role, null::text[] as powers
  from position p
union all
select own.account_id, p.agency_id, p.id, p.unit_id, p.role, p.title,
       greatest(p.valid_from, own.valid_from, d.valid_from), least(p.valid_until, own.valid_until, d.valid_until, a.left_on - 1), p.version,
       d.id, p.account_id, a.full_name, own.title, own.role, d.powers
  from position own
  join delegation d on d.agency_id = own.agency_id and d.delegate_position_id = own.id and d.revoked_at is null
  join position p on p.agency_id = d.agency_id and p.id = d.position_id
  join account a on a.id = p.account_id and a.state = 'active';
grant select on held_position to congvan_app;

-- Whoever acts on behalf of another is named with the other.
alter table event add column for_name text not null default '';
alter table event add column for_account_id uuid references account (id);
