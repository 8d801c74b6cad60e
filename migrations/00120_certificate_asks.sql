-- +goose Up
-- What the service asks the person for before each signature (PIN, OTP), by its
-- own names. What is typed is passed on and kept nowhere.
alter table certificate add column asks text[] not null default '{}';
