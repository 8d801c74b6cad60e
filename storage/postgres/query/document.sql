-- name: GetDocument :one
select * from document where agency_id = any(@agencies::uuid[]) and id = @id;

-- name: LockDocument :one
select * from document where agency_id = any(@agencies::uuid[]) and id = @id for update;

-- name: ListDocumentFiles :many
select * from document_file where agency_id = any(@agencies::uuid[]) and document_id = @document_id order by role desc, ordinal, version desc, id;

-- name: GetDocumentFile :one
select name, sha256, size, media_type from document_file
 where agency_id = @agency_id and document_id = @document_id and sha256 = @sha256
 order by removed_at nulls first, version desc
 limit 1;

-- name: ListRecipients :many
select r.*, a.channel as agency_channel, a.name as agency_name, a.valid_from as agency_valid_from, a.valid_until as agency_valid_until,
       coalesce(s.name, '')::text as successor_name
  from recipient r
  left join agency a on a.id = r.target_agency_id
  left join agency s on s.id = a.successor_id
 where r.agency_id = any(@agencies::uuid[]) and r.document_id = @document_id
 order by r.ordinal;

-- name: InsertDocument :exec
insert into document (agency_id, id, state, kind, subject, urgency, due_date, note, unit_id, author_position_id, author_account_id,
                      approver_position_id, signer_competence, created_at, updated_at)
values (@agency_id, @id, @state, @kind, @subject, @urgency, @due_date, @note, @unit_id, @author_position_id, @author_account_id,
        @approver_position_id, @signer_competence, @created_at, @created_at);

-- name: UpdateDocument :execrows
update document
   set state = @state, kind = @kind, subject = @subject, urgency = @urgency, due_date = @due_date, note = @note,
       approver_position_id = @approver_position_id, submitted_at = @submitted_at, approved_at = @approved_at,
       approved_sha256 = @approved_sha256, signer_name = @signer_name, signer_title = @signer_title,
       signed_sha256 = @signed_sha256, signed_at = @signed_at, sealed_at = @sealed_at,
       register_id = @register_id, number = @number, number_suffix = @number_suffix, symbol = @symbol,
       document_date = @document_date, numbered_at = @numbered_at, issued_at = @issued_at,
       sent_back_reason = @sent_back_reason, stage = @stage, asked = @asked, awaited = @awaited, told = @told,
       signer_competence = @signer_competence, signer_block = @signer_block, version = version + 1, updated_at = @updated_at
 where agency_id = @agency_id and id = @id and version = @version;

-- name: InsertDocumentFile :exec
insert into document_file (agency_id, document_id, id, role, version, ordinal, name, sha256, size, media_type, added_by, added_at, unsigned_sha256)
values (@agency_id, @document_id, @id, @role, @version, @ordinal, @name, @sha256, @size, @media_type, @added_by, @added_at, @unsigned_sha256);

-- name: RemoveDocumentFiles :exec
update document_file set removed_at = @removed_at
 where agency_id = @agency_id and document_id = @document_id and removed_at is null and not (id = any(@kept::uuid[]));

-- name: OrderDocumentFile :exec
update document_file set ordinal = @ordinal, role = @role
 where agency_id = @agency_id and document_id = @document_id and id = @id;

-- name: DeleteRecipients :exec
delete from recipient where agency_id = @agency_id and document_id = @document_id;

-- name: InsertRecipients :exec
insert into recipient (agency_id, document_id, id, ordinal, type, role, target_agency_id, target_unit_id, target_position_id, name)
select @agency_id, @document_id, r.id, r.ordinal, r.type, r.role,
       nullif(r.agency, '00000000-0000-0000-0000-000000000000'), nullif(r.unit, '00000000-0000-0000-0000-000000000000'),
       nullif(r.position, '00000000-0000-0000-0000-000000000000'), r.name
  from (select unnest(@ids::uuid[]) as id, unnest(@ordinals::int[]) as ordinal, unnest(@types::text[]) as type,
               unnest(@roles::text[]) as role, unnest(@agencies::uuid[]) as agency, unnest(@units::uuid[]) as unit,
               unnest(@positions::uuid[]) as position, unnest(@names::text[]) as name) r;

-- name: GetDeliveryCount :one
select total, registered, refused from delivery_count where agency_id = @agency_id and document_id = @document_id;

-- name: DocumentNames :one
select a.name as agency_name,
       coalesce((select u.name from unit u where u.agency_id = a.id and u.id = @unit_id), '')::text as unit_name,
       coalesce((select c.full_name from account c where c.id = @author_account_id), '')::text as author_name,
       coalesce((select c.full_name from position p join account c on c.id = p.account_id
                  where p.agency_id = a.id and p.id = @approver_position_id), '')::text as approver_name
  from agency a where a.id = @agency_id;

-- name: WholeUploads :many
select u.id, u.name, u.size, u.sha256, b.media_type
  from upload u join blob b on b.sha256 = u.sha256
 where u.account_id = @account_id and u.id = any(@ids::uuid[]);

-- name: AgenciesAddressed :many
select a.id, a.name, a.channel, a.valid_from, a.valid_until, coalesce(s.name, '')::text as successor_name
  from agency a left join agency s on s.id = a.successor_id
 where a.id = any(@ids::uuid[]);

-- name: UnitsAddressed :many
select id, name, valid_from, valid_until from unit where agency_id = @agency_id and id = any(@ids::uuid[]);

-- name: PositionsAddressed :many
select p.id, p.account_id, p.unit_id, p.role, p.title, p.valid_from, p.valid_until, c.full_name
  from position p join account c on c.id = p.account_id
 where p.agency_id = @agency_id and p.id = any(@ids::uuid[]);

-- name: GetIssuer :one
select a.id, a.name, a.code, a.abbreviation,
       coalesce((select u.abbreviation from unit u where u.agency_id = a.id and u.id = @unit_id), '')::text as unit_abbreviation,
       a.place, coalesce((select r.required from signing_rule r where r.agency_id = a.id), false)::bool as signing_required,
       exists (select from seal s where s.agency_id = a.id and s.removed_at is null and s.valid_from <= now() and s.valid_until >= now())::bool as seals
  from agency a where a.id = @id;

-- name: InsertDeliveryCount :exec
insert into delivery_count (agency_id, document_id, total) values (@agency_id, @document_id, @total);

-- name: InsertCertifiedCopy :exec
insert into certified_copy (agency_id, document_id, source_document_id, source_arrival_id, reference, sha256, electronic)
values (@agency_id, @document_id, @source_document_id, @source_arrival_id, @reference, @sha256, @electronic);

-- name: GetCertifiedCopy :one
select * from certified_copy where agency_id = @agency_id and document_id = @document_id;
