-- name: InsertCertificate :exec
insert into certificate (id, account_id, provider, fingerprint, subject, issuer, serial, training, valid_from, valid_until, chain, reference, sealed, image, added_at, asks)
values (@id, @account_id, @provider, @fingerprint, @subject, @issuer, @serial, @training, @valid_from, @valid_until, @chain, @reference, @sealed, @image, @added_at, @asks);

-- name: ListCertificates :many
select * from certificate where account_id = @account_id and removed_at is null order by valid_until desc, id;

-- name: GetCertificate :one
select * from certificate where account_id = @account_id and id = @id;

-- name: RemoveCertificate :execrows
update certificate set removed_at = @at where account_id = @account_id and id = @id and removed_at is null;

-- name: InsertSeal :exec
insert into seal (agency_id, id, provider, fingerprint, subject, issuer, serial, training, valid_from, valid_until, chain, reference, sealed, image, added_at)
values (@agency_id, @id, @provider, @fingerprint, @subject, @issuer, @serial, @training, @valid_from, @valid_until, @chain, @reference, @sealed, @image, @added_at);

-- name: ListSeals :many
select * from seal where agency_id = @agency_id and removed_at is null order by valid_until desc, id;

-- name: GetSeal :one
select * from seal where agency_id = @agency_id and id = @id;

-- name: FindSeal :one
select * from seal where agency_id = any(@agencies::uuid[]) and id = @id and removed_at is null;

-- name: RemoveSeal :execrows
update seal set removed_at = @at where agency_id = @agency_id and id = @id and removed_at is null;

-- name: GetSigningRule :one
select coalesce(bool_or(r.required), false)::bool as required, coalesce(bool_or(r.initials), false)::bool as initials, coalesce(max(r.version), 0)::int as version,
       exists (select from seal s where s.agency_id = @agency_id and s.removed_at is null and s.valid_from <= now() and s.valid_until >= now())::bool as seals
  from signing_rule r where r.agency_id = @agency_id;

-- name: SetSigningRule :exec
insert into signing_rule (agency_id, required, initials) values (@agency_id, @required, @initials)
on conflict (agency_id) do update set required = excluded.required, initials = excluded.initials, version = signing_rule.version + 1;

-- name: InsertSigningOrder :exec
insert into signing_order (agency_id, id, document_id, batch_id, account_id, position_id, signer_name, signer_title, certificate_id, provider, place,
                           base_sha256, file_sha256, signer_fingerprint, ticket_sha256, state, created_at, expires_at, on_behalf_of)
values (@agency_id, @id, @document_id, @batch_id, @account_id, @position_id, @signer_name, @signer_title, @certificate_id, @provider, @place,
        @base_sha256, @file_sha256, @signer_fingerprint, @ticket_sha256, @state, @created_at, @expires_at, @on_behalf_of);

-- name: UpdateSigningOrder :exec
update signing_order
   set state = @state, attempts = @attempts, ticket_sha256 = @ticket_sha256, expires_at = @expires_at, signed_sha256 = @signed_sha256,
       stamped = @stamped, failure = @failure, failure_vi = @failure_vi, failure_en = @failure_en
 where agency_id = @agency_id and id = @id;

-- name: LockSigningOrder :one
select * from signing_order where agency_id = any(@agencies::uuid[]) and id = @id for update;

-- name: FindSigningOrder :one
-- In the exchange's scope: whoever has the ticket has no agency.
select * from signing_order where id = @id;

-- name: ListSigningOrders :many
select sqlc.embed(o), d.subject, d.kind,
       coalesce((select f.name from document_file f where f.agency_id = o.agency_id and f.document_id = o.document_id and f.sha256 = o.base_sha256
                    and f.role = 'annex' limit 1), '')::text as annex
  from signing_order o join document d on d.agency_id = o.agency_id and d.id = o.document_id
 where o.agency_id = any(@agencies::uuid[]) and o.account_id = @account_id and (o.batch_id = @batch_id or @batch_id = '00000000-0000-0000-0000-000000000000'::uuid)
 order by o.created_at desc, o.id desc
 limit @most;

-- name: ListDueSigningOrders :many
select agency_id, id from signing_order where state in ('waiting', 'started') and expires_at <= @at::timestamptz order by expires_at limit @most;

-- name: CancelSigningOrders :many
-- What is with its author again is signed by nobody.
update signing_order set state = 'cancelled'
 where agency_id = @agency_id and document_id = @document_id and state in ('waiting', 'started')
returning id;

-- name: HasInitialled :one
select exists (select from signing_order o
 where o.agency_id = @agency_id and o.document_id = @document_id and o.position_id = @position_id and o.state = 'done'
   and o.place like 'congvan-initial-%' and o.created_at >= @since::timestamptz)::bool;

-- name: InsertPasskey :exec
insert into passkey (id, account_id, handle, record, name, added_at) values (@id, @account_id, @handle, @record, @name, @added_at);

-- name: ListPasskeys :many
select * from passkey where account_id = @account_id order by added_at, id;

-- name: UsePasskey :exec
update passkey set record = @record, used_at = @at where account_id = @account_id and handle = @handle;

-- name: DeletePasskey :execrows
delete from passkey where account_id = @account_id and id = @id;

-- name: SetOneTimeCode :exec
insert into one_time_code (account_id, sealed, added_at, confirmed_at) values (@account_id, @sealed, @added_at, @confirmed_at)
on conflict (account_id) do update set sealed = excluded.sealed, added_at = excluded.added_at, confirmed_at = excluded.confirmed_at,
       last_step = 0, failures = 0, failed_at = null;

-- name: LockOneTimeCode :one
select * from one_time_code where account_id = @account_id for update;

-- name: SaveOneTimeCode :exec
update one_time_code set confirmed_at = @confirmed_at, last_step = @last_step, failures = @failures, failed_at = @failed_at
 where account_id = @account_id;

-- name: DeleteOneTimeCode :execrows
delete from one_time_code where account_id = @account_id;

-- name: InsertPresence :exec
insert into presence (id, account_id, purpose, challenge, asked_at, proved_at) values (@id, @account_id, @purpose, @challenge, @asked_at, @proved_at);

-- name: LockPresence :one
select * from presence where account_id = @account_id and id = @id for update;

-- name: SavePresence :exec
update presence set proved_at = @proved_at, used_at = @used_at, challenge = null where account_id = @account_id and id = @id;

-- name: CountPresences :one
select count(*) from presence where account_id = @account_id and asked_at > @since::timestamptz;

-- name: DeletePresences :execrows
delete from presence where asked_at < @before::timestamptz;

-- name: ListBlobsToVerify :many
select sha256, size from blob
 where media_type = 'application/pdf' and verified_at is null and damaged_at is null
 order by created_at
 limit @most;

-- name: GetVerification :one
select size, media_type, verified_at, verification from blob where sha256 = @sha256;

-- name: SaveVerification :exec
update blob set verified_at = @at::timestamptz, verification = @verification where sha256 = @sha256;

-- name: ListMovedPlaces :many
select place, page, lower_left from signing_place
 where agency_id = @agency_id and document_id = @document_id and sha256 = @sha256
 order by place;

-- name: DeleteMovedPlaces :exec
delete from signing_place where agency_id = @agency_id and document_id = @document_id;

-- name: InsertMovedPlace :exec
insert into signing_place (agency_id, document_id, place, sha256, page, lower_left)
values (@agency_id, @document_id, @place, @sha256, @page, @lower_left);
