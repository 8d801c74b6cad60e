-- +goose Up
-- Official mailboxes and what the gateway took in from them.

create table mailbox (
    agency_id     uuid not null references agency (id),
    id            uuid not null,
    address       text not null,
    host          text not null,
    port          integer not null check (port between 1 and 65535),
    security      text not null check (security in ('tls', 'starttls', 'none')),
    username      text not null,
    secret        bytea not null,
    folder        text not null default 'INBOX',
    after_action  text not null default 'keyword' check (after_action in ('keyword', 'flag', 'move', 'nothing')),
    move_to       text not null default '',
    allow_private boolean not null default false,
    enabled       boolean not null default true,
    uidvalidity   bigint not null default 0,
    last_uid      bigint not null default 0,
    connected_at  timestamptz,
    checked_at    timestamptz,
    last_error    text not null default '',
    last_error_at timestamptz,
    lease_owner   uuid,
    lease_until   timestamptz,
    version       integer not null default 1,
    primary key (agency_id, id),
    unique (id)
);

create table mail_item (
    agency_id    uuid not null,
    id           uuid not null,
    mailbox_id   uuid not null,
    uidvalidity  bigint not null,
    uid          bigint not null,
    message_id   text not null default '',
    raw_sha256   bytea references blob (sha256),
    size         bigint not null default 0,
    from_name    text not null default '',
    from_address text not null default '',
    subject      text not null default '',
    sent_at      timestamptz,
    received_at  timestamptz not null,
    body_text    text not null default '',
    state        text not null check (state in ('received', 'arrived', 'quarantined', 'duplicate', 'discarded')),
    reason       text not null default '',
    detail       text not null default '',
    warnings     jsonb not null default '[]',
    arrival_id   uuid,
    attempts     integer not null default 0,
    version      integer not null default 1,
    primary key (agency_id, id),
    unique (agency_id, mailbox_id, uidvalidity, uid),
    foreign key (agency_id, mailbox_id) references mailbox (agency_id, id)
);
create index mail_item_state on mail_item (agency_id, state, received_at desc, id desc);
create index mail_item_message on mail_item (agency_id, message_id) where message_id <> '';
create index mail_item_raw on mail_item (raw_sha256) where raw_sha256 is not null;

create table mail_part (
    agency_id     uuid not null,
    mail_item_id  uuid not null,
    ordinal       integer not null,
    path          text not null,
    name          text not null default '',
    declared_type text not null default '',
    detected_type text not null default '',
    size          bigint not null,
    sha256        bytea not null references blob (sha256),
    inline        boolean not null default false,
    primary key (agency_id, mail_item_id, ordinal),
    foreign key (agency_id, mail_item_id) references mail_item (agency_id, id)
);
create index mail_part_blob on mail_part (sha256);

grant select, insert, update on mailbox, mail_item to congvan_app;
grant select, insert, delete on mail_part to congvan_app;
