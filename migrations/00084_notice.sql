-- +goose Up
-- What people are told of: alarms before and after a due date, what stays
-- unregistered, reminders. A notice says that something waits and never what
-- stands in it.

create table notice (
    agency_id  uuid not null references agency (id),
    id         uuid not null default gen_random_uuid(),
    account_id uuid not null references account (id),
    kind       text not null check (kind in ('soon', 'near', 'late', 'late_head', 'late_leader', 'unregistered', 'reminded')),
    arrival_id uuid not null,
    line_id    uuid,
    day        date,
    at         timestamptz not null,
    read_at    timestamptz,
    mailed_at  timestamptz,
    primary key (agency_id, id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id)
);
-- An alarm is given once for a due date; another date is another alarm.
create unique index notice_once on notice (agency_id, arrival_id, account_id, kind, coalesce(line_id, arrival_id), coalesce(day, 'infinity'))
    where kind <> 'reminded';
create index notice_of on notice (agency_id, account_id, at desc, id desc);
create index notice_unread on notice (agency_id, account_id) where read_at is null;
create index notice_to_mail on notice (account_id, at) where read_at is null and mailed_at is null;

-- How a person wants to be told. Without a row: everything in the app, no mail.
create table notice_choice (
    account_id  uuid primary key references account (id),
    muted       text[] not null default '{}',
    digest      boolean not null default false,
    digested_at timestamptz
);

-- When an agency is alarmed, in working days; without a row the usual.
create table alarm_rule (
    agency_id    uuid primary key references agency (id),
    first_days   integer not null check (first_days between 0 and 60),
    second_days  integer not null check (second_days between 0 and 60),
    head_after   integer not null check (head_after between 1 and 60),
    leader_after integer not null check (leader_after between 1 and 60),
    register_by  integer not null check (register_by between 0 and 1439), -- minutes after midnight
    version      integer not null default 1,
    check (second_days <= first_days and head_after <= leader_after)
);

grant select, insert, update on notice, notice_choice, alarm_rule to congvan_app;

-- +goose StatementBegin
do
$$
declare
    t text;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    kind  constant text := '(select scope_kind())';
begin
    foreach t in array array['notice', 'alarm_rule'] loop
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
