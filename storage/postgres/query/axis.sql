-- name: AgenciesByCode :many
select a.id, a.code, a.old_code, a.name, a.email, a.channel, a.valid_from, a.valid_until, a.parent_id,
       s.id as successor_id, coalesce(s.name, '')::text as successor_name, coalesce(s.channel, '')::text as successor_channel, coalesce(s.code, '')::text as successor_code,
       p.peer_id
  from agency a left join agency s on s.id = a.successor_id left join peer_agency p on p.agency_id = a.id
 where a.code = any(@codes::text[]) or a.old_code = any(@codes::text[]);

-- name: AxisDirectory :many
select a.id, a.code, a.old_code, a.name, a.email, a.channel, a.valid_from, a.valid_until, a.parent_id, p.code as parent_code
  from agency a left join agency p on p.id = a.parent_id
 where not @here::boolean or a.channel = 'local'
 order by a.id;

-- name: InsertAxisMessage :one
-- The update changes nothing: it locks the row that is there already.
insert into axis_message (id, peer_id, key, content, act, from_code, document_code, reference, document_date, subject, sha256, size, created_at, reason)
values (@id, @peer_id, @key, @content, @act, @from_code, @document_code, @reference, @document_date, @subject, @sha256, @size, @created_at, @reason)
on conflict (peer_id, key) do update set key = axis_message.key
returning *;

-- name: AxisMessageByKey :one
select * from axis_message where peer_id = @peer_id and key = @key;

-- name: InsertAxisRecipient :execrows
insert into axis_recipient (agency_id, message_id, code, peer_id, arrival_id, state, state_at, receipt_text, receipt_key, receipt_signature)
values (@agency_id, @message_id, @code, @peer_id, @arrival_id, @state, @state_at, @receipt_text, @receipt_key, @receipt_signature)
on conflict (agency_id, message_id) do nothing;

-- name: GetAxisRecipient :one
select * from axis_recipient where agency_id = @agency_id and message_id = @message_id;

-- name: AxisRecipientsOf :many
select * from axis_recipient where message_id = @message_id order by code;

-- name: AxisWaiting :many
select m.id, m.content, m.from_code, m.created_at, r.code, r.state, r.state_at
  from axis_recipient r join axis_message m on m.id = r.message_id
 where r.peer_id = @peer_id and r.state = 'initial' and m.content = @content
 order by m.id
 limit @most offset @skip;

-- name: CountAxisWaiting :one
select count(*) from axis_recipient r join axis_message m on m.id = r.message_id
 where r.peer_id = @peer_id and r.state = 'initial' and m.content = @content;

-- name: AxisPackage :one
select m.sha256, m.size from axis_message m
 where m.id = @id and (m.peer_id = @peer_id or exists (select from axis_recipient r where r.message_id = m.id and r.peer_id = @peer_id));

-- name: SetAxisState :execrows
update axis_recipient set state = @state, state_at = @at where message_id = @message_id and peer_id = @peer_id;

-- name: AxisSent :many
select m.id, m.content, m.from_code, m.reference, m.subject, m.created_at, r.code, r.state, r.state_at, r.arrival_id,
       coalesce(a.state, '')::text as arrival_state, a.arrived_at
  from axis_message m join axis_recipient r on r.message_id = m.id left join arrival a on a.agency_id = r.agency_id and a.id = r.arrival_id
 where m.id = @id and m.peer_id = @peer_id
 order by r.code;

-- name: AxisOrigin :one
-- Where an arrival came from, and what its sender knows it by.
select r.code as our_code, m.peer_id, m.from_code, m.document_code, m.reference, m.document_date, p.kind
  from axis_recipient r join axis_message m on m.id = r.message_id join peer p on p.id = m.peer_id
 where r.agency_id = @agency_id and r.arrival_id = @arrival_id
 order by m.id
 limit 1;

-- name: ArrivalOfAxis :many
-- The arrivals that an earlier message of the sender became, by whichever road it came.
select r.agency_id, r.arrival_id
  from axis_message m join axis_recipient r on r.message_id = m.id
 where m.document_code = @document_code and m.from_code = any(@senders::text[]) and m.peer_id is not null and m.content = 'document'
   and r.agency_id = @agency_id and r.arrival_id is not null
 order by m.id;

-- name: EarlyActs :many
-- What the sender said of a document before the document itself came.
select m.id, m.act, m.reason, m.created_at
  from axis_message m join axis_recipient r on r.message_id = m.id
 where m.document_code = @document_code and m.from_code = any(@senders::text[]) and m.peer_id is not null and m.act in ('take_back', 'recall')
   and r.agency_id = @agency_id and r.arrival_id is null
 order by m.id;

-- name: AgenciesBefore :many
-- The agencies whose successor the agency is.
select id, code, old_code from agency where successor_id = @successor_id;

-- name: GetDocumentPackage :one
select * from document_package where agency_id = @agency_id and document_id = @document_id;

-- name: InsertDocumentPackage :exec
insert into document_package (agency_id, document_id, code) values (@agency_id, @document_id, @code)
on conflict (agency_id, document_id) do nothing;

-- name: SetDocumentPackage :execrows
update document_package set sha256 = @sha256, size = @size where agency_id = @agency_id and document_id = @document_id and sha256 is null;

-- name: DocumentByCode :many
select agency_id, document_id from document_package where code = @code;

-- name: DeliveriesTo :many
select * from delivery where agency_id = @agency_id and document_id = @document_id and target_agency_id = any(@targets::uuid[]) for update;

-- name: DocumentParties :many
select a.id, a.code, d.name, a.email from delivery d join agency a on a.id = d.target_agency_id
 where d.agency_id = @agency_id and d.document_id = @document_id and d.channel in ('axis', 'peer', 'local', 'mailbox')
 order by d.ordinal;

-- name: InsertDeliveryReceipt :exec
insert into delivery_receipt (agency_id, document_id, delivery_id, text, key, signature, at)
values (@agency_id, @document_id, @delivery_id, @text, @key, @signature, @at)
on conflict (agency_id, document_id, delivery_id) do nothing;

-- name: GetDeliveryReceipt :one
select * from delivery_receipt where agency_id = any(@agencies::uuid[]) and document_id = @document_id and delivery_id = @delivery_id;

-- name: InsertAxisStatus :exec
insert into axis_status (agency_id, id, arrival_id, code, at, by_name, reason, next_attempt_at)
values (@agency_id, @id, @arrival_id, @code, @at, @by_name, @reason, @at);

-- name: NextAxisStatus :one
select * from axis_status
 where agency_id = @agency_id and arrival_id = @arrival_id and sent_at is null and given_up_at is null
 order by place
 limit 1
   for update;

-- name: SaveAxisStatus :exec
update axis_status set attempts = @attempts, next_attempt_at = @next_attempt_at, error_code = @error_code, sent_at = @sent_at, given_up_at = @given_up_at
 where agency_id = @agency_id and id = @id;

-- name: OverdueAxisStatuses :many
select distinct agency_id, arrival_id from axis_status
 where sent_at is null and given_up_at is null and next_attempt_at < @before::timestamptz
 limit @most;
