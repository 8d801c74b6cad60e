-- name: ListPeers :many
select * from peer order by name, id;

-- name: GetPeer :one
select * from peer where id = @id;

-- name: LockPeer :one
select * from peer where id = @id for update;

-- name: PeerBySystem :one
select * from peer where system = @system and enabled;

-- name: PeerOfAgency :one
select p.* from peer p join peer_agency a on a.peer_id = p.id where a.agency_id = @agency_id;

-- name: AxisOf :one
-- Of several connections to the axis the one that names the sender comes first.
select p.* from peer p
 where p.kind = 'axis' and p.enabled
 order by exists (select from peer_agency a where a.peer_id = p.id and a.agency_id = @agency_id) desc, p.created_at
 limit 1;

-- name: InsertPeer :exec
insert into peer (id, kind, name, system, endpoint, our_system, our_secret, public_key, next_key, most_bytes, per_minute, reused, created_at)
values (@id, @kind, @name, nullif(@system::text, ''), @endpoint, @our_system, @our_secret, @public_key, @next_key, @most_bytes, @per_minute, @reused, @created_at);

-- name: UpdatePeer :execrows
update peer
   set name = @name, endpoint = @endpoint, our_system = @our_system, our_secret = @our_secret, public_key = @public_key, next_key = @next_key,
       most_bytes = @most_bytes, per_minute = @per_minute, reused = @reused, enabled = @enabled, version = version + 1
 where id = @id and version = @version;

-- name: PeerSecrets :many
select * from peer_secret
 where peer_id = @peer_id and valid_from <= @at::timestamptz and (valid_until is null or valid_until > @at::timestamptz)
 order by valid_from desc;

-- name: InsertPeerSecret :exec
insert into peer_secret (peer_id, id, secret, valid_from) values (@peer_id, @id, @secret, @valid_from);

-- name: EndPeerSecrets :exec
update peer_secret set valid_until = @until::timestamptz
 where peer_id = @peer_id and id <> @kept and (valid_until is null or valid_until > @until);

-- name: PutPeerAgency :exec
insert into peer_agency (agency_id, peer_id) values (@agency_id, @peer_id)
on conflict (agency_id) do update set peer_id = excluded.peer_id;

-- name: RemovePeerAgency :execrows
delete from peer_agency where agency_id = @agency_id and peer_id = @peer_id;

-- name: PeerAgencies :many
select a.id, a.code, a.name from peer_agency p join agency a on a.id = p.agency_id where p.peer_id = @peer_id order by a.name, a.id;

-- name: PeerHeard :exec
update peer set heard_at = @at, up_since = coalesce(case when down_since is null then up_since end, @at), down_since = null, error_code = ''
 where id = @id;

-- name: PeerFailed :exec
update peer set error_code = @code, error_at = @at, down_since = case when @down::boolean then coalesce(down_since, @at) else down_since end,
       up_since = case when @down::boolean then null else up_since end
 where id = @id;

-- name: HoldPoll :many
-- The clock is the database's: processes on several machines need not agree on the
-- time. Looked for once, apart: looked for again while rows are taken, more would be.
with due as materialized (
    select q.id from peer q
     where q.kind in ('axis', 'installation') and q.enabled and (q.poll_until is null or q.poll_until < now())
       and (q.polled_at is null or q.polled_at < now() - make_interval(secs => case q.kind when 'axis' then @gap::int else @peer_gap::int end))
     order by q.polled_at nulls first limit @most for update skip locked)
update peer p set poll_owner = @owner::uuid, poll_until = now() + make_interval(secs => @seconds::int)
  from due
 where p.id = due.id
returning p.*;

-- name: EndPoll :exec
update peer set poll_owner = null, poll_until = null, polled_at = now() where id = @id and poll_owner = @owner::uuid;

-- name: PeerTraffic :many
select p.id,
       (select count(*) from peer_agency a where a.peer_id = p.id)::int as agencies,
       (select count(*) from axis_message m where m.peer_id = p.id and m.created_at > @since::timestamptz)::int as came,
       (select count(*) from delivery_receipt r join delivery d using (agency_id, document_id) join peer_agency a on a.agency_id = d.target_agency_id and a.peer_id = p.id
         where d.id = r.delivery_id and r.at > @since::timestamptz)::int as went,
       q.waiting, q.failed, q.oldest
  from peer p
 cross join lateral (
       -- In two: each has an index of its own, and what is over is in neither.
       select count(*) filter (where d.state = 'waiting')::int as waiting, count(*) filter (where d.state = 'failed')::int as failed,
              coalesce(min(d.state_at) filter (where d.state = 'waiting'), 'epoch')::timestamptz as oldest
         from (select w.state, w.state_at, w.channel, w.target_agency_id from delivery w
                where w.state = 'waiting' and w.channel in ('axis', 'peer', 'mailbox') and w.channel in ('axis', 'peer')
                union all
               select f.state, f.state_at, f.channel, f.target_agency_id from delivery f
                where f.state = 'failed' and f.channel in ('axis', 'peer')) d
         left join peer_agency a on a.agency_id = d.target_agency_id
        where d.channel = 'peer' and a.peer_id = p.id or d.channel = 'axis' and p.kind = 'axis') q;

-- name: RequeueOfPeer :many
-- The dead letters of a connection, due again: their documents still stand.
update delivery d set state = 'waiting', state_at = @at, by_name = '', reason = '', reason_code = '', attempts = 0, next_attempt_at = @at,
       expires_at = case when d.expires_at is not null then @expires_at::timestamptz end
  from (select w.agency_id, w.document_id, w.id from delivery w join document o on o.agency_id = w.agency_id and o.id = w.document_id
          left join peer_agency a on a.agency_id = w.target_agency_id
         where w.state = 'failed' and o.state = 'issued' and w.reason_code <> 'not_issued'
           and (w.channel = 'peer' and a.peer_id = @peer_id or w.channel = 'axis' and @axis::boolean)
         order by w.id
         limit @most
           for update of w skip locked) dead
 where d.agency_id = dead.agency_id and d.document_id = dead.document_id and d.id = dead.id
returning d.agency_id, d.document_id, d.id, d.name,
          (select coalesce(sum(f.size), 0) from document_file f
            where f.agency_id = d.agency_id and f.document_id = d.document_id and f.removed_at is null)::bigint as bytes;

-- name: LearnPeer :exec
update peer set public_key = @public_key, next_key = @next_key, takes_bytes = @takes_bytes, version = version + @changed::int, directory_text = @text,
       directory_key = @key, directory_signature = @signature, directory_said_at = @said_at, directory_at = now()
 where id = @id;

-- name: PeerDirectory :one
select directory_text, directory_key, directory_signature, directory_said_at from peer where id = @id;

-- name: RememberSignature :one
-- The update changes nothing: it gives the use that was written first.
insert into axis_signature (signature, use, until) values (@signature, @use, @until)
on conflict (signature) do update set use = axis_signature.use
returning use;

-- name: ForgetSignatures :exec
delete from axis_signature where until < @before::timestamptz;

-- name: ExchangeKeys :many
select * from exchange_key order by created_at desc, id;

-- name: InsertExchangeKey :exec
insert into exchange_key (id, public_key, secret, created_at) values (@id, @public_key, @secret, @created_at);

-- name: RetireExchangeKeys :exec
update exchange_key set retired_at = @at where retired_at is null and id <> @kept;

-- name: SetDirectoryAt :exec
update peer set directory_at = now() where id = @id;
