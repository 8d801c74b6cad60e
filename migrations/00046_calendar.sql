-- +goose Up
-- Working days, one calendar for each province; everybody's to read, so these
-- tables have no agency of their own. A province without a row works from
-- Monday to Friday and knows no holiday.
create table calendar (
    province_id uuid primary key references agency (id),
    weekend     smallint[] not null default '{0,6}', -- 0 is Sunday
    version     integer not null default 1
);

create table calendar_day (
    province_id uuid not null references calendar (province_id),
    day         date not null,
    working     boolean not null,
    name        text not null check (name <> ''),
    primary key (province_id, day)
);

grant select, insert, update on calendar to congvan_app;
grant select, insert, delete on calendar_day to congvan_app;
