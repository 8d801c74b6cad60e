-- name: InsertDelegation :exec
insert into delegation (agency_id, id, position_id, delegate_position_id, powers, valid_from, valid_until, reason, created_by, created_at)
values (@agency_id, @id, @position_id, @delegate_position_id, @powers, @valid_from, @valid_until, @reason, @created_by, @created_at);

-- name: FindDelegation :one
select agency_id from delegation where id = @id;

-- name: LockDelegation :one
select d.*, p.account_id, q.account_id as delegate_account_id
  from delegation d
  join position p on p.agency_id = d.agency_id and p.id = d.position_id
  join position q on q.agency_id = d.agency_id and q.id = d.delegate_position_id
 where d.agency_id = @agency_id and d.id = @id
   for update of d;

-- name: RevokeDelegation :execrows
update delegation set revoked_at = @at, revoked_by = @by, version = version + 1
 where agency_id = @agency_id and id = @id and revoked_at is null;

-- name: StandingDelegations :many
select d.*, p.account_id, q.account_id as delegate_account_id
  from delegation d
  join position p on p.agency_id = d.agency_id and p.id = d.position_id
  join position q on q.agency_id = d.agency_id and q.id = d.delegate_position_id
 where d.agency_id = @agency_id and d.revoked_at is null and d.valid_from <= @until::date and d.valid_until >= @since::date
 order by d.id;

-- name: ListDelegations :many
select d.*, p.account_id, q.account_id as delegate_account_id, p.title, q.title as delegate_title,
       a.full_name, b.full_name as delegate_name, g.name as agency_name
  from delegation d
  join position p on p.agency_id = d.agency_id and p.id = d.position_id
  join position q on q.agency_id = d.agency_id and q.id = d.delegate_position_id
  join account a on a.id = p.account_id
  join account b on b.id = q.account_id
  join agency g on g.id = d.agency_id
 where d.agency_id = any(@agencies::uuid[])
   and (p.account_id = @account_id or q.account_id = @account_id or d.agency_id = any(@administered::uuid[]))
   and d.valid_until >= @since::date
 order by d.valid_from desc, d.id desc
 limit @most;

-- name: ListDuties :many
select d.day, d.ordinal, d.position_id, d.note, p.account_id, p.title, a.full_name
  from duty d
  join position p on p.agency_id = d.agency_id and p.id = d.position_id
  join account a on a.id = p.account_id
 where d.agency_id = @agency_id and d.day between @since::date and @until::date
 order by d.day, d.ordinal;

-- name: ClearDuties :exec
delete from duty where agency_id = @agency_id and day between @since::date and @until::date;

-- name: InsertDuty :exec
insert into duty (agency_id, day, ordinal, position_id, note) values (@agency_id, @day, @ordinal, @position_id, @note);
