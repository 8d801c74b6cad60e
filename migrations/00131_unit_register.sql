-- +goose Up
-- A unit may have a register of its own: what it takes in gets the unit's number
-- beside the agency's.
alter table register
    add column unit_id uuid,
    add foreign key (agency_id, unit_id) references unit (agency_id, id),
    add check (unit_id is null or direction = 'incoming');
create index register_of_unit on register (agency_id, unit_id, year) where unit_id is not null;
