-- +goose Up
-- Names in the order of the Vietnamese alphabet (đ after d, ă after a), numbers by
-- their value: phường 2 before phường 10.
create collation vietnamese (provider = icu, locale = 'vi-u-kn-true');

-- When a recipient last refused or could not be reached: what a sender must still see to.
alter table delivery_count add column refused_at timestamptz;
-- Of earlier ones the hour is not kept here; they count from today.
alter table delivery_count no force row level security;
update delivery_count set refused_at = now() where refused > 0;
alter table delivery_count force row level security;
create index delivery_count_refused on delivery_count (agency_id, refused_at) where refused > 0;
