-- name: ListRegisters :many
select r.*, a.name as agency_name
  from register r join agency a on a.id = r.agency_id
 where (r.agency_id = any(@agencies::uuid[]) or r.unit_id = any(@units::uuid[]))
   and (@direction::text = '' or r.direction = @direction)
   and (@year::int = 0 or r.year = @year)
 order by a.name collate vietnamese, r.direction desc, r.year desc, r.name collate vietnamese;

-- name: GetRegister :one
select * from register where (agency_id = any(@agencies::uuid[]) or unit_id = any(@units::uuid[])) and id = @id;

-- name: LockRegister :one
select * from register where agency_id = @agency_id and id = @id for update;

-- name: AdvanceRegister :execrows
update register set next_number = @next_number, version = version + 1
 where agency_id = @agency_id and id = @id;

-- name: CloseRegister :exec
update register set closed_at = @closed_at, version = version + 1
 where agency_id = @agency_id and id = @id;

-- name: InsertRegister :exec
insert into register (agency_id, id, code, direction, year, name, kinds, normative, council, symbol_agency, opening_number, next_number, unit_id)
values (@agency_id, @id, @code, @direction, @year, @name, @kinds, @normative, @council, @symbol_agency, @opening_number, @next_number, @unit_id)
on conflict (agency_id, direction, code, year) do nothing;

-- name: InsertRegisterEntry :exec
insert into register_entry (agency_id, register_id, year, number, suffix, symbol, day, subject_type, subject_id, taken_by, taken_at)
values (@agency_id, @register_id, @year, @number, @suffix, @symbol, @day, @subject_type, @subject_id, @taken_by, @taken_at);

-- name: InsertSpecialEntry :exec
insert into register_entry (agency_id, register_id, year, number, suffix, symbol, day, subject_type, subject_id, reason, taken_by, taken_at)
values (@agency_id, @register_id, @year, @number, @suffix, @symbol, @day, @subject_type, @subject_id, @reason, @taken_by, @taken_at);

-- name: LockRegisterEntry :one
select * from register_entry
 where agency_id = @agency_id and register_id = @register_id and year = @year and number = @number and suffix = @suffix
   for update;

-- name: EntrySuffixes :many
select suffix from register_entry
 where agency_id = @agency_id and register_id = @register_id and year = @year and number = @number and suffix <> '';

-- name: CancelRegisterEntry :exec
update register_entry set state = 'cancelled', reason = @reason
 where agency_id = @agency_id and register_id = @register_id and year = @year and number = @number and suffix = @suffix;

-- name: GiveRegisterEntry :exec
update register_entry set subject_type = 'document', subject_id = @subject_id, symbol = @symbol, day = @day, reason = @reason
 where agency_id = @agency_id and register_id = @register_id and year = @year and number = @number and suffix = @suffix;

-- name: UnitNumbers :many
-- Under which numbers units entered an arrival in registers of their own.
select r.unit_id, e.register_id, e.number, e.suffix, e.day
  from register_entry e
  join register r on r.agency_id = e.agency_id and r.id = e.register_id
 where e.agency_id = @agency_id and e.subject_id = @arrival_id and e.subject_type = 'arrival' and e.state = 'taken' and r.unit_id is not null
 order by e.taken_at;
