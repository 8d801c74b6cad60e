-- name: LockDelivery :one
select * from delivery where agency_id = @agency_id and document_id = @document_id and id = @id for update;

-- name: UpdateDelivery :exec
update delivery
   set state = @state, state_at = @state_at, by_name = @by_name, reason = @reason, reason_code = @reason_code,
       arrival_number = @arrival_number, remote_id = @remote_id, attempts = @attempts, next_attempt_at = @next_attempt_at,
       expires_at = @expires_at
 where agency_id = @agency_id and document_id = @document_id and id = @id;

-- name: AddToDeliveryCount :exec
update delivery_count set registered = registered + @registered::int, refused = refused + @refused::int,
       refused_at = case when @refused::int > 0 then @at::timestamptz else refused_at end
 where agency_id = @agency_id and document_id = @document_id;

-- name: ListDeliveries :many
select * from delivery
 where agency_id = @agency_id and document_id = @document_id and ordinal > @after and (@state::text = '' or state = @state)
 order by ordinal
 limit @most;

-- name: DeliveryParties :many
select id, code, name, email from agency where id = any(@ids::uuid[]);

-- name: TakeDueDeliveries :many
update delivery d set next_attempt_at = @now
  from (select w.agency_id, w.document_id, w.id from delivery w
         where w.state = 'waiting' and w.channel in ('axis', 'peer', 'mailbox')
           and (w.channel = any(@channels::text[]) and (w.next_attempt_at is null or w.next_attempt_at < @before::timestamptz)
                or w.expires_at <= @now)
         order by w.id
         limit @most
           for update skip locked) due
 where d.agency_id = due.agency_id and d.document_id = due.document_id and d.id = due.id
returning d.agency_id, d.document_id, d.id,
          (select coalesce(sum(f.size), 0) from document_file f
            where f.agency_id = d.agency_id and f.document_id = d.document_id and f.removed_at is null)::bigint as bytes;
