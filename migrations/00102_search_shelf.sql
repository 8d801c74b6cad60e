-- +goose Up
-- Words are kept with their agency in front, so that a search reads what one
-- agency wrote and not what all of them did. An entry also stands on the shelf
-- of its week and of its 12 weeks: a search begins on the newest ones and goes
-- on to everything only while it lacks hits, so that a common word costs an
-- agency of a million documents what it costs one of a thousand.

-- +goose StatementBegin
create function search_prefix(agency uuid, subject_type text) returns text
    language sql immutable parallel safe
    return left(md5(agency::text || subject_type), 8) || '/';
-- +goose StatementEnd

-- search_ordinal tells which shelf of so many weeks a time belongs to.
-- +goose StatementBegin
create function search_ordinal(at timestamptz, weeks integer) returns bigint
    language sql stable parallel safe
    return floor(extract(epoch from at) / (604800 * weeks))::bigint;
-- +goose StatementEnd

-- +goose StatementBegin
create function search_shelf(agency uuid, subject_type text, weeks integer, ordinal bigint) returns bigint
    language sql immutable parallel safe
    return ('x' || left(md5(agency::text || subject_type || weeks::text || '/' || ordinal::text), 16))::bit(64)::bigint;
-- +goose StatementEnd

drop index search_entry_words;
alter table search_entry add column shelves bigint[];
update search_entry
   set shelves = array[search_shelf(agency_id, subject_type, 1, search_ordinal(at, 1)), search_shelf(agency_id, subject_type, 12, search_ordinal(at, 12))],
       words = array_to_tsvector(array(select search_prefix(agency_id, subject_type) || w from unnest(tsvector_to_array(words)) w));
alter table search_entry alter column shelves set not null;
create index search_entry_words on search_entry using gin (shelves, words);

-- +goose StatementBegin
create or replace function search_document() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into search_entry (agency_id, subject_type, subject_id, at, shelves, words)
    select n.agency_id, 'document', n.id, n.updated_at,
           array[search_shelf(n.agency_id, 'document', 1, search_ordinal(n.updated_at, 1)), search_shelf(n.agency_id, 'document', 12, search_ordinal(n.updated_at, 12))],
           array_to_tsvector(array(select p.prefix || w
                                     from (select search_prefix(n.agency_id, 'document') prefix offset 0) p,
                                          unnest(string_to_array(nullif(fold(concat_ws(' ', n.subject, lpad(n.number::text, 2, '0'), n.number::text || n.number_suffix, n.symbol, n.signer_name)), ''), ' ')) w))
      from new_rows n
    on conflict (agency_id, subject_type, subject_id) do update set at = excluded.at, shelves = excluded.shelves, words = excluded.words;
    return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function search_arrival() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into search_entry (agency_id, subject_type, subject_id, at, shelves, words)
    select n.agency_id, 'arrival', n.id, n.arrived_at,
           array[search_shelf(n.agency_id, 'arrival', 1, search_ordinal(n.arrived_at, 1)), search_shelf(n.agency_id, 'arrival', 12, search_ordinal(n.arrived_at, 12))],
           array_to_tsvector(array(select p.prefix || w
                                     from (select search_prefix(n.agency_id, 'arrival') prefix offset 0) p,
                                          unnest(string_to_array(nullif(fold(concat_ws(' ', n.subject, n.number, n.symbol, n.issuer_name, n.signer_name, n.arrival_number::text)), ''), ' ')) w))
      from new_rows n
    on conflict (agency_id, subject_type, subject_id) do update set at = excluded.at, shelves = excluded.shelves, words = excluded.words;
    return null;
end
$$;
-- +goose StatementEnd

drop function search_entries(text, text, integer);

-- +goose StatementBegin
create function search_wanted(agency uuid, subject_type text, folded text) returns tsquery
    language sql stable parallel safe
    return (search_prefix(agency, subject_type) || replace(folded, ' ', ' & ' || search_prefix(agency, subject_type)) || case when folded ~ ' [0-9]$' then '' else ':*' end)::tsquery;
