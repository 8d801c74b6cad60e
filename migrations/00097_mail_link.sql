-- +goose Up
-- A page for what is too large for a recipient's mail server: reached by a link
-- in the mail, once, for a while. Only the hash of its secret finds it; the
-- secret itself is sealed, so that every try sends the same mail.
create table mail_link (
    agency_id    uuid not null,
    id           uuid not null,
    document_id  uuid not null,
    delivery_id  uuid not null,
    token_sha256 bytea not null unique check (length(token_sha256) = 32),
    sealed       bytea not null,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    opened_at    timestamptz,
    fetched      integer not null default 0,
    primary key (agency_id, id),
    unique (agency_id, delivery_id),
    foreign key (agency_id, document_id, delivery_id) references delivery (agency_id, document_id, id)
);

-- What an address takes: a mail of that many bytes of files came back as too large.
create table mail_limit (
    agency_id uuid not null references agency (id),
    address   text not null,
    most      bigint not null,
    words     text not null default '',
    since     timestamptz not null,
    primary key (agency_id, address)
);

-- +goose StatementBegin
do
$$
declare
    name text;
    ours constant text := '(select scope_kind()) = ''exchange''';
begin
    foreach name in array array ['mail_link', 'mail_limit']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy %I on %I for select using (agency_id = any ((select scope_agencies())::uuid[]) or %s)', name || '_read', name, ours);
        execute format('create policy %I on %I for insert with check (%s)', name || '_add', name, ours);
        execute format('create policy %I on %I for update using (%s) with check (%s)', name || '_change', name, ours, ours);
    end loop;
end
$$;
-- +goose StatementEnd
grant select, insert, update on mail_link, mail_limit to congvan_app;
