-- name: GetCircuit :one
select * from circuit where agency_id = @agency_id and document_id = @document_id;

-- name: ListCircuitSteps :many
select * from circuit_step where agency_id = @agency_id and document_id = @document_id order by ordinal;

-- name: UpsertCircuit :exec
insert into circuit (agency_id, document_id, round, current_step, returns, told)
values (@agency_id, @document_id, @round, @current_step, @returns, @told)
    on conflict (agency_id, document_id) do update
   set round = @round, current_step = @current_step, returns = @returns, told = @told;

-- name: DeleteCircuitSteps :exec
delete from circuit_step where agency_id = @agency_id and document_id = @document_id;

-- name: InsertCircuitStep :exec
insert into circuit_step (agency_id, document_id, ordinal, kind, people, quorum, days, due_on, answered, opened)
values (@agency_id, @document_id, @ordinal, @kind, @people, @quorum, @days, @due_on, @answered, @opened);

-- name: InsertCircuitAnswer :exec
insert into circuit_answer (agency_id, document_id, id, round, step, kind, verdict, position_id, account_id, actor_name, actor_title,
                            on_behalf_of, note, sha256, file_version, at)
values (@agency_id, @document_id, @id, @round, @step, @kind, @verdict, @position_id, @account_id, @actor_name, @actor_title,
        @on_behalf_of, @note, @sha256, @file_version, @at);

-- name: ListCircuitAnswers :many
select * from circuit_answer where agency_id = @agency_id and document_id = @document_id order by id;

-- name: SetStanding :exec
update document set awaited = @awaited, told = @told where agency_id = @agency_id and id = @id;

-- name: CircuitPeople :many
select p.id, p.role, p.title, c.full_name, coalesce(u.name, '')::text as unit_name,
       (p.valid_from <= @today and (p.valid_until is null or p.valid_until >= @today)
        and c.state = 'active' and (c.left_on is null or c.left_on > @today))::bool as present
  from position p
  join account c on c.id = p.account_id
  left join unit u on u.agency_id = p.agency_id and u.id = p.unit_id
 where p.agency_id = @agency_id and p.id = any(@ids::uuid[]);

-- name: OfficeSeats :many
select p.id, p.role, p.title, c.full_name, coalesce(p.unit_id = @unit_id, false)::bool as in_unit
  from position p
  join account c on c.id = p.account_id
 where p.agency_id = @agency_id and p.role in ('clerk', 'leader', 'unit_head')
   and p.valid_from <= @today and (p.valid_until is null or p.valid_until >= @today)
   and c.state = 'active' and (c.left_on is null or c.left_on > @today)
 order by c.full_name, p.id;

-- name: ListCircuitDefaults :many
select * from circuit_default where agency_id = any(@agencies::uuid[]) order by agency_id, kind;

-- name: ListCircuitDefaultSteps :many
select * from circuit_default_step where agency_id = any(@agencies::uuid[]) order by agency_id, circuit_id, ordinal;

-- name: InsertCircuitDefault :exec
insert into circuit_default (agency_id, id, kind) values (@agency_id, @id, @kind);

-- name: UpdateCircuitDefault :execrows
update circuit_default set version = version + 1 where agency_id = @agency_id and id = @id and version = @version;

-- name: DeleteCircuitDefault :execrows
delete from circuit_default where agency_id = @agency_id and id = @id and version = @version;

-- name: DeleteCircuitDefaultSteps :exec
delete from circuit_default_step where agency_id = @agency_id and circuit_id = @circuit_id;

-- name: InsertCircuitDefaultStep :exec
insert into circuit_default_step (agency_id, circuit_id, ordinal, kind, place, people, quorum, days)
values (@agency_id, @circuit_id, @ordinal, @kind, @place, @people, @quorum, @days);

-- name: InsertDocumentComment :exec
insert into document_comment (agency_id, document_id, id, sha256, file_version, position_id, account_id, actor_name, actor_title, text, at)
values (@agency_id, @document_id, @id, @sha256, @file_version, @position_id, @account_id, @actor_name, @actor_title, @text, @at);

-- name: ListDocumentComments :many
select * from document_comment where agency_id = @agency_id and document_id = @document_id order by id;
