-- name: AlarmedAgencies :many
select distinct agency_id from position order by agency_id;

-- name: GetAlarmRule :one
select * from alarm_rule where agency_id = @agency_id;

-- name: InsertAlarmRule :execrows
insert into alarm_rule (agency_id, first_days, second_days, head_after, leader_after, register_by, version)
values (@agency_id, @first_days, @second_days, @head_after, @leader_after, @register_by, 2)
on conflict (agency_id) do nothing;

-- name: UpdateAlarmRule :execrows
update alarm_rule
   set first_days = @first_days, second_days = @second_days, head_after = @head_after, leader_after = @leader_after,
       register_by = @register_by, version = version + 1
 where agency_id = @agency_id and version = @version;

-- name: AlarmLines :execrows
-- Who holds a line is told of its due date, also who stands in for them; then
-- the head of the unit, then the leaders who directed it, or all of them.
insert into notice (agency_id, account_id, kind, arrival_id, line_id, day, at)
select distinct l.agency_id, w.account_id, @kind::text, l.arrival_id, l.id, l.due_date, @at::timestamptz
  from line l
 cross join lateral (
       select h.account_id from held_position h
        where h.agency_id = l.agency_id and h.valid_from <= @today::date and coalesce(h.valid_until, 'infinity') >= @today::date
          and case @kind::text
                when 'late_head' then h.role = 'unit_head'
                     and h.unit_id = coalesce(l.unit_id, (select p.unit_id from position p where p.agency_id = l.agency_id and p.id = l.position_id))
                when 'late_leader' then h.role = 'leader' and (
                     exists (select from line d where d.agency_id = l.agency_id and d.arrival_id = l.arrival_id and d.position_id = h.id)
                     or not exists (select from line d join position q on q.agency_id = d.agency_id and q.id = d.position_id and q.role = 'leader'
                                     where d.agency_id = l.agency_id and d.arrival_id = l.arrival_id))
                else l.position_id = h.id or l.unit_id = h.unit_id and h.role in ('unit_head', 'clerk')
              end) w
 where l.agency_id = @agency_id and l.due_date is not null and l.role <> 'inform' and l.state in ('awaiting', 'open')
   and l.due_date <= @until::date and l.due_date >= @since::date
   and not exists (select from notice n where n.agency_id = l.agency_id and n.arrival_id = l.arrival_id and n.line_id = l.id
                      and n.kind = @kind::text and n.day = l.due_date)
   and not exists (select from notice_choice c where c.account_id = w.account_id and @kind::text = any (c.muted))
on conflict do nothing;

-- name: NoticeLine :execrows
-- Who holds the line is told that they are waited for.
insert into notice (agency_id, account_id, kind, arrival_id, line_id, day, at)
select distinct l.agency_id, h.account_id, 'reminded', l.arrival_id, l.id, l.due_date, @at::timestamptz
  from line l
  join held_position h on h.agency_id = l.agency_id and (l.position_id = h.id or l.unit_id = h.unit_id and h.role in ('unit_head', 'clerk'))
 where l.agency_id = @agency_id and l.id = @line_id
   and h.valid_from <= @today::date and coalesce(h.valid_until, 'infinity') >= @today::date
   and not exists (select from notice_choice c where c.account_id = h.account_id and 'reminded' = any (c.muted));

-- name: AlarmUnregistered :many
-- The clerks are told of what stays unregistered, and who is on duty that day.
with told as (
insert into notice (agency_id, account_id, kind, arrival_id, at)
select distinct a.agency_id, h.account_id, 'unregistered', a.id, @at::timestamptz
  from arrival a
  join held_position h on h.agency_id = a.agency_id and h.valid_from <= @today::date and coalesce(h.valid_until, 'infinity') >= @today::date
   and (h.role = 'clerk' or exists (select from duty d where d.agency_id = a.agency_id and d.day = @today::date and d.position_id = h.id))
 where a.agency_id = @agency_id and a.state = 'awaiting'
   and (a.arrived_at < @before::timestamptz or a.urgency <> 'normal' and a.arrived_at < @urgent_before::timestamptz)
   and not exists (select from notice n where n.agency_id = a.agency_id and n.arrival_id = a.id and n.kind = 'unregistered')
   and not exists (select from notice_choice c where c.account_id = h.account_id and 'unregistered' = any (c.muted))
on conflict do nothing
returning arrival_id)
select distinct arrival_id from told;

-- name: ListNotices :many
-- What the person may not see any more is not told of either: the arrival's
-- policy holds here too.
select n.*, x.subject, x.number, x.symbol, x.issuer_name, coalesce(x.arrival_number, 0)::int as arrival_number
  from notice n
  join arrival x on x.agency_id = n.agency_id and x.id = n.arrival_id
 where n.agency_id = any (@agencies::uuid[]) and n.account_id = @account_id
   and (not @unread::boolean or n.read_at is null)
   and (n.at, n.id) < (@before::timestamptz, @before_id::uuid)
 order by n.at desc, n.id desc
 limit @most;

-- name: CountUnreadNotices :one
select count(*)::int from (
    select from notice n
      join arrival x on x.agency_id = n.agency_id and x.id = n.arrival_id
     where n.agency_id = any (@agencies::uuid[]) and n.account_id = @account_id and n.read_at is null
     limit 1000) c;

-- name: ReadNotices :execrows
update notice set read_at = @at::timestamptz
 where agency_id = @agency_id and account_id = @account_id and read_at is null
   and (cardinality(@ids::uuid[]) = 0 or id = any (@ids::uuid[]));

-- name: GetNoticeChoice :one
select muted, digest from notice_choice where account_id = @account_id;

-- name: SaveNoticeChoice :exec
insert into notice_choice (account_id, muted, digest) values (@account_id, @muted, @digest)
on conflict (account_id) do update set muted = excluded.muted, digest = excluded.digest;

-- name: DigestsDue :many
select a.id, a.email, n.agency_id, count(*)::int as waiting, count(*) filter (where n.kind in ('late', 'late_head', 'late_leader'))::int as late
  from notice_choice c
  join account a on a.id = c.account_id
  join notice n on n.account_id = a.id and n.read_at is null and n.mailed_at is null
 where c.digest and a.state = 'active' and a.email <> '' and (c.digested_at is null or c.digested_at < @before::timestamptz)
 group by a.id, a.email, n.agency_id
 order by a.id, n.agency_id
 limit 1000;

-- name: MarkDigested :exec
update notice_choice set digested_at = @at::timestamptz where account_id = @account_id;

-- name: MarkMailed :exec
update notice set mailed_at = @at::timestamptz where account_id = @account_id and read_at is null and mailed_at is null and at <= @at::timestamptz;
