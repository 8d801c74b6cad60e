-- name: CountQuarantined :one
select count(*) from (
    select 1 from mail_item where agency_id = any(@agencies::uuid[]) and state = 'quarantined' limit @most::int) c;

-- name: ListMailboxes :many
select sqlc.embed(b), a.name as agency_name,
       (select count(*) from (select 1 from mail_item i where i.agency_id = b.agency_id and i.mailbox_id = b.id and i.state = 'quarantined' limit 1000) q) as quarantined,
       (select count(*) from (select 1 from mail_item i where i.agency_id = b.agency_id and i.mailbox_id = b.id and i.state = 'received' limit 1000) q) as undecided
  from mailbox b join agency a on a.id = b.agency_id
 where @everywhere::boolean or b.agency_id = any(@agencies::uuid[])
 order by a.name collate vietnamese, b.address;

-- name: WatchedMailboxes :many
select * from mailbox where agency_id = any(@agencies::uuid[]) and enabled and (last_error <> '' or silent_days > 0);

-- name: GetMailbox :one
select sqlc.embed(b), a.name as agency_name,
       (select count(*) from (select 1 from mail_item i where i.agency_id = b.agency_id and i.mailbox_id = b.id and i.state = 'quarantined' limit 1000) q) as quarantined,
       (select count(*) from (select 1 from mail_item i where i.agency_id = b.agency_id and i.mailbox_id = b.id and i.state = 'received' limit 1000) q) as undecided
  from mailbox b join agency a on a.id = b.agency_id
 where b.id = @id;

-- name: InsertMailbox :exec
insert into mailbox (agency_id, id, address, host, port, security, username, secret, folder, after_action, move_to,
                     purpose, read_from, rules, auth_server, auth, token_url, client_id, silent_days)
values (@agency_id, @id, @address, @host, @port, @security, @username, @secret, @folder, @after_action, @move_to,
        @purpose, @read_from, @rules, @auth_server, @auth, @token_url, @client_id, @silent_days);

-- name: UpdateMailbox :execrows
update mailbox
   set host = @host, port = @port, security = @security, username = @username, secret = @secret, folder = @folder,
       after_action = @after_action, move_to = @move_to, enabled = @enabled, purpose = @purpose, rules = @rules, auth_server = @auth_server,
       auth = @auth, token_url = @token_url, client_id = @client_id, silent_days = @silent_days, version = version + 1,
       last_error = '', last_error_at = null, connected_at = null,
       -- another folder is numbered by itself
       uidvalidity = case when host = @host and username = @username and folder = @folder then uidvalidity else 0 end,
       last_uid = case when host = @host and username = @username and folder = @folder then last_uid else 0 end
 where agency_id = @agency_id and id = @id and version = @version;

-- name: AskMailbox :execrows
update mailbox set asked_at = @at where agency_id = @agency_id and id = @id;

-- The clock is the database's: gateways on several machines need not agree on the time.
-- name: HoldMailboxes :many
with free as (
    select m.agency_id, m.id from mailbox m
     where m.enabled and (m.lease_owner is null or m.lease_owner = @owner::uuid or m.lease_until < now())
     order by coalesce(m.lease_owner = @owner::uuid, false) desc, m.id
     limit @most
       for update skip locked)
update mailbox b set lease_owner = @owner::uuid, lease_until = now() + interval '60 seconds'
  from free
 where b.agency_id = free.agency_id and b.id = free.id
returning b.*;

-- name: ReleaseMailboxes :exec
update mailbox set lease_owner = null, lease_until = null
 where lease_owner = @owner and not id = any(@kept::uuid[]);

-- name: MailboxConnected :exec
update mailbox set connected_at = @at, checked_at = @at, last_error = '', last_error_at = null, failing_since = null where agency_id = @agency_id and id = @id;

-- name: MailboxChecked :exec
update mailbox set checked_at = @at, pending = 0 where agency_id = @agency_id and id = @id;

-- name: MailboxFailed :exec
update mailbox set connected_at = null, last_error = @error, last_error_at = @at, failing_since = coalesce(failing_since, @at) where agency_id = @agency_id and id = @id;

-- Only the one who holds the mailbox moves its cursor, and only forward.
-- name: AdvanceMailbox :execrows
update mailbox
   set last_uid = case when uidvalidity = @uidvalidity then greatest(last_uid, @last_uid) else @last_uid end,
       uidvalidity = @uidvalidity, checked_at = @at, last_message_at = greatest(last_message_at, @last_message_at), pending = @pending
 where agency_id = @agency_id and id = @id and lease_owner = @owner and lease_until > now();

-- Only the one who holds the mailbox rotates what it signs in with; a person
-- who entered another meanwhile wins.
-- name: RotateMailboxSecret :execrows
update mailbox set secret = @secret
 where agency_id = @agency_id and id = @id and version = @version and lease_owner = @owner;

-- name: MailboxOlder :exec
update mailbox set older = case when @fresh::boolean then 0 else older end + @more where agency_id = @agency_id and id = @id;

-- name: MailPolicy :one
select purpose, rules, auth_server from mailbox where agency_id = @agency_id and id = @id;

-- name: NoteMailNotice :execrows
insert into mail_notice (agency_id, address, day) values (@agency_id, lower(@address::text), @day) on conflict do nothing;

-- Those that a person asked to be fetched whole although they are large.
-- name: MailToFetch :many
select id, uidvalidity, uid, size from mail_item
 where agency_id = @agency_id and mailbox_id = @mailbox_id and state = 'received' and raw_sha256 is null
 order by received_at
 limit @most;

-- Two mails are decided one after the other when they may be the same one.
-- name: LockMailIdentity :exec
select pg_advisory_xact_lock(hashtextextended(@identity::text, 0));

