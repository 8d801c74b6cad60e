-- name: LockDelivery :one
select * from delivery where agency_id = @agency_id and document_id = @document_id and id = @id for update;

-- name: UpdateDelivery :exec
update delivery
   set state = @state, state_at = @state_at, by_name = @by_name, reason = @reason, arrival_number = @arrival_number
 where agency_id = @agency_id and document_id = @document_id and id = @id;

-- name: AddToDeliveryCount :exec
update delivery_count set registered = registered + @registered::int, refused = refused + @refused::int
 where agency_id = @agency_id and document_id = @document_id;

-- name: ListDeliveries :many
select * from delivery
 where agency_id = @agency_id and document_id = @document_id and ordinal > @after and (@state::text = '' or state = @state)
 order by ordinal
 limit @most;
