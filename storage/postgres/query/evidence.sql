-- name: LockEvidence :one
select database, txid::text::bigint as txid, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as finished,
       (select c.system_identifier::text from pg_control_system() c)::text as here
  from event_progress for update skip locked;

-- name: MoveEvidence :exec
update event_progress set database = @database, txid = (@txid::bigint)::text::xid8;

-- name: UnchainedEvents :many
select e.agency_id, e.id, e.at, e.subject_type, e.subject_id, e.verb, e.account_id, e.position_id, e.actor_name, e.actor_title, e.data
  from event e
 where e.txid >= (@from_txid::bigint)::text::xid8 and e.txid < (@below_txid::bigint)::text::xid8
   and not exists (select 1 from event_line l where l.agency_id = e.agency_id and l.event_id = e.id)
 order by e.txid, e.id
 limit @most;

-- name: ForeignEvents :many
select e.agency_id, e.id, e.at, e.subject_type, e.subject_id, e.verb, e.account_id, e.position_id, e.actor_name, e.actor_title, e.data
  from event e
 where (e.txid < (@below_txid::bigint)::text::xid8 or e.txid >= pg_snapshot_xmax(pg_current_snapshot()))
   and not exists (select 1 from event_line l where l.agency_id = e.agency_id and l.event_id = e.id)
 order by e.txid, e.id
 limit @most;

-- name: LastEventLines :many
select h.agency_id, h.seq, h.event_id, h.event_sha256, h.sha256
  from unnest(@agencies::uuid[]) a (id)
 cross join lateral (select * from event_line l where l.agency_id = a.id order by l.seq desc limit 1) h;

-- name: InsertEventLines :exec
insert into event_line (agency_id, seq, event_id, event_sha256, sha256, at)
select n.agency_id, n.seq, n.event_id, n.event_sha256, n.sha256, @at::timestamptz
  from (select unnest(@agencies::uuid[]) as agency_id, unnest(@seqs::bigint[]) as seq, unnest(@events::uuid[]) as event_id,
               unnest(@event_hashes::bytea[]) as event_sha256, unnest(@hashes::bytea[]) as sha256) n;

-- name: ListEventLines :many
select l.agency_id, l.seq, l.event_id, l.event_sha256, l.sha256, e.at, e.subject_type, e.subject_id, e.verb, e.account_id, e.position_id,
       e.actor_name, e.actor_title, e.data
  from event_line l left join event e on e.agency_id = l.agency_id and e.id = l.event_id
 where l.agency_id = @agency_id and l.seq > @after
 order by l.seq
 limit @most;

-- name: ListCheckpoints :many
select agency_id, seq, sha256, at, signature from event_checkpoint where agency_id = @agency_id order by seq;

-- name: EventLineHash :one
select sha256 from event_line where agency_id = @agency_id and seq = @seq;

-- name: UncheckedHeads :many
select h.agency_id, h.seq, h.event_id, h.event_sha256, h.sha256
  from agency a
 cross join lateral (select * from event_line l where l.agency_id = a.id order by l.seq desc limit 1) h
 where h.seq > coalesce((select c.seq from event_checkpoint c where c.agency_id = a.id order by c.seq desc limit 1), 0);

-- name: InsertCheckpoint :exec
insert into event_checkpoint (agency_id, seq, sha256, at, signature) values (@agency_id, @seq, @sha256, @at, @signature)
on conflict do nothing;

-- name: ChainedAgencies :many
select a.id, a.name from agency a
 where exists (select 1 from event_line l where l.agency_id = a.id) or exists (select 1 from event_checkpoint c where c.agency_id = a.id)
 order by a.id;

-- name: LateEvents :many
select e.agency_id, e.id, e.at from event e
 where e.txid >= (select p.txid from event_progress p) and e.txid < pg_snapshot_xmin(pg_current_snapshot()) and e.at < @before
   and not exists (select 1 from event_line l where l.agency_id = e.agency_id and l.event_id = e.id)
 order by e.txid, e.id
 limit @most;
