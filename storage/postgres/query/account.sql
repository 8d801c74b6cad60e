-- name: AccountByLogin :one
select id, password_hash, state, left_on from account where login = @login;

-- name: GetAccount :one
select * from account where id = @id;

-- name: LockAccount :one
select * from account where id = @id for update;

-- name: InsertAccount :exec
insert into account (id, login, full_name, email, password_hash, must_change_password, operator, state, left_on, language, created_at)
values (@id, @login, @full_name, @email, @password_hash, @must_change_password, @operator, 'active', null, 'vi', @created_at);

-- name: UpdateAccount :execrows
update account set full_name = @full_name, email = @email, state = @state, left_on = @left_on, operator = @operator, version = version + 1
 where id = @id and version = @version;

-- name: SetLanguage :exec
update account set language = @language where id = @id;

-- name: SetPassword :exec
update account set password_hash = @password_hash, must_change_password = @must_change_password, version = version + 1 where id = @id;

-- name: AccountsByLogin :many
select * from account where login = any(@logins::text[]);
