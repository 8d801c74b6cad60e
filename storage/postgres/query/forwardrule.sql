-- name: ForwardRulesVersion :one
select version from forward_order where agency_id = @agency_id;

-- name: ListForwardRules :many
select * from forward_rule where agency_id = @agency_id order by ordinal;

-- name: InsertForwardRules :execrows
insert into forward_order (agency_id) values (@agency_id) on conflict (agency_id) do nothing;

-- name: RenewForwardRules :execrows
update forward_order set version = version + 1 where agency_id = @agency_id and version = @version;

-- name: ClearForwardRules :exec
delete from forward_rule where agency_id = @agency_id;

-- name: InsertForwardRule :exec
insert into forward_rule (agency_id, id, ordinal, name, kind, issuer, words, unit_id, position_id, asks, days)
values (@agency_id, @id, @ordinal, @name, @kind, @issuer, @words, @unit_id, @position_id, @asks, @days);
