-- name: SessionPerson :many
select s.id as session_id, s.seen_at, s.created_at, s.expires_at, a.id as account_id, a.login, a.full_name, a.email, a.operator,
       a.must_change_password, a.language, a.state, a.left_on, a.version,
       p.id as position_id, p.agency_id, g.name as agency_name, p.unit_id, u.name as unit_name, p.role, p.title,
       p.valid_from, p.valid_until, p.version as position_version,
       p.delegation_id, p.for_account_id, p.for_name, p.own_title, p.own_role, p.powers
  from session s
  join account a on a.id = s.account_id
  left join held_position p on p.account_id = a.id and p.valid_from <= @today::date and (p.valid_until is null or p.valid_until >= @today::date)
  left join agency g on g.id = p.agency_id
  left join unit u on u.agency_id = p.agency_id and u.id = p.unit_id
 where s.id_hash = @id_hash and s.revoked_at is null
 order by g.name collate vietnamese, p.delegation_id nulls first, p.id;

-- name: TokenPerson :many
select t.id as token_id, t.scopes, t.expires_at, t.used_at, a.id as account_id, a.login, a.full_name, a.email, a.operator,
       a.must_change_password, a.language, a.state, a.left_on, a.version,
       p.id as position_id, p.agency_id, g.name as agency_name, p.unit_id, u.name as unit_name, p.role, p.title,
       p.valid_from, p.valid_until, p.version as position_version
  from token t
  join account a on a.id = t.account_id
  left join position p on p.account_id = a.id and p.valid_from <= @today::date and (p.valid_until is null or p.valid_until >= @today::date)
  left join agency g on g.id = p.agency_id
  left join unit u on u.agency_id = p.agency_id and u.id = p.unit_id
 where t.id_hash = @id_hash and t.revoked_at is null
 order by g.name collate vietnamese, p.id;

-- name: InsertSession :execrows
insert into session (id_hash, id, account_id, created_at, seen_at, expires_at, address, user_agent)
select @id_hash, @id, a.id, @at, @at, @expires_at, @address, @user_agent
  from account a
 where a.id = @account_id and a.password_hash = @password_hash;

-- name: TouchSession :exec
update session set seen_at = @at where id = @id and seen_at < @at;

-- name: ListSessions :many
select id, created_at, seen_at, address, user_agent from session
 where account_id = @account_id and revoked_at is null and expires_at > @at::timestamptz and seen_at > @idle_since::timestamptz
 order by seen_at desc, id;

-- name: RevokeSession :execrows
update session set revoked_at = @at where account_id = @account_id and id = @id and revoked_at is null;

-- name: RevokeSessions :exec
update session set revoked_at = @at where account_id = @account_id and id <> @kept and revoked_at is null;

-- name: DeleteSessions :execrows
delete from session where expires_at < @before::timestamptz;

-- name: InsertToken :exec
insert into token (id, id_hash, account_id, name, scopes, created_at, expires_at)
values (@id, @id_hash, @account_id, @name, @scopes, @created_at, @expires_at);

-- name: TouchToken :exec
update token set used_at = @at::timestamptz where id = @id and (used_at is null or used_at < @at::timestamptz);

-- name: ListTokens :many
select id, name, scopes, created_at, expires_at, used_at from token
 where account_id = @account_id and revoked_at is null and expires_at > @at::timestamptz
 order by created_at desc, id;

-- name: RevokeToken :execrows
update token set revoked_at = @at where account_id = @account_id and id = @id and revoked_at is null;

-- name: RevokeTokens :exec
update token set revoked_at = @at where account_id = @account_id and revoked_at is null;

-- name: AddFailure :one
insert into sign_in_throttle as t (key, count, window_start) values (@key, 1, @at)
on conflict (key) do update
   set count = case when t.window_start > @since::timestamptz then t.count + 1 else 1 end,
       window_start = case when t.window_start > @since::timestamptz then t.window_start else @at end
returning count;

-- name: CountFailures :one
select coalesce(sum(count), 0)::int from sign_in_throttle where key = @key and window_start > @since::timestamptz;

-- name: TakeBackFailure :exec
update sign_in_throttle set count = count - 1 where key = @key and count > 0;

-- name: ForgetFailures :exec
delete from sign_in_throttle where key = @key;

-- name: DeleteFailures :execrows
delete from sign_in_throttle where window_start < @before::timestamptz;
