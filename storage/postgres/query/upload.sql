-- name: InsertUpload :exec
insert into upload (id, account_id, size, received, name, declared_type, created_at, expires_at, sha256)
values (@id, @account_id, @size, @received, @name, @declared_type, @created_at, @expires_at, @sha256);

-- name: GetUpload :one
select u.*, b.media_type from upload u left join blob b on b.sha256 = u.sha256 where u.id = @id;

-- name: LockUpload :one
select received, size, sha256 from upload where id = @id for update;

-- name: CountUploads :one
select count(*) from upload where account_id = @account_id and sha256 is null and expires_at > @now;

-- name: AdvanceUpload :execrows
update upload set received = received + @length
 where id = @id and received = @start and sha256 is null;

-- name: InsertSegment :exec
insert into upload_segment (upload_id, start, length, object_key)
values (@upload_id, @start, @length, @object_key);

-- name: ListSegments :many
select start, length, object_key from upload_segment where upload_id = @upload_id order by start;

-- name: DeleteSegments :many
delete from upload_segment where upload_id = @upload_id returning object_key;

-- name: FinishUpload :exec
update upload set sha256 = @sha256 where id = @id;

-- name: DeleteUpload :execrows
delete from upload where id = @id;

-- name: LockExpiredUploads :many
select id from upload where expires_at <= @now
 order by expires_at
 limit @most
   for update skip locked;
