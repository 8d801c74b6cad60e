-- name: GetAgency :one
select * from agency where id = @id;

-- name: Predecessors :many
select id, successor_id from agency where successor_id = any(@ids::uuid[]) order by code;

-- name: LockAgency :one
select * from agency where id = @id for update;

-- name: InsertAgency :exec
insert into agency (id, code, old_code, name, short_name, abbreviation, parent_id, level, place, email, channel, valid_from, valid_until, successor_id)
values (@id, @code, @old_code, @name, @short_name, @abbreviation, @parent_id, @level, @place, @email, @channel, @valid_from, @valid_until, @successor_id);

-- name: UpdateAgency :execrows
update agency
   set code = @code, old_code = @old_code, name = @name, short_name = @short_name, abbreviation = @abbreviation, parent_id = @parent_id,
       level = @level, place = @place, email = @email, channel = @channel, valid_from = @valid_from, valid_until = @valid_until,
       successor_id = @successor_id, version = version + 1
 where id = @id and version = @version;

-- name: AgencyTree :many
select * from agency
 where valid_from <= @today::date and (valid_until is null or valid_until >= @today::date)
 order by array_position(array['central', 'province', 'department', 'district', 'commune', 'other'], level), name collate vietnamese, id
 limit @most;

-- name: AllAgencies :many
select * from agency order by code;

-- name: ListUnits :many
select * from unit where agency_id = @agency_id order by name collate vietnamese, id;

-- name: UnitsIn :many
select * from unit where agency_id = any(@agencies::uuid[]) order by agency_id, id;

-- name: SetSuccessor :exec
update agency set successor_id = @successor_id where id = @id;

-- name: LockUnit :one
select * from unit where agency_id = @agency_id and id = @id for update;

-- name: FindUnit :one
select agency_id from unit where id = @id;

-- name: InsertUnit :exec
insert into unit (agency_id, id, name, abbreviation, parent_id, valid_from, valid_until)
values (@agency_id, @id, @name, @abbreviation, @parent_id, @valid_from, @valid_until);

-- name: UpdateUnit :execrows
update unit set name = @name, abbreviation = @abbreviation, parent_id = @parent_id, valid_from = @valid_from, valid_until = @valid_until, version = version + 1
 where agency_id = @agency_id and id = @id and version = @version;

-- name: Fold :one
select fold(@text::text)::text;

-- name: ListPositions :many
select p.*, a.full_name, g.name as agency_name, u.name as unit_name
  from position p
  join account a on a.id = p.account_id
  join agency g on g.id = p.agency_id
  left join unit u on u.agency_id = p.agency_id and u.id = p.unit_id
 where p.account_id = any(@accounts::uuid[])
 order by p.valid_until desc nulls first, p.valid_from desc, g.name collate vietnamese, p.id;

-- name: LockPosition :one
select * from position where agency_id = @agency_id and id = @id for update;

-- name: FindPosition :one
select agency_id, account_id from position where id = @id;

-- name: InsertPosition :exec
insert into position (agency_id, id, account_id, unit_id, role, title, valid_from, valid_until)
values (@agency_id, @id, @account_id, @unit_id, @role, @title, @valid_from, @valid_until);

-- name: UpdatePosition :execrows
update position set role = @role, unit_id = @unit_id, title = @title, valid_from = @valid_from, valid_until = @valid_until, version = version + 1
 where agency_id = @agency_id and id = @id and version = @version;

-- name: ListGroups :many
select g.agency_id, g.id, g.name, g.shared, g.version, array(select m.member_agency_id from recipient_group_member m
                    join agency a on a.id = m.member_agency_id
                   where m.agency_id = g.agency_id and m.group_id = g.id
                   order by a.code)::uuid[] as member_ids
  from recipient_group g
 where g.agency_id = any(@agencies::uuid[]) or g.shared or @everybodys::boolean
 order by g.name collate vietnamese, g.id;

-- name: LockGroup :one
select * from recipient_group where agency_id = @agency_id and id = @id for update;

-- name: GroupMembers :many
select m.member_agency_id from recipient_group_member m join agency a on a.id = m.member_agency_id
 where m.agency_id = @agency_id and m.group_id = @group_id
 order by a.code;

-- name: FindGroup :one
select agency_id from recipient_group where id = @id;

-- name: InsertGroup :exec
insert into recipient_group (agency_id, id, name, shared) values (@agency_id, @id, @name, @shared);

-- name: UpdateGroup :execrows
update recipient_group set name = @name, shared = @shared, version = version + 1
 where agency_id = @agency_id and id = @id and version = @version;

-- name: DeleteGroup :execrows
delete from recipient_group where agency_id = @agency_id and id = @id and version = @version;

-- name: RemoveGroupMembers :exec
delete from recipient_group_member where agency_id = @agency_id and group_id = @group_id and member_agency_id <> all(@kept::uuid[]);

-- name: AddGroupMembers :exec
insert into recipient_group_member (agency_id, group_id, member_agency_id)
select @agency_id, @group_id, m from unnest(@members::uuid[]) m
on conflict do nothing;
