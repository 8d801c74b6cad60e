-- name: ProvinceOf :one
-- The nearest agency of a province on the way up, else the topmost one.
with recursive up as (
    select a.id, a.parent_id, a.level, 0 as depth from agency a where a.id = @id
    union all
    select a.id, a.parent_id, a.level, up.depth + 1 from agency a join up on a.id = up.parent_id where up.level <> 'province' and up.depth < 20
)
select id from up order by (level = 'province') desc, depth desc limit 1;

-- name: GetCalendar :one
select weekend, version from calendar where province_id = @province_id;

-- name: LockCalendar :one
insert into calendar (province_id) values (@province_id)
on conflict (province_id) do update set version = calendar.version
returning version;

-- name: ListCalendarDays :many
select day, working, name from calendar_day where province_id = @province_id order by day;

-- name: SaveCalendar :execrows
update calendar set weekend = @weekend, version = version + 1 where province_id = @province_id and version = @version;

-- name: ClearCalendarDays :exec
delete from calendar_day where province_id = @province_id and day between @since::date and @until::date;

-- name: InsertCalendarDays :exec
insert into calendar_day (province_id, day, working, name)
select @province_id, unnest(@days::date[]), unnest(@workings::boolean[]), unnest(@names::text[]);

-- name: Calendars :many
select province_id, weekend from calendar;

-- name: CalendarDays :many
select province_id, day, working, name from calendar_day order by province_id, day;
