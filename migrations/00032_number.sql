-- +goose Up
-- A reserved number is given to its document later; who inserted, back-dated or
-- cancelled a number, and why, stays with it.
grant update (subject_type, subject_id, symbol, day) on register_entry to congvan_app;
create index register_entry_reserved on register_entry (agency_id, register_id, number, suffix) where subject_type = 'reserved' and state = 'taken';
