-- name: ArrivalOfLine :one
select arrival_id from line where agency_id = any(@agencies::uuid[]) and id = @id;

-- name: InsertDirection :exec
insert into direction (agency_id, id, arrival_id, line_id, words, position_id, name, title, typed_position_id, typed_name,
                       scan_sha256, scan_name, scan_size, scan_type, at)
values (@agency_id, @id, @arrival_id, @line_id, @words, @position_id, @name, @title, @typed_position_id, @typed_name,
        @scan_sha256, @scan_name, @scan_size, @scan_type, @at);

-- name: ListDirections :many
select * from direction where agency_id = @agency_id and arrival_id = @arrival_id order by id;

-- name: InsertLineNote :exec
insert into line_note (agency_id, id, arrival_id, line_id, kind, words, position_id, name, title, at, due_date, decision,
                       file_sha256, file_name, file_size, file_type)
values (@agency_id, @id, @arrival_id, @line_id, @kind, @words, @position_id, @name, @title, @at, @due_date, @decision,
        @file_sha256, @file_name, @file_size, @file_type);

-- name: ListLineNotes :many
select * from line_note where agency_id = @agency_id and arrival_id = @arrival_id order by id;

-- name: DecideMoreTime :execrows
update line_note set decision = @decision, decided_by = @decided_by, decided_at = @decided_at
 where agency_id = @agency_id and line_id = @line_id and id = @id and decision = 'asked';

-- name: FileBesideArrival :many
select d.scan_name as name, d.scan_size as size, d.scan_type as media_type from direction d
 where d.agency_id = @agency_id and d.arrival_id = @arrival_id and d.scan_sha256 = @sha256
union all
select n.file_name, n.file_size, n.file_type from line_note n
 where n.agency_id = @agency_id and n.arrival_id = @arrival_id and n.file_sha256 = @sha256
 limit 1;

-- name: HoldersThere :many
-- Who may be given a line today: people with a valid position, and units that
-- have somebody to take in what comes.
select p.id, false as unit from position p
 where p.agency_id = @agency_id and p.id = any(@positions::uuid[]) and p.role <> 'admin'
   and p.valid_from <= @today and (p.valid_until is null or p.valid_until >= @today)
union all
select u.id, true from unit u
 where u.agency_id = @agency_id and u.id = any(@units::uuid[])
   and u.valid_from <= @today and (u.valid_until is null or u.valid_until >= @today)
   and exists (select 1 from position p
                where p.agency_id = u.agency_id and p.unit_id = u.id and p.role in ('clerk', 'unit_head')
                  and p.valid_from <= @today and (p.valid_until is null or p.valid_until >= @today));

-- name: PositionNamed :one
select p.id, p.account_id, p.agency_id, p.unit_id, p.role, p.title, c.full_name
  from position p join account c on c.id = p.account_id
 where p.agency_id = @agency_id and p.id = @id;

-- name: PositionsInUnits :many
select agency_id, id from position where agency_id = any(@agencies::uuid[]) and unit_id = any(@units::uuid[]) and role <> 'admin' order by id limit 500;

-- name: LinkAnswer :exec
insert into answer (agency_id, document_id, line_id, arrival_id, linked_by, linked_at)
values (@agency_id, @document_id, @line_id, @arrival_id, @linked_by, @linked_at)
on conflict (agency_id, document_id, line_id) do nothing;

-- name: ListAnswers :many
select a.line_id, a.document_id, a.linked_by, a.linked_at, a.closed_at, d.subject, d.state, d.number, d.number_suffix, d.symbol
  from answer a join document d on d.agency_id = a.agency_id and d.id = a.document_id
 where a.agency_id = @agency_id and a.arrival_id = @arrival_id
 order by a.linked_at, a.document_id;

-- name: OpenAnswers :many
select line_id, arrival_id from answer where agency_id = @agency_id and document_id = @document_id and closed_at is null order by arrival_id, line_id;

-- name: Answering :one
select exists (select 1 from answer where agency_id = @agency_id and document_id = @document_id and closed_at is null);

-- name: CloseAnswer :exec
update answer set closed_at = @closed_at where agency_id = @agency_id and document_id = @document_id and line_id = @line_id and closed_at is null;

-- name: RecordView :exec
insert into arrival_view (agency_id, arrival_id, account_id, name, title, first_at, last_at)
values (@agency_id, @arrival_id, @account_id, @name, @title, @at, @at)
on conflict (agency_id, arrival_id, account_id) do update set last_at = excluded.last_at, times = arrival_view.times + 1;

-- name: ListViews :many
select account_id, name, title, first_at, last_at, times from arrival_view
 where agency_id = @agency_id and arrival_id = @arrival_id
 order by last_at desc, account_id
 limit 500;

-- name: Follow :exec
insert into arrival_follow (agency_id, account_id, arrival_id, at) values (@agency_id, @account_id, @arrival_id, @at)
on conflict (agency_id, account_id, arrival_id) do nothing;

-- name: Unfollow :exec
delete from arrival_follow where agency_id = @agency_id and account_id = @account_id and arrival_id = @arrival_id;

-- name: Follows :one
select exists (select 1 from arrival_follow where agency_id = @agency_id and account_id = @account_id and arrival_id = @arrival_id);

-- name: ListPhrases :many
select id, account_id, words from phrase
 where agency_id = any(@agencies::uuid[]) and (account_id is null or account_id = @account_id)
 order by account_id nulls last, created_at, id
 limit 200;

-- name: InsertPhrase :exec
insert into phrase (agency_id, id, account_id, words, created_at) values (@agency_id, @id, @account_id, @words, @created_at);

-- name: GetPhrase :one
select agency_id, account_id from phrase where agency_id = any(@agencies::uuid[]) and id = @id;

-- name: DeletePhrase :exec
delete from phrase where agency_id = @agency_id and id = @id;
