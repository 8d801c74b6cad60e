-- name: InsertBlob :one
-- The update changes nothing: it locks the row that is there already, waits for a
-- sweep that is about to delete it, and gives it back.
insert into blob (sha256, object_key, size, media_type, created_at)
values (@sha256, @object_key, @size, @media_type, @created_at)
on conflict (sha256) do update set size = blob.size
returning *;

-- name: ReviveBlob :exec
update blob set unreferenced_at = null where sha256 = @sha256;

-- name: ReplaceBlobObject :exec
update blob set object_key = @object_key, unreferenced_at = null, damaged_at = null, checked_at = null
 where sha256 = @sha256;

-- name: GetBlob :one
select * from blob where sha256 = @sha256;

-- name: CheckBlob :exec
update blob set checked_at = @at::timestamptz, damaged_at = case when @damaged::bool then coalesce(damaged_at, @at) end
 where sha256 = @sha256 and object_key = @object_key;

-- name: ListBlobsToCheck :many
select * from blob
 where coalesce(checked_at, created_at) < @before::timestamptz
 order by coalesce(checked_at, created_at)
 limit @most;

-- name: CountDamagedBlobs :one
select count(*) from blob where damaged_at is not null;

-- name: KnownObjects :many
select object_key from blob b where b.object_key = any(@keys::uuid[])
union all
select object_key from upload_segment s where s.object_key = any(@keys::uuid[]);

-- name: LockUnreferencedBlobs :many
select sha256 from blob
 where unreferenced_at <= @before::timestamptz
 order by unreferenced_at
 limit @most
   for update skip locked;

-- name: DeleteUnreferencedBlobs :many
delete from blob where sha256 = any(@sha256s::bytea[]) and unreferenced_at is not null
returning object_key, size;
