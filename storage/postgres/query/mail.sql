-- name: CountQuarantined :one
select count(*) from (
    select 1 from mail_item where agency_id = any(@agencies::uuid[]) and state = 'quarantined' limit @most::int) c;

-- name: ListMailboxes :many
select b.*, a.name as agency_name,
       (select count(*) from (select 1 from mail_item i where i.agency_id = b.agency_id and i.mailbox_id = b.id and i.state = 'quarantined' limit 1000) q) as quarantined
  from mailbox b join agency a on a.id = b.agency_id
 where @everywhere::boolean or b.agency_id = any(@agencies::uuid[])
 order by a.name, b.address;

-- name: GetMailbox :one
select b.*, a.name as agency_name,
       (select count(*) from (select 1 from mail_item i where i.agency_id = b.agency_id and i.mailbox_id = b.id and i.state = 'quarantined' limit 1000) q) as quarantined
  from mailbox b join agency a on a.id = b.agency_id
 where b.id = @id;

-- name: InsertMailbox :exec
insert into mailbox (agency_id, id, address, host, port, security, username, secret, folder, after_action, move_to, allow_private)
values (@agency_id, @id, @address, @host, @port, @security, @username, @secret, @folder, @after_action, @move_to, @allow_private);

-- name: UpdateMailbox :execrows
update mailbox
   set host = @host, port = @port, security = @security, username = @username, secret = @secret, folder = @folder,
       after_action = @after_action, move_to = @move_to, enabled = @enabled, version = version + 1,
       last_error = '', last_error_at = null
 where agency_id = @agency_id and id = @id and version = @version;

-- name: EnabledMailboxes :many
select * from mailbox where enabled order by id;

-- name: LeaseMailbox :execrows
update mailbox set lease_owner = @owner, lease_until = @until
 where agency_id = @agency_id and id = @id and enabled
   and (lease_owner is null or lease_owner = @owner or lease_until < @now);

-- name: ReleaseMailbox :exec
update mailbox set lease_owner = null, lease_until = null where agency_id = @agency_id and id = @id and lease_owner = @owner;

-- name: MailboxConnected :exec
update mailbox set connected_at = @at, checked_at = @at, last_error = '', last_error_at = null where agency_id = @agency_id and id = @id;

-- name: MailboxChecked :exec
update mailbox set checked_at = @at where agency_id = @agency_id and id = @id;

-- name: MailboxFailed :exec
update mailbox set connected_at = null, last_error = @error, last_error_at = @at where agency_id = @agency_id and id = @id;

-- name: AdvanceMailbox :exec
update mailbox set uidvalidity = @uidvalidity, last_uid = @last_uid, checked_at = @at where agency_id = @agency_id and id = @id;

-- name: SameMail :one
select i.id from mail_item i
 where i.agency_id = @agency_id and i.id <> @id and i.state <> 'duplicate'
   and (i.message_id = @message_id and @message_id <> '' or i.raw_sha256 = @raw_sha256)
 order by i.received_at
 limit 1;

-- name: InsertMailItem :execrows
insert into mail_item (agency_id, id, mailbox_id, uidvalidity, uid, message_id, raw_sha256, size, from_name, from_address, subject, sent_at,
                       received_at, body_text, state, reason, detail, warnings)
values (@agency_id, @id, @mailbox_id, @uidvalidity, @uid, @message_id, @raw_sha256, @size, @from_name, @from_address, @subject, @sent_at,
        @received_at, @body_text, @state, @reason, @detail, @warnings)
on conflict (agency_id, mailbox_id, uidvalidity, uid) do nothing;

-- name: UpdateMailItem :execrows
update mail_item
   set message_id = @message_id, raw_sha256 = @raw_sha256, size = @size, from_name = @from_name, from_address = @from_address, subject = @subject,
       sent_at = @sent_at, body_text = @body_text, state = @state, reason = @reason, detail = @detail, warnings = @warnings,
       arrival_id = @arrival_id, attempts = @attempts, version = version + 1
 where agency_id = @agency_id and id = @id and version = @version;

-- name: LockMailItem :one
select * from mail_item where agency_id = any(@agencies::uuid[]) and id = @id for update;

-- name: GetMailItem :one
select i.*, a.name as agency_name, b.address as mailbox
  from mail_item i join agency a on a.id = i.agency_id join mailbox b on b.agency_id = i.agency_id and b.id = i.mailbox_id
 where i.agency_id = any(@agencies::uuid[]) and i.id = @id;

-- name: ListQuarantine :many
select i.*, g.name as agency_name, b.address as mailbox
  from unnest(@agencies::uuid[]) a (id)
 cross join lateral (
    select * from mail_item x
     where x.agency_id = a.id and x.state = 'quarantined'
       and (x.received_at, x.id) < (@before_at::timestamptz, @before_id::uuid)
     order by x.received_at desc, x.id desc
     limit @most) i
  join agency g on g.id = i.agency_id
  join mailbox b on b.agency_id = i.agency_id and b.id = i.mailbox_id
 order by i.received_at desc, i.id desc
 limit @most;

-- name: InsertMailPart :exec
insert into mail_part (agency_id, mail_item_id, ordinal, path, name, declared_type, detected_type, size, sha256, inline)
values (@agency_id, @mail_item_id, @ordinal, @path, @name, @declared_type, @detected_type, @size, @sha256, @inline);

-- name: DeleteMailParts :exec
delete from mail_part where agency_id = @agency_id and mail_item_id = @mail_item_id;

-- name: ListMailParts :many
select * from mail_part where agency_id = @agency_id and mail_item_id = @mail_item_id order by ordinal;

-- name: AgencyByEmail :one
select id, name, code from agency where lower(email) = lower(@email) and email <> '' order by valid_until nulls first limit 1;
