-- name: ListRegisters :many
select r.*, a.name as agency_name
  from register r join agency a on a.id = r.agency_id
 where r.agency_id = any(@agencies::uuid[])
   and (@direction::text = '' or r.direction = @direction)
   and (@year::int = 0 or r.year = @year)
 order by a.name, r.direction desc, r.year desc, r.name;

-- name: GetRegister :one
select * from register where agency_id = any(@agencies::uuid[]) and id = @id;

-- name: LockRegister :one
select * from register where agency_id = @agency_id and id = @id for update;

-- name: AdvanceRegister :execrows
update register set next_number = @next_number, version = version + 1
 where agency_id = @agency_id and id = @id;

-- name: InsertRegister :exec
insert into register (agency_id, id, code, direction, year, name, kinds, normative, council, symbol_agency, opening_number, next_number)
values (@agency_id, @id, @code, @direction, @year, @name, @kinds, @normative, @council, @symbol_agency, @opening_number, @next_number)
on conflict (agency_id, direction, code, year) do nothing;

-- name: InsertRegisterEntry :exec
insert into register_entry (agency_id, register_id, year, number, suffix, symbol, day, subject_type, subject_id, taken_by, taken_at)
values (@agency_id, @register_id, @year, @number, @suffix, @symbol, @day, @subject_type, @subject_id, @taken_by, @taken_at);

-- name: ListRegisterEntries :many
select e.number, e.suffix, e.symbol, e.day, e.state, e.subject_type, e.subject_id,
       coalesce(d.kind, v.kind, '')::text as kind,
       coalesce(d.subject, v.subject, '')::text as subject,
       coalesce(v.issuer_name, '')::text as issuer_name,
       coalesce(d.signer_name, v.signer_name, '')::text as signer_name,
       coalesce(v.number, '')::text as origin_number,
       coalesce(v.symbol, '')::text as origin_symbol,
       coalesce(d.document_date, v.document_date) as document_date
  from register_entry e
  left join document d on e.subject_type = 'document' and d.agency_id = e.agency_id and d.id = e.subject_id
  left join arrival v on e.subject_type = 'arrival' and v.agency_id = e.agency_id and v.id = e.subject_id
 where e.agency_id = @agency_id and e.register_id = @register_id and e.year = @year
   and (e.number, e.suffix) < (@before_number::int, @before_suffix::text)
 order by e.number desc, e.suffix desc
 limit @most;