-- +goose StatementEnd

-- The hits from a time on and not after another, in the agencies of the scope
-- and no others: at least so many of the newest, if there are, and without
-- gaps in time; all of them where enough is null. The last word of the query
-- matches by its beginning, which a single sign behind other words does not
-- say yet: a letter waits for the next one, a digit stands for itself.
-- +goose StatementBegin
create function search_entries(subject_type text, query text, since timestamptz, until timestamptz, enough integer)
    returns table (agency_id uuid, subject_id uuid)
    language plpgsql stable security definer set search_path = public, pg_temp as
$$
declare
    folded text := regexp_replace(fold(left(query, 200)), ' [a-z]$', '');
    newest timestamptz := coalesce(until, now() + interval '1 hour'); -- the clocks of servers differ a little
    reached timestamptz;
    found bigint := 0;
    hits bigint;
begin
    if folded = '' then
        return;
    end if;
    if enough is not null then
        -- One week of an agency is few rows: they are read and compared ("is true"
        -- keeps a condition from an index), since a word that begins like many
        -- others costs more to look up than a week does to read. What is wanted
        -- is put together once for an agency ("offset 0"), not for each row.
        return query
            select s.agency_id, s.subject_id
              from (select id, search_wanted(id, search_entries.subject_type, folded) wanted from unnest(scope_agencies()) id offset 0) a
             cross join lateral (
                select s.agency_id, s.subject_id
                  from search_entry s
                 where s.shelves && array[search_shelf(a.id, search_entries.subject_type, 1, search_ordinal(newest, 1) - 1),
                                          search_shelf(a.id, search_entries.subject_type, 1, search_ordinal(newest, 1))]
                   and (s.words @@ a.wanted and s.agency_id = a.id and s.subject_type = search_entries.subject_type) is true
                   and s.at <= newest and (since is null or s.at >= since)) s;
        get diagnostics hits = row_count;
        found := hits;
        reached := to_timestamp(604800.0 * (search_ordinal(newest, 1) - 1));
        if found >= enough or reached <= since then
            return;
        end if;
        return query
            select s.agency_id, s.subject_id
              from (select id, search_wanted(id, search_entries.subject_type, folded) wanted from unnest(scope_agencies()) id offset 0) a
             cross join lateral (
                select s.agency_id, s.subject_id
                  from search_entry s
                 where s.shelves && array[search_shelf(a.id, search_entries.subject_type, 12, search_ordinal(newest, 12) - 1),
                                          search_shelf(a.id, search_entries.subject_type, 12, search_ordinal(newest, 12))]
                   and s.words @@ a.wanted and (s.agency_id = a.id and s.subject_type = search_entries.subject_type) is true
                   and s.at < reached and (since is null or s.at >= since)) s;
        get diagnostics hits = row_count;
        found := found + hits;
        reached := to_timestamp(12 * 604800.0 * (search_ordinal(newest, 12) - 1));
        if found >= enough or reached <= since then
            return;
        end if;
    end if;
    return query
        select s.agency_id, s.subject_id
          from (select id, search_wanted(id, search_entries.subject_type, folded) wanted from unnest(scope_agencies()) id offset 0) a
         cross join lateral (
            select s.agency_id, s.subject_id
              from search_entry s
             where s.words @@ a.wanted
               and (s.agency_id = a.id and s.subject_type = search_entries.subject_type) is true
               and (until is null or s.at <= until) and (since is null or s.at >= since) and (reached is null or s.at < reached)) s;
end
$$;
-- +goose StatementEnd

revoke all on function search_entries(text, text, timestamptz, timestamptz, integer) from public;
grant execute on function search_entries(text, text, timestamptz, timestamptz, integer) to congvan_app;
revoke all on function search_prefix(uuid, text), search_wanted(uuid, text, text), search_ordinal(timestamptz, integer), search_shelf(uuid, text, integer, bigint) from public;
