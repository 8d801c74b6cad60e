-- +goose Up
-- Restricted arrivals (complaints, denunciations): only who holds a line of one
-- sees it, and it is gone from lists, counts and previews with the line.

alter table arrival add column restricted boolean not null default false;

-- What the person of the transaction holds: positions, their units, and the
-- agencies that they are clerk of. A transaction that does not say holds nothing.
-- +goose StatementBegin
create function scope_holds() returns uuid[]
    language sql stable parallel safe
    return coalesce(nullif(current_setting('congvan.holds', true), ''), '{}')::uuid[];
-- +goose StatementEnd
grant execute on function scope_holds() to congvan_app;

create policy arrival_restricted on arrival as restrictive for select using (
    not restricted
    or (select scope_kind()) in ('exchange', 'issuing')
    or exists (select 1 from line l
                where l.agency_id = arrival.agency_id and l.arrival_id = arrival.id and l.state <> 'withdrawn'
                  and coalesce(l.position_id, l.unit_id, l.agency_id) = any ((select scope_holds())::uuid[]))
);
