-- +goose Up
create extension if not exists unaccent;
create extension if not exists btree_gin;

-- The scope of a transaction: who it acts for. storage/postgres sets these three
-- settings at the start of every transaction; every policy below reads them.
--   congvan.scope     person | issuing | exchange | administration | directory
--   congvan.agencies  the agencies of the positions valid that day, as uuid[]
--   congvan.acting    the one agency that the act is made for
-- A transaction without a scope sees and writes nothing.

-- +goose StatementBegin
create function scope_kind() returns text
    language sql stable parallel safe
    return coalesce(current_setting('congvan.scope', true), '');
-- +goose StatementEnd

-- +goose StatementBegin
create function scope_agencies() returns uuid[]
    language sql stable parallel safe
    return coalesce(nullif(current_setting('congvan.agencies', true), ''), '{}')::uuid[];
-- +goose StatementEnd

-- +goose StatementBegin
create function scope_acting() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('congvan.acting', true), '')::uuid;
-- +goose StatementEnd

-- fold is what search and type-ahead compare: no tone marks, no case, no punctuation.
-- +goose StatementBegin
create function fold(text) returns text
    language sql immutable strict parallel safe
    return trim(regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, nfc))), '[^a-z0-9]+', ' ', 'g'));
-- +goose StatementEnd

grant execute on function scope_kind(), scope_agencies(), scope_acting(), fold(text) to congvan_app;
