-- name: CountQuarantined :one
select count(*) from (
    select 1 from mail_item where agency_id = any(@agencies::uuid[]) and state = 'quarantined' limit @most::int) c;
