-- name: BookRange :one
select count(*) as count,
       coalesce((array_agg(number order by number, suffix))[1], 0)::int as first_number,
       coalesce((array_agg(suffix order by number, suffix))[1], '')::text as first_suffix,
       coalesce((array_agg(number order by number desc, suffix desc))[1], 0)::int as last_number,
       coalesce((array_agg(suffix order by number desc, suffix desc))[1], '')::text as last_suffix
  from register_entry
 where agency_id = @agency_id and register_id = @register_id and year = @year and day between @first_day and @last_day;

-- name: BookOwner :one
select a.name as agency, coalesce(p.name, '')::text as superior
  from agency a left join agency p on p.id = a.parent_id
 where a.id = @id;
