-- +goose Up
-- Tenancy, second belt: row-level security on every table that belongs to an
-- agency. The first belt is domain/access and the agency named in every query.
-- Three words per table: read, add, change.

-- +goose StatementBegin
do
$$
declare
    t record;
    mine  constant text := 'agency_id = any ((select scope_agencies())::uuid[])';
    acted constant text := 'agency_id = (select scope_acting())';
    kind  constant text := '(select scope_kind())';
    reads text; adds text; changes text;
begin
    for t in
        select * from (values
            ('unit',                   'directory', 'office',   'office'),
            ('position',               'directory', 'office',   'office'),
            ('recipient_group',        'shared',    'office',   'office'),
            ('recipient_group_member', 'group',     'office',   'office'),
            ('register',               'directory', 'office',   'office'),
            ('register_entry',         'content',   'acted',    'acted'),
            ('document',               'content',   'acted',    'acted'),
            ('document_file',          'content',   'acted',    'acted'),
            ('recipient',              'content',   'acted',    'acted'),
            ('delivery',               'content',   'acted',    'acted'),
            ('delivery_count',         'content',   'acted',    'acted'),
            ('event',                  'content',   'event',    'none'),
            ('arrival',                'content',   'arrival',  'acted'),
            ('arrival_file',           'content',   'issued',   'none'),
            ('line',                   'content',   'issued',   'acted'),
            ('mailbox',                'directory', 'office',   'office'),
            ('mail_item',              'content',   'acted',    'acted'),
            ('mail_part',              'content',   'acted',    'acted')
        ) as v (name, reads, adds, changes)
    loop
        reads := case t.reads
            when 'content'   then format('%s or %s = ''exchange''', mine, kind)
            when 'directory' then format('%s or %s in (''exchange'', ''administration'', ''directory'')', mine, kind)
            when 'shared'    then format('%s or shared and %s <> '''' or %s = ''administration''', mine, kind, kind)
            -- the group's own policy decides: the sub-select runs under it
            when 'group'     then 'exists (select 1 from recipient_group g where g.agency_id = recipient_group_member.agency_id and g.id = recipient_group_member.group_id)'
        end;
        adds := case t.adds
            when 'acted'   then format('%s or %s = ''exchange''', acted, kind)
            when 'office'  then format('%s or %s in (''exchange'', ''administration'')', acted, kind)
            -- issuing may add what it may not read: the one road into another agency
            when 'arrival' then format('%s or %s = ''exchange'' or %s = ''issuing'' and origin_agency_id = (select scope_acting())', acted, kind, kind)
            when 'issued'  then format('%s or %s in (''exchange'', ''issuing'')', acted, kind)
            when 'event'   then format('%s or %s in (''exchange'', ''administration'') or %s = ''issuing'' and subject_type = ''arrival''', acted, kind, kind)
        end;
        changes := case t.changes
            when 'acted'  then format('%s or %s = ''exchange''', acted, kind)
            when 'office' then format('%s or %s in (''exchange'', ''administration'')', acted, kind)
        end;
        execute format('alter table %I enable row level security', t.name);
        execute format('alter table %I force row level security', t.name);
        execute format('create policy %I on %I for select using (%s)', t.name || '_read', t.name, reads);
        execute format('create policy %I on %I for insert with check (%s)', t.name || '_add', t.name, adds);
        if changes is not null then
            -- a row is locked before it is known under which position the act is made,
            -- and locking asks the first half; what is written asks the second
            execute format('create policy %I on %I for update using (%s or %s in (''exchange'', ''administration'')) with check (%s)',
                           t.name || '_change', t.name, mine, kind, changes);
            execute format('create policy %I on %I for delete using (%s)', t.name || '_remove', t.name, changes);
        end if;
    end loop;
end
$$;
-- +goose StatementEnd
