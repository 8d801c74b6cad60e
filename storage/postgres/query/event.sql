-- name: InsertEvent :exec
insert into event (agency_id, id, at, subject_type, subject_id, verb, account_id, position_id, actor_name, actor_title, data, for_name, for_account_id)
values (@agency_id, @id, @at, @subject_type, @subject_id, @verb, @account_id, @position_id, @actor_name, @actor_title, @data, @for_name, @for_account_id);

-- name: ListEvents :many
select id, at, verb, actor_name, actor_title, data, for_name from event
 where agency_id = @agency_id and subject_id = @subject_id and id > @after
 order by id
 limit @most;

-- name: EventsSince :many
select agency_id, id, subject_type, subject_id from event
 where agency_id = any(@agencies::uuid[]) and id > @after
 order by id
 limit @most;

-- name: InsertCommand :execrows
insert into command (account_id, key, operation, request_hash, subject_id, at)
values (@account_id, @key, @operation, @request_hash, @subject_id, @at)
on conflict (account_id, key) do nothing;

-- name: GetCommand :one
select operation, request_hash, subject_id from command where account_id = @account_id and key = @key;

-- name: DeleteCommands :execrows
delete from command where at < @before;
