-- name: GetArrival :one
select * from arrival where agency_id = any(@agencies::uuid[]) and id = @id;

-- name: LockArrival :one
select * from arrival where agency_id = any(@agencies::uuid[]) and id = @id for update;

-- name: LockArrivals :many
select * from arrival where agency_id = any(@agencies::uuid[]) and id = any(@ids::uuid[]) order by id for update;

-- name: ListArrivalFiles :many
select role, name, sha256, size, media_type from arrival_file where agency_id = @agency_id and arrival_id = @arrival_id order by ordinal;

-- name: GetArrivalFile :one
select name, sha256, size, media_type from arrival_file
 where agency_id = @agency_id and arrival_id = @arrival_id and sha256 = @sha256
 order by ordinal
 limit 1;

-- name: ListLines :many
select * from line where agency_id = @agency_id and arrival_id = @arrival_id order by created_at, id;

-- name: LinesOfMany :many
select * from line where agency_id = any(@agencies::uuid[]) and arrival_id = any(@arrivals::uuid[]) order by created_at, id;

-- name: InsertArrival :exec
insert into arrival (agency_id, id, source, state, origin_agency_id, origin_document_id, origin_delivery_id, role, kind, issuer_name,
                     issuer_code, number, symbol, document_date, subject, urgency, due_date, signer_name, signer_title, note,
                     mail_item_id, main_sha256, arrived_at)
values (@agency_id, @id, @source, @state, @origin_agency_id, @origin_document_id, @origin_delivery_id, @role, @kind, @issuer_name,
        @issuer_code, @number, @symbol, @document_date, @subject, @urgency, @due_date, @signer_name, @signer_title, @note,
        @mail_item_id, @main_sha256, @arrived_at);

-- name: InsertArrivalFile :exec
insert into arrival_file (agency_id, arrival_id, ordinal, role, name, sha256, size, media_type)
values (@agency_id, @arrival_id, @ordinal, @role, @name, @sha256, @size, @media_type);

-- name: InsertLine :exec
insert into line (agency_id, id, arrival_id, parent_id, unit_id, position_id, role, state, asks, due_date, created_at)
values (@agency_id, @id, @arrival_id, @parent_id, @unit_id, @position_id, @role, @state, @asks, @due_date, @created_at);

-- name: UpdateArrival :execrows
update arrival
   set state = @state, kind = @kind, issuer_name = @issuer_name, number = @number, symbol = @symbol, document_date = @document_date,
       subject = @subject, urgency = @urgency, due_date = @due_date, signer_name = @signer_name, signer_title = @signer_title,
       note = @note, main_sha256 = @main_sha256, register_id = @register_id, arrival_number = @arrival_number,
       arrival_day = @arrival_day, registered_at = @registered_at, registered_by = @registered_by,
       refused_at = @refused_at, refused_by = @refused_by, refused_reason = @refused_reason, refused_note = @refused_note, restricted = @restricted,
       version = version + 1
 where agency_id = @agency_id and id = @id and version = @version;

-- name: UpdateLine :exec
update line set state = @state, due_date = @due_date, closed_at = @closed_at, version = version + 1
 where agency_id = @agency_id and id = @id;

-- name: MarkLinesRead :execrows
update line set read_at = @read_at
 where agency_id = @agency_id and id = any(@ids::uuid[]) and read_at is null;

-- name: LookAlikes :many
select * from (
    (select v.id, 'document'::text as why, v.subject, v.number, v.symbol, v.arrival_number from arrival v
      where v.agency_id = @agency_id and v.id <> @id and v.state = 'registered'
        and v.origin_document_id = @origin_document_id
      limit 5)
    union all
    (select v.id, 'content'::text, v.subject, v.number, v.symbol, v.arrival_number from arrival v
      where v.agency_id = @agency_id and v.id <> @id and v.state = 'registered' and v.main_sha256 = @main_sha256
      limit 5)
    union all
    (select v.id, 'reference'::text, v.subject, v.number, v.symbol, v.arrival_number from arrival v
      where v.agency_id = @agency_id and v.id <> @id and v.state = 'registered' and @number <> ''
        and v.symbol = @symbol and v.number = @number
        and v.document_date is not distinct from @document_date and fold(v.issuer_name) = fold(@issuer_name)
      limit 5)) same
 limit 10;

-- name: ArrivalNames :one
select a.name as agency_name,
       coalesce((select r.name from register r where r.agency_id = a.id and r.id = @register_id), '')::text as register_name
  from agency a where a.id = @agency_id;

-- name: LineNames :many
select l.id, coalesce(u.name, '')::text as unit_name, coalesce(c.full_name, '')::text as person_name, coalesce(p.title, '')::text as title
  from line l
  left join unit u on u.agency_id = l.agency_id and u.id = l.unit_id
  left join position p on p.agency_id = l.agency_id and p.id = l.position_id
  left join account c on c.id = p.account_id
 where l.agency_id = @agency_id and l.arrival_id = @arrival_id;

-- name: ArrivalMail :one
select b.address, m.from_name, m.from_address, m.subject, m.sent_at, m.body_text, m.trust, m.about_agency_id, m.about_document_id
  from mail_item m join mailbox b on b.agency_id = m.agency_id and b.id = m.mailbox_id
 where m.agency_id = @agency_id and m.id = @id;

-- name: PaperByNumber :one
-- The arrival on paper that has the number of the year, whatever the register.
select id from arrival
 where agency_id = @agency_id and source = 'paper' and state = 'registered' and arrival_number = @number::int
   and extract(year from arrival_day)::int = @year::int
 order by registered_at desc limit 1;

-- name: ScannedAlready :many
select sha256 from arrival_scan where agency_id = @agency_id and arrival_id = @arrival_id;

-- name: InsertScanned :exec
insert into arrival_scan (agency_id, arrival_id, sha256)
select @agency_id, @arrival_id, unnest(@hashes::bytea[])
on conflict do nothing;
