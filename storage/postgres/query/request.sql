-- name: InsertRequest :exec
insert into request (agency_id, id, document_id, kind, reason, by_document_id, by_reference, asked_at, asked_by)
values (@agency_id, @id, @document_id, @kind, @reason, @by_document_id, @by_reference, @asked_at, @asked_by);

-- name: AddRequestDeliveries :execrows
insert into request_delivery (agency_id, request_id, document_id, delivery_id)
select x.agency_id, @request_id, x.document_id, x.id from delivery x
 where x.agency_id = @agency_id and x.document_id = @document_id
   and (@everybody::boolean or x.id = any(@deliveries::uuid[])
        -- what stays inside is one arrival for all units and people of the agency
        or x.channel = 'inside' and exists (select 1 from delivery i where i.agency_id = x.agency_id and i.document_id = x.document_id
                                             and i.channel = 'inside' and i.id = any(@deliveries::uuid[])))
   -- what was refused came back already
   and x.state <> 'refused';

-- name: GetRequest :one
select r.*, a.name as agency_name from request r join agency a on a.id = r.agency_id
 where r.agency_id = @agency_id and r.id = @id;

-- name: UntoldRequestDeliveries :many
select q.delivery_id, x.channel, x.state, x.target_agency_id, x.arrival_id
  from request_delivery q join delivery x on x.agency_id = q.agency_id and x.document_id = q.document_id and x.id = q.delivery_id
 where q.agency_id = @agency_id and q.request_id = @request_id and q.answer = ''
 order by x.ordinal
 limit @most
   for update of q;

-- name: AnswerRequestDelivery :execrows
update request_delivery set answer = @answer, answered_at = @answered_at, answered_by = @answered_by, note = @note
 where agency_id = @agency_id and request_id = @request_id and delivery_id = @delivery_id and answer in ('', 'pending');

-- name: InsertRequestArrival :execrows
insert into request_arrival (agency_id, id, arrival_id, kind, reason, by_document_id, by_reference, sender_name, origin_agency_id, origin_document_id,
                             origin_delivery_id, asked_at, answer, answered_at, by_code, by_arrival_id)
values (@agency_id, @id, @arrival_id, @kind, @reason, @by_document_id, @by_reference, @sender_name, @origin_agency_id, @origin_document_id,
        @origin_delivery_id, @asked_at, @answer, @answered_at, @by_code, @by_arrival_id)
on conflict (agency_id, arrival_id, id) do nothing;

-- name: LockRequestArrival :one
select * from request_arrival where agency_id = @agency_id and arrival_id = @arrival_id and id = @id for update;

-- name: AnswerRequestArrival :exec
update request_arrival set answer = @answer, answered_at = @answered_at, answered_by = @answered_by, note = @note
 where agency_id = @agency_id and arrival_id = @arrival_id and id = @id;

-- name: ListRequests :many
select r.*, coalesce(d.number, 0)::int as by_number,
       (select count(*) from request_delivery q where q.agency_id = r.agency_id and q.request_id = r.id)::int as total,
       (select count(*) from request_delivery q where q.agency_id = r.agency_id and q.request_id = r.id and q.answer in ('', 'pending'))::int as open,
       (select count(*) from request_delivery q where q.agency_id = r.agency_id and q.request_id = r.id and q.answer = 'declined')::int as declined
  from request r left join document d on d.agency_id = r.agency_id and d.id = r.by_document_id
 where r.agency_id = @agency_id and r.document_id = @document_id
 order by r.id desc
 limit 100;

-- name: ListRequestAnswers :many
select q.request_id, q.delivery_id, x.name, q.answer, q.answered_at, q.answered_by, q.note
  from request_delivery q join delivery x on x.agency_id = q.agency_id and x.document_id = q.document_id and x.id = q.delivery_id
 where q.agency_id = @agency_id and q.document_id = @document_id
 order by q.request_id desc, x.ordinal
 limit 1000;

-- name: ListFollowed :many
select r.kind, d.id, d.number, d.number_suffix, d.symbol, d.subject
  from request r join document d on d.agency_id = r.agency_id and d.id = r.document_id
 where r.agency_id = @agency_id and r.by_document_id = @by_document_id
 order by r.id desc
 limit 100;

-- name: ListArrivalRequests :many
select sqlc.embed(q), coalesce(q.by_arrival_id, n.id, '00000000-0000-0000-0000-000000000000')::uuid as followed_by
  from request_arrival q
  left join lateral (select v.id from arrival v where v.agency_id = q.agency_id and v.origin_document_id = q.by_document_id limit 1) n on true
 where q.agency_id = @agency_id and q.arrival_id = @arrival_id
 order by q.id desc
 limit 100;

-- name: ListPendingRequests :many
select q.*, g.name as agency_name, v.subject, v.number, v.symbol, v.arrival_number, v.kind as document_kind
  from unnest(@agencies::uuid[]) a (id)
 cross join lateral (select * from request_arrival p where p.agency_id = a.id and p.answer = 'pending' order by p.asked_at, p.id limit 200) q
  join agency g on g.id = q.agency_id
  join arrival v on v.agency_id = q.agency_id and v.id = q.arrival_id
 order by q.asked_at, q.id
 limit 200;

-- name: QueueRequestDelivery :exec
update request_delivery set message_id = @message_id, next_attempt_at = @next_attempt_at
 where agency_id = @agency_id and request_id = @request_id and delivery_id = @delivery_id and message_id is null;

-- name: LockRequestDelivery :one
select * from request_delivery where agency_id = @agency_id and request_id = @request_id and delivery_id = @delivery_id for update;

-- name: SaveRequestDelivery :exec
update request_delivery set attempts = @attempts, next_attempt_at = @next_attempt_at, error_code = @error_code, sent_at = @sent_at
 where agency_id = @agency_id and request_id = @request_id and delivery_id = @delivery_id;

-- name: OverdueRequests :many
select agency_id, request_id, document_id, delivery_id from request_delivery
 where message_id is not null and sent_at is null and next_attempt_at < @before::timestamptz
 limit @most;

-- name: OpenRequestsOf :many
-- What was said of a delivery and waits for its recipient's answer, oldest first.
select q.request_id, r.kind
  from request_delivery q join request r on r.agency_id = q.agency_id and r.id = q.request_id
 where q.agency_id = @agency_id and q.document_id = @document_id and q.delivery_id = @delivery_id and q.answer in ('', 'pending')
 order by q.request_id;

-- name: LinkRequestArrivals :exec
-- Joins what an earlier word of the sender named to the arrival that it has become.
update request_arrival q set by_arrival_id = @arrival_id
 where q.agency_id = @agency_id and q.by_code = @by_code and q.by_code <> '' and q.by_arrival_id is null and q.arrival_id <> @arrival_id
   and exists (select from axis_recipient r join axis_message m on m.id = r.message_id
                where r.agency_id = q.agency_id and r.arrival_id = q.arrival_id and m.from_code = any(@senders::text[]));
