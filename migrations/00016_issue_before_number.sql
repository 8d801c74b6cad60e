-- +goose Up
-- Issuing writes all that does not carry the number before it locks the
-- register, and the arrivals that do after it: clerks queue for the register,
-- so it is held as short as can be. What belongs to an arrival then comes
-- before it, and the commit tells whether each found its own.

alter table arrival_file drop constraint arrival_file_agency_id_arrival_id_fkey;
alter table arrival_file add constraint arrival_file_agency_id_arrival_id_fkey
    foreign key (agency_id, arrival_id) references arrival (agency_id, id) deferrable initially deferred;
alter table line drop constraint line_agency_id_arrival_id_fkey;
alter table line add constraint line_agency_id_arrival_id_fkey
    foreign key (agency_id, arrival_id) references arrival (agency_id, id) deferrable initially deferred;
