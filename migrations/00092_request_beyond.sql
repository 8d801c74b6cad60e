-- +goose Up
-- What an agency says of a document to recipients beyond this installation is a
-- message of its own, tried until the other side has it; and what such senders
-- say of arrivals here.

alter table request_delivery
    add column message_id      uuid,
    add column attempts        integer not null default 0,
    add column next_attempt_at timestamptz,
    add column error_code      text not null default '',
    add column sent_at         timestamptz;
create index request_delivery_sending on request_delivery (next_attempt_at) where message_id is not null and sent_at is null;
create index request_delivery_open on request_delivery (agency_id, document_id, delivery_id) where answer in ('', 'pending');

-- A sender beyond this installation has no rows here. by_code is what it knows
-- the document by that does it; by_arrival_id is that document, once it is here.
alter table request_arrival
    alter column origin_agency_id drop not null,
    alter column origin_document_id drop not null,
    alter column origin_delivery_id drop not null,
    add column by_code       text not null default '',
    add column by_arrival_id uuid,
    add foreign key (agency_id, by_arrival_id) references arrival (agency_id, id);
create index request_arrival_by_code on request_arrival (agency_id, by_code) where by_code <> '' and by_arrival_id is null;

alter table axis_message add column reason text not null default '';