-- The same mail again, in another box or under another number: its very bytes,
-- or the same identifier with the same sender, subject and parts. An identifier
-- alone proves nothing; programs repeat theirs.
-- name: SameMail :one
select i.id from mail_item i
 where i.agency_id = @agency_id and i.id <> @id and i.state in ('arrived', 'quarantined', 'discarded')
   and (i.raw_sha256 = @raw_sha256
        or i.message_id = @message_id and @message_id <> '' and i.subject = @subject and i.from_address = @from_address
           and i.content_sha256 = @content_sha256)
 order by i.received_at
 limit 1;

-- name: InsertMailItem :execrows
insert into mail_item (agency_id, id, mailbox_id, uidvalidity, uid, message_id, raw_sha256, size, from_name, from_address, subject, sent_at,
                       received_at, body_text, state, reason, detail, warnings, content_sha256, answer, trust)
values (@agency_id, @id, @mailbox_id, @uidvalidity, @uid, @message_id, @raw_sha256, @size, @from_name, @from_address, @subject, @sent_at,
        @received_at, @body_text, @state, @reason, @detail, @warnings, @content_sha256, @answer, @trust)
on conflict (agency_id, mailbox_id, uidvalidity, uid) do nothing;

-- name: UpdateMailItem :execrows
update mail_item
   set message_id = @message_id, raw_sha256 = @raw_sha256, size = @size, from_name = @from_name, from_address = @from_address, subject = @subject,
       sent_at = @sent_at, body_text = @body_text, state = @state, reason = @reason, detail = @detail, warnings = @warnings,
       content_sha256 = @content_sha256, answer = @answer, trust = @trust, about_agency_id = @about_agency_id,
       about_document_id = @about_document_id, about_delivery_id = @about_delivery_id, arrival_id = @arrival_id, attempts = @attempts, version = version + 1
 where agency_id = @agency_id and id = @id and version = @version;

-- name: LockMailItem :one
select * from mail_item where agency_id = any(@agencies::uuid[]) and id = @id for update;

-- name: GetMailItem :one
select sqlc.embed(i), a.name as agency_name, b.address as mailbox
  from mail_item i join agency a on a.id = i.agency_id join mailbox b on b.agency_id = i.agency_id and b.id = i.mailbox_id
 where i.agency_id = any(@agencies::uuid[]) and i.id = @id;

-- name: ListQuarantine :many
select sqlc.embed(i), g.name as agency_name, b.address as mailbox
  from unnest(@agencies::uuid[]) a (id)
 cross join lateral (
    select x.agency_id, x.id from mail_item x
     where x.agency_id = a.id and x.state = 'quarantined'
       and (x.received_at, x.id) < (@before_at::timestamptz, @before_id::uuid)
     order by x.received_at desc, x.id desc
     limit @most) k
  join mail_item i on i.agency_id = k.agency_id and i.id = k.id
  join agency g on g.id = i.agency_id
  join mailbox b on b.agency_id = i.agency_id and b.id = i.mailbox_id
 order by i.received_at desc, i.id desc
 limit @most;

-- name: DeleteMailParts :exec
delete from mail_part where agency_id = @agency_id and mail_item_id = @mail_item_id;

-- name: MailsWithPart :many
select distinct mail_item_id from mail_part where agency_id = @agency_id and mail_item_id = any(@ids::uuid[]) and detected_type = @detected_type;

-- name: ListMailParts :many
select * from mail_part where agency_id = @agency_id and mail_item_id = @mail_item_id order by ordinal;

-- name: AgencyByEmail :one
select id, name, code from agency where lower(email) = lower(@email) and email <> '' order by valid_until nulls first limit 1;

-- The deliveries that a mail may answer. A mail of ours is named after its
-- delivery, which nobody can guess; where all mail goes out under one address
-- the answer comes to another agency's mailbox.
-- name: MailedDeliveries :many
select agency_id, document_id, id from delivery where id = any(@ids::uuid[]) and channel = 'mailbox' limit 20;

-- name: Suppress :exec
insert into mail_suppression (agency_id, address, words, since) values (@agency_id, lower(@address::text), @words, @since)
on conflict (agency_id, address) do update set words = excluded.words, since = excluded.since;

-- name: Suppressed :one
select words from mail_suppression where agency_id = @agency_id and address = lower(@address::text);

-- name: Unsuppress :exec
delete from mail_suppression where agency_id = @agency_id and address = lower(@address::text);

-- name: InsertMailLink :exec
insert into mail_link (agency_id, id, document_id, delivery_id, token_sha256, sealed, created_at, expires_at)
values (@agency_id, @id, @document_id, @delivery_id, @token_sha256, @sealed, @created_at, @expires_at)
on conflict (agency_id, delivery_id) do nothing;

-- name: GetMailLink :one
select * from mail_link where agency_id = @agency_id and delivery_id = @delivery_id;

-- name: MailLinkByToken :one
select * from mail_link where token_sha256 = @token_sha256;

-- Counted while it is still open, and never after.
-- name: CountMailLink :one
update mail_link set opened_at = coalesce(opened_at, @now::timestamptz), fetched = fetched + 1
 where agency_id = @agency_id and id = @id and expires_at > @now and (opened_at is null or opened_at > @opened_after::timestamptz) and fetched < @most::integer
returning fetched;

-- name: NoteMailLimit :exec
insert into mail_limit (agency_id, address, most, words, since) values (@agency_id, lower(@address::text), @most, @words, @since)
on conflict (agency_id, address) do update set most = least(mail_limit.most, excluded.most), words = excluded.words, since = excluded.since;

-- name: MailLimit :one
select most from mail_limit where agency_id = @agency_id and address = lower(@address::text);
