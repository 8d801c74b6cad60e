-- name: GetCaseFile :one
select * from casefile where agency_id = any(@agencies::uuid[]) and id = @id;

-- name: LockCaseFile :one
select * from casefile where agency_id = any(@agencies::uuid[]) and id = @id for update;

-- name: ListCaseFileEntries :many
select document_id, arrival_id, day, added_at, added_by from casefile_entry
 where agency_id = @agency_id and casefile_id = @casefile_id
 order by day, added_at;

-- name: InsertCaseFile :exec
insert into casefile (agency_id, id, catalogue_id, year, notation, title, retention, unit_id, rights, description, keeper_id, creator_name, state, start_day, updated_at)
values (@agency_id, @id, @catalogue_id, @year, @notation, @title, @retention, @unit_id, @rights, @description, @keeper_id, @creator_name, 'open', @start_day, @at);

-- name: UpdateCaseFile :execrows
update casefile
   set notation = @notation, title = @title, retention = @retention, unit_id = @unit_id, rights = @rights, description = @description,
       keeper_id = @keeper_id, state = @state, start_day = @start_day, end_day = @end_day, frozen = @frozen, frozen_why = @frozen_why,
       closed_at = @closed_at, closed_by = @closed_by, destroyed_at = @destroyed_at, decision = @decision,
       count = case when @state = 'destroyed' then count else @count end,
       version = version + 1, updated_at = @at
 where agency_id = @agency_id and id = @id and version = @version;

-- name: InsertCaseFileEntry :exec
insert into casefile_entry (agency_id, casefile_id, document_id, arrival_id, day, added_at, added_by)
values (@agency_id, @casefile_id, @document_id, @arrival_id, @day, @added_at, @added_by);

-- name: DeleteCaseFileEntry :exec
delete from casefile_entry
 where agency_id = @agency_id and casefile_id = @casefile_id
   and (document_id = sqlc.narg('document_id') or arrival_id = sqlc.narg('arrival_id'));

-- name: DeleteCaseFileEntries :exec
delete from casefile_entry where agency_id = @agency_id and casefile_id = @casefile_id;

-- name: CaseFileNames :one
select g.name as agency_name, g.code as agency_code, a.full_name as keeper_name, p.account_id as keeper_account_id, coalesce(u.name, '') as unit_name
  from casefile f
  join agency g on g.id = f.agency_id
  join position p on p.agency_id = f.agency_id and p.id = f.keeper_id
  join account a on a.id = p.account_id
  left join unit u on u.agency_id = f.agency_id and u.id = f.unit_id
 where f.agency_id = @agency_id and f.id = @id;

-- name: NextNotation :one
-- The number after the greatest of the year, whatever the abbreviation.
select coalesce(max(split_part(n.notation, '.', 1)::int), 0)::int + 1 from (
    select f.notation from casefile f where f.agency_id = @agency_id and f.year = @year
    union all
    select c.notation from catalogue c where c.agency_id = @agency_id and c.year = @year) n;

-- name: ListCatalogue :many
select c.*, coalesce(u.name, '') as unit_name, f.id as casefile_id
  from catalogue c
  left join unit u on u.agency_id = c.agency_id and u.id = c.unit_id
  left join casefile f on f.agency_id = c.agency_id and f.catalogue_id = c.id
 where c.agency_id = @agency_id and c.year = @year
 order by split_part(c.notation, '.', 1)::int, c.notation;

-- name: LockCatalogue :one
select * from catalogue where agency_id = any(@agencies::uuid[]) and id = @id for update;

-- name: InsertCatalogue :exec
insert into catalogue (agency_id, id, year, notation, title, retention, unit_id)
values (@agency_id, @id, @year, @notation, @title, @retention, @unit_id);

-- name: DeleteCatalogue :execrows
delete from catalogue where agency_id = @agency_id and id = @id and approved_at is null;

-- name: ApproveCatalogue :execrows
update catalogue set approved_at = @at, approved_by = @by, version = version + 1
 where agency_id = @agency_id and year = @year and approved_at is null;
