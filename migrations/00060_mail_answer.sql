-- +goose Up
-- Answers to what was sent by mail, and what is known of a mail's sender.
alter table mail_item drop constraint mail_item_state_check;
alter table mail_item add constraint mail_item_state_check
    check (state in ('received', 'arrived', 'quarantined', 'duplicate', 'discarded', 'answered', 'ignored'));
alter table mail_item add column answer jsonb not null default '{}';
alter table mail_item add column trust jsonb not null default '{}';
-- The delivery of ours that it answers; it may be another agency's where all
-- mail goes out under one address.
alter table mail_item add column about_agency_id uuid;
alter table mail_item add column about_document_id uuid;
alter table mail_item add column about_delivery_id uuid;
create index mail_item_about on mail_item (agency_id, about_document_id) where about_document_id is not null;

-- A mail of ours is named after its delivery.
create index delivery_mailed on delivery (id) where channel = 'mailbox';

-- Addresses that are wrong by the word of their own server: nothing more is
-- sent there before a person looked.
create table mail_suppression (
    agency_id uuid not null references agency (id),
    address   text not null,
    words     text not null default '',
    since     timestamptz not null,
    primary key (agency_id, address)
);
alter table mail_suppression enable row level security;
alter table mail_suppression force row level security;
create policy mail_suppression_read on mail_suppression for select
    using (agency_id = any ((select scope_agencies())::uuid[]) or (select scope_kind()) = 'exchange');
create policy mail_suppression_add on mail_suppression for insert
    with check (agency_id = (select scope_acting()) or (select scope_kind()) = 'exchange');
create policy mail_suppression_change on mail_suppression for update
    using (agency_id = any ((select scope_agencies())::uuid[]) or (select scope_kind()) = 'exchange')
    with check (agency_id = (select scope_acting()) or (select scope_kind()) = 'exchange');
create policy mail_suppression_remove on mail_suppression for delete
    using (agency_id = (select scope_acting()) or (select scope_kind()) = 'exchange');
grant select, insert, update, delete on mail_suppression to congvan_app;
