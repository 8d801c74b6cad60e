-- +goose Up
-- Circuits: whom a document goes through on its way to approval.

-- What the lists ask of a document's circuit, kept beside its state.
alter table document
    add column stage             text   not null default 'approve' check (stage in ('review', 'initial', 'layout', 'opinion', 'approve')),
    add column asked             uuid[] not null default '{}',
    add column awaited           uuid[] not null default '{}',
    add column told              uuid[] not null default '{}',
    add column signer_competence text   not null default '' check (signer_competence in ('', 'TM', 'KT', 'TL', 'TUQ', 'Q'));

create table circuit (
    agency_id    uuid not null,
    document_id  uuid not null,
    round        integer not null check (round >= 0),
    current_step integer not null check (current_step >= -1), -- -1: with its author
    returns      integer[] not null default '{}',
    told         uuid[] not null default '{}',
    primary key (agency_id, document_id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);

create table circuit_step (
    agency_id   uuid not null,
    document_id uuid not null,
    ordinal     integer not null,
    kind        text not null check (kind in ('review', 'initial', 'layout', 'opinion', 'approve')),
    people      uuid[] not null,
    quorum      integer not null check (quorum between 1 and cardinality(people)),
    days        integer not null default 0,
    due_on      date,
    answered    uuid[] not null default '{}',
    opened      uuid[] not null default '{}',
    primary key (agency_id, document_id, ordinal),
    foreign key (agency_id, document_id) references circuit (agency_id, document_id)
);

-- What was said in each round, for ever: the submission slip is drawn from it.
create table circuit_answer (
    agency_id    uuid not null,
    document_id  uuid not null,
    id           uuid not null,
    round        integer not null,
    step         integer not null, -- -1: the author's word
    kind         text not null,
    verdict      text not null check (verdict in ('submitted', 'agreed', 'returned', 'sent_back', 'withdrawn', 'reassigned', 'reopened')),
    position_id  uuid not null,
    account_id   uuid not null references account (id),
    actor_name   text not null,
    actor_title  text not null default '',
    on_behalf_of text not null default '',
    note         text not null default '',
    sha256       bytea,
    file_version integer not null default 0,
    at           timestamptz not null,
    primary key (agency_id, document_id, id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);

-- The circuit that documents of a kind begin with; without a kind, all others of the agency.
create table circuit_default (
    agency_id uuid not null references agency (id),
    id        uuid not null,
    kind      text not null default '',
    version   integer not null default 1,
    primary key (agency_id, id),
    unique (id),
    unique (agency_id, kind)
);

create table circuit_default_step (
    agency_id  uuid not null,
    circuit_id uuid not null,
    ordinal    integer not null,
    kind       text not null check (kind in ('review', 'initial', 'layout', 'opinion', 'approve')),
    place      text not null check (place in ('people', 'unit_head', 'clerks', 'approver')),
    people     uuid[] not null default '{}',
    quorum     integer not null check (quorum >= 1),
    days       integer not null default 0,
    primary key (agency_id, circuit_id, ordinal),
    foreign key (agency_id, circuit_id) references circuit_default (agency_id, id)
);

-- Said about one version of a document's file.
create table document_comment (
    agency_id    uuid not null,
    document_id  uuid not null,
    id           uuid not null,
    sha256       bytea not null,
    file_version integer not null,
    position_id  uuid not null,
    account_id   uuid not null references account (id),
    actor_name   text not null,
    actor_title  text not null default '',
    text         text not null check (text <> ''),
    at           timestamptz not null,
    primary key (agency_id, document_id, id),
    foreign key (agency_id, document_id) references document (agency_id, id)
);

grant select, insert, update, delete on circuit, circuit_step, circuit_default, circuit_default_step to congvan_app;
grant select, insert on circuit_answer, document_comment to congvan_app;

-- +goose StatementBegin
do
$$
declare
    t record;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
begin
    for t in
        select * from (values
            ('circuit',              true),
            ('circuit_step',         true),
            ('circuit_answer',       false),
            ('document_comment',     false),
            ('circuit_default',      true),
            ('circuit_default_step', true)
        ) as v (name, changes)
    loop
        execute format('alter table %I enable row level security', t.name);
        execute format('alter table %I force row level security', t.name);
        execute format('create policy %I on %I for select using (%s)', t.name || '_read', t.name, mine);
        execute format('create policy %I on %I for insert with check (%s)', t.name || '_add', t.name, acted);
        if t.changes then
            execute format('create policy %I on %I for update using (%s) with check (%s)', t.name || '_change', t.name, mine, acted);
            execute format('create policy %I on %I for delete using (%s)', t.name || '_remove', t.name, acted);
        end if;
    end loop;
end
$$;
-- +goose StatementEnd
