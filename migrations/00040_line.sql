-- +goose Up
-- How the office works on what arrived: what a line asks, the words it was given
-- with, what was noted on the way, what answers it, who opened and who follows it.

alter table line
    add column asks              text not null default 'work' check (asks in ('work', 'direction', 'proposal')),
    add column direction_id      uuid,
    add column giver_position_id uuid,
    add column started_at        timestamptz,
    add column given_back        boolean not null default false,
    add column closed_words      text not null default '';

-- A person's work, a unit's, what waits to be given out, what was given out, what is late: each by due date.
create index line_mine on line (agency_id, position_id, coalesce(due_date, 'infinity'), id)
    where position_id is not null and role <> 'inform' and state = 'open';
create index line_of_unit on line (agency_id, unit_id, coalesce(due_date, 'infinity'), id)
    where unit_id is not null and role <> 'inform' and state in ('awaiting', 'open');
create index line_to_give on line (agency_id, coalesce(due_date, 'infinity'), id)
    where unit_id is null and position_id is null and state = 'open';
create index line_given on line (agency_id, giver_position_id, coalesce(due_date, 'infinity'), id)
    where giver_position_id is not null and role <> 'inform' and state in ('awaiting', 'open', 'forwarded');
create index line_late on line (agency_id, due_date, id)
    where due_date is not null and role <> 'inform' and state in ('awaiting', 'open', 'forwarded');

-- The words by which lines were given out (bút phê). One typed by a clerk for a
-- leader keeps both names.
create table direction (
    agency_id         uuid not null,
    id                uuid not null,
    arrival_id        uuid not null,
    line_id           uuid not null,
    words             text not null default '',
    position_id       uuid not null,
    name              text not null,
    title             text not null default '',
    typed_position_id uuid,
    typed_name        text not null default '',
    scan_sha256       bytea references blob (sha256),
    scan_name         text not null default '',
    scan_size         bigint not null default 0,
    scan_type         text not null default '',
    at                timestamptz not null,
    primary key (agency_id, id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id),
    foreign key (agency_id, line_id) references line (agency_id, id),
    foreign key (agency_id, position_id) references position (agency_id, id),
    check ((typed_position_id is null) = (typed_name = ''))
);
create index direction_arrival on direction (agency_id, arrival_id, id);
create index direction_scan on direction (scan_sha256) where scan_sha256 is not null;

-- Progress, results, reminders, and requests for more time.
create table line_note (
    agency_id   uuid not null,
    id          uuid not null,
    arrival_id  uuid not null,
    line_id     uuid not null,
    kind        text not null check (kind in ('progress', 'result', 'reminder', 'more_time', 'given_back', 'withdrawn', 'reopened')),
    words       text not null default '',
    position_id uuid,
    name        text not null,
    title       text not null default '',
    at          timestamptz not null,
    due_date    date,
    decision    text not null default '' check (decision in ('', 'asked', 'granted', 'declined')),
    decided_by  text not null default '',
    decided_at  timestamptz,
    file_sha256 bytea references blob (sha256),
    file_name   text not null default '',
    file_size   bigint not null default 0,
    file_type   text not null default '',
    primary key (agency_id, id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id),
    foreign key (agency_id, line_id) references line (agency_id, id),
    check ((kind = 'more_time') = (decision <> '')),
    check ((kind = 'more_time') = (due_date is not null))
);
create index line_note_arrival on line_note (agency_id, arrival_id, id);
create unique index line_note_asked on line_note (agency_id, line_id) where decision = 'asked';
create index line_note_file on line_note (file_sha256) where file_sha256 is not null;

-- The outgoing documents that answer a line; issuing one closes it.
create table answer (
    agency_id   uuid not null,
    document_id uuid not null,
    line_id     uuid not null,
    arrival_id  uuid not null,
    linked_by   text not null,
    linked_at   timestamptz not null,
    closed_at   timestamptz,
    primary key (agency_id, document_id, line_id),
    foreign key (agency_id, document_id) references document (agency_id, id),
    foreign key (agency_id, line_id) references line (agency_id, id)
);
create index answer_arrival on answer (agency_id, arrival_id);

-- Phrases of direction: the agency's, or one person's own.
create table phrase (
    agency_id  uuid not null references agency (id),
    id         uuid not null,
    account_id uuid references account (id),
    words      text not null check (words <> ''),
    created_at timestamptz not null,
    primary key (agency_id, id)
);
create index phrase_of on phrase (agency_id, account_id, created_at, id);

-- Who opened an arrival, and when (shown to those entitled).
create table arrival_view (
    agency_id  uuid not null,
    arrival_id uuid not null,
    account_id uuid not null references account (id),
    name       text not null,
    title      text not null default '',
    first_at   timestamptz not null,
    last_at    timestamptz not null,
    times      integer not null default 1,
    primary key (agency_id, arrival_id, account_id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id)
);

create table arrival_follow (
    agency_id  uuid not null,
    account_id uuid not null references account (id),
    arrival_id uuid not null,
    at         timestamptz not null,
    primary key (agency_id, account_id, arrival_id),
    foreign key (agency_id, arrival_id) references arrival (agency_id, id)
);
create index arrival_follow_newest on arrival_follow (agency_id, account_id, at desc, arrival_id desc);

grant select, insert on direction, phrase, arrival_follow to congvan_app;
grant select, insert, update on line_note, answer, arrival_view to congvan_app;
grant delete on phrase, arrival_follow to congvan_app;

-- +goose StatementBegin
do
$$
declare
    t text;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    kind  constant text := '(select scope_kind())';
begin
    foreach t in array array ['direction', 'line_note', 'answer', 'phrase', 'arrival_view', 'arrival_follow'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy %I on %I for select using (%s or %s = ''exchange'')', t || '_read', t, mine, kind);
        execute format('create policy %I on %I for insert with check (%s or %s = ''exchange'')', t || '_add', t, acted, kind);
        execute format('create policy %I on %I for update using (%s or %s = ''exchange'') with check (%s or %s = ''exchange'')',
                       t || '_change', t, mine, kind, acted, kind);
        execute format('create policy %I on %I for delete using (%s or %s = ''exchange'')', t || '_remove', t, acted, kind);
    end loop;
end
$$;
-- +goose StatementEnd
