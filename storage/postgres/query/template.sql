-- name: ListTemplates :many
select * from template where agency_id = @agency_id order by kind;

-- name: GetTemplate :one
select * from template where agency_id = @agency_id and kind = @kind;

-- name: SaveTemplate :exec
insert into template (agency_id, kind, name, sha256, size, changed_by, changed_at)
values (@agency_id, @kind, @name, @sha256, @size, @changed_by, @changed_at)
on conflict (agency_id, kind) do update
   set name = excluded.name, sha256 = excluded.sha256, size = excluded.size, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: DeleteTemplate :execrows
delete from template where agency_id = @agency_id and kind = @kind;

-- name: GetLetterhead :one
select a.name, a.place, a.level, coalesce(p.name, '')::text as parent_name
  from agency a left join agency p on p.id = a.parent_id
 where a.id = @id;
