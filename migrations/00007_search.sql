-- +goose Up
-- Search over fields. The server's role holds no right on search_entry: it is
-- reached only through search_entries(), which takes its agencies from the
-- scope. A text match under a policy would lose its index (it is not leakproof).

create table search_entry (
    agency_id    uuid not null,
    subject_type text not null,
    subject_id   uuid not null,
    at           timestamptz not null,
    words        tsvector not null,
    primary key (agency_id, subject_type, subject_id)
);
create index search_entry_words on search_entry using gin (agency_id, subject_type, words);

-- +goose StatementBegin
create function search_document() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into search_entry (agency_id, subject_type, subject_id, at, words)
    select n.agency_id, 'document', n.id, n.updated_at,
           to_tsvector('simple', fold(concat_ws(' ', n.subject, lpad(n.number::text, 2, '0'), n.number::text || n.number_suffix, n.symbol, n.signer_name)))
      from new_rows n
    on conflict (agency_id, subject_type, subject_id) do update set at = excluded.at, words = excluded.words;
    return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function search_arrival() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into search_entry (agency_id, subject_type, subject_id, at, words)
    select n.agency_id, 'arrival', n.id, n.arrived_at,
           to_tsvector('simple', fold(concat_ws(' ', n.subject, n.number, n.symbol, n.issuer_name, n.signer_name, n.arrival_number::text)))
      from new_rows n
    on conflict (agency_id, subject_type, subject_id) do update set at = excluded.at, words = excluded.words;
    return null;
end
$$;
-- +goose StatementEnd

create trigger document_search_insert after insert on document
    referencing new table as new_rows for each statement execute function search_document();
create trigger document_search_update after update on document
    referencing new table as new_rows for each statement execute function search_document();
create trigger arrival_search_insert after insert on arrival
    referencing new table as new_rows for each statement execute function search_arrival();
create trigger arrival_search_update after update on arrival
    referencing new table as new_rows for each statement execute function search_arrival();

-- The newest hits first, in the agencies of the scope and no others; the last
-- word of the query matches by its beginning.
-- +goose StatementBegin
create function search_entries(subject_type text, query text, most integer)
    returns table (agency_id uuid, subject_id uuid)
    language plpgsql stable security definer set search_path = public, pg_temp as
$$
declare
    folded text := fold(left(query, 200));
    wanted tsquery;
begin
    if folded = '' then
        return;
    end if;
    wanted := to_tsquery('simple', replace(folded, ' ', ' & ') || ':*');
    return query
        select e.agency_id, e.subject_id
          from unnest(scope_agencies()) a (id)
         cross join lateral (
            select s.agency_id, s.subject_id, s.at
              from search_entry s
             where s.agency_id = a.id and s.subject_type = search_entries.subject_type and s.words @@ wanted
             order by s.at desc
             limit least(most, 1000)) e
         order by e.at desc
         limit least(most, 1000);
end
$$;
-- +goose StatementEnd

revoke all on function search_entries(text, text, integer) from public;
revoke all on function search_document(), search_arrival() from public;
grant execute on function search_entries(text, text, integer) to congvan_app;
