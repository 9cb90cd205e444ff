-- What judging rests on beyond one laptop: what people and laptops share, and what the company says of places, tools and rules.

-- A value that a person or a laptop had, from one time and one fact on until another. Read as of any sequence number.
create table links (
  id        bigint generated always as identity primary key,
  kind      text not null check (kind in (
    'door', 'building', 'unit code', 'phone', 'network', 'gateway', 'access point', 'peripheral', 'tool')),
  -- A key or a keyed hash; what it was made from is not kept here.
  value     text not null,
  -- Null for what is a person's own, such as their address.
  device_id text references devices (id),
  person_id text references people (id),
  -- The source that told it, or the address version that it is of.
  origin    text not null,
  from_seq  bigint not null,
  -- Null while it still is so.
  to_seq    bigint,
  from_at   timestamptz(3) not null,
  to_at     timestamptz(3)
);
create index links_value on links (kind, value, from_seq);
create index links_device on links (device_id, kind, value) where device_id is not null;
create index links_person on links (person_id, kind, value) where person_id is not null;

-- Where several people's laptops are together, by whatever shows it.
create table sites (
  id          text primary key,
  found_at    timestamptz(3) not null,
  -- This one proved to be another.
  merged_into text references sites (id)
);
create table site_values (
  kind     text not null,
  value    text not null,
  site_id  text not null references sites (id),
  added_at timestamptz(3) not null,
  primary key (kind, value)
);
create index site_values_site on site_values (site_id);
-- Who was ever found together there.
create table site_people (
  site_id   text not null references sites (id),
  person_id text not null references people (id),
  added_at  timestamptz(3) not null,
  primary key (person_id, site_id)
);
create index site_people_site on site_people (site_id);
-- A person's case that a site's case took in: worked there, and out of the queue.
alter table cases add column part_of text references cases (id);
create index cases_part_of on cases (part_of) where part_of is not null;

-- Working cases: who has one in hand, what was asked of whom, and the lists people keep.
-- Since when somebody more senior should look; null while nobody was asked to.
alter table cases add column escalated_at timestamptz(3);
-- Since when its time stands still: it waits on somebody outside the desk.
alter table cases add column due_paused_at timestamptz(3);
-- Who has it in hand for the moment, and until when. An assignment is for good; this ends by itself.
alter table cases add column claimed_by text;
alter table cases add column claimed_until timestamptz(3);
-- The site's case that this one was taken out of by hand: that one does not take it in again.
alter table cases add column split_from text references cases (id);

-- Who has a case open. Not kept: a row is old after a minute.
create table case_viewers (
  case_id text not null references cases (id),
  user_id text not null,
  seen_at timestamptz(3) not null,
  primary key (case_id, user_id)
);

-- Answers to the checklist of a case; the questions themselves come of its findings.
create table case_checks (
  case_id         text not null references cases (id),
  item            text not null,
  answer          text not null check (answer in ('done', 'not needed', 'waiting')),
  answered_at     timestamptz(3) not null,
  answered_by     text not null,
  -- A ticket, a call or a report, by the number it has there.
  reference       text,
  waiting_on      text,
  note_id         text references notes (id),
  -- When the party outside said that it was done, not when it was asked.
  acknowledged_at timestamptz(3),
  acknowledged_by text,
  primary key (case_id, item)
);

-- A list's filters under a name. The same for every list: what is kept is the address's own search.
create table saved_views (
  id         text primary key,
  page       text not null,
  name       text not null,
  search     jsonb not null,
  owner_id   text not null,
  is_shared  boolean not null,
  created_at timestamptz(3) not null,
  changed_at timestamptz(3) not null
);
create index saved_views_owner on saved_views (owner_id);
-- What one person made of a view: a place in the side bar, or the one that their list opens with.
create table saved_view_marks (
  view_id    text not null references saved_views (id) on delete cascade,
  user_id    text not null,
  is_pinned  boolean not null,
  is_default boolean not null,
  primary key (view_id, user_id)
);
-- How one person wants their pages.
create table user_settings (
  user_id     text primary key,
  single_keys boolean not null
);

-- Tuning: how each rule was set, what waits for a second person, and what is kept quiet.
create table rule_versions (
  rule        text not null,
  version     int not null,
  ladder      text not null check (ladder in ('off', 'watch', 'notify', 'case', 'hold')),
  params      jsonb not null,
  -- "Only what is new": what rests on facts up to this number alone leads to no more than it did. Null: everything speaks.
  quiet_to    bigint,
  -- Laptops that it had looked at again.
  woken       int,
  note_id     text references notes (id),
  author      jsonb not null,
  -- The second person, where there was one.
  approved_by jsonb,
  set_at      timestamptz(3) not null,
  primary key (rule, version)
);
insert into rule_versions (rule, version, ladder, params, note_id, author, set_at)
select payload->>'rule', row_number() over (partition by payload->>'rule' order by seq), payload->>'ladder',
  payload->'params', (select id from notes where id = payload->>'noteId'), actor, recorded_at
from ledger where kind = 'rule.set' and payload is not null;
alter table rule_settings add column version int not null default 0;
alter table rule_settings add column quiet_to bigint;
update rule_settings s set version = coalesce((select max(version) from rule_versions v where v.rule = s.rule), 0);

-- A change that waits for a second person; `asked` is what will be done, by its own schema.
create table waiting_changes (
  id          text primary key,
  what        text not null check (what in ('rule', 'suppression', 'declaration')),
  -- A rule's id, or the kind of declaration.
  about       text not null,
  asked       jsonb not null,
  note_id     text references notes (id),
  proposed_by jsonb not null,
  proposed_at timestamptz(3) not null,
  decided_at  timestamptz(3),
  decided_by  jsonb,
  decision    text check (decision in ('approved', 'refused')),
  check ((decided_at is null) = (decision is null))
);
create index waiting_changes_open on waiting_changes (what, about) where decided_at is null;

-- Findings of a rule that are kept but speak to nobody until a day: of one person, one laptop, or with one value among their facts.
create table suppressions (
  id         text primary key,
  rule       text not null,
  person_id  text references people (id),
  device_id  text references devices (id),
  fact       text,
  fact_value text,
  -- The case that it was made from.
  case_id    text references cases (id),
  note_id    text references notes (id),
  owner      jsonb not null,
  approved_by jsonb,
  starts_at  timestamptz(3) not null,
  ends_at    timestamptz(3) not null,
  ended_at   timestamptz(3),
  -- How often it silenced.
  silenced   int not null default 0,
  check ((fact is null) = (fact_value is null))
);
create index suppressions_rule on suppressions (rule, ends_at);
create index suppressions_list on suppressions (starts_at desc, id desc);
create index suppressions_person on suppressions (person_id) where person_id is not null;

alter table findings add column rule_version int;
alter table findings add column suppressed_by text references suppressions (id);
alter table findings drop constraint findings_status_check;
alter table findings add constraint findings_status_check
  check (status in ('active', 'suppressed', 'cleared', 'decided'));
drop index findings_active;
create unique index findings_active on findings (rule, key) where status in ('active', 'suppressed');
create index findings_rule on findings (rule, raised_at);
create index findings_suppressed on findings (suppressed_by) where suppressed_by is not null;
create index declarations_list on declarations (starts_on desc, id desc);
-- Whoever audits what silences reads this, week by week.
create index ledger_silences on ledger (seq) where kind in (
  'declaration.made', 'declaration.ended', 'suppression.made', 'suppression.ended', 'place.set', 'setting.changed',
  'approval.granted', 'approval.refused', 'approval.ended', 'rule.set', 'change.proposed', 'change.decided',
  'token.distrusted');

-- The catalogue of remote access: what the company put in, and what it vouches for.
create table catalog_entries (
  -- A tool's id; where it is one of ours, what is here adds to that one's traces.
  id      text primary key,
  -- Whose list it came with.
  origin  text not null,
  tool    jsonb not null,
  set_by  jsonb not null,
  set_at  timestamptz(3) not null
);
create table approvals (
  id         text primary key,
  -- `entry_off`: the catalogue's entry says nothing here until this is ended.
  what       text not null check (what in ('tool', 'publisher', 'network_exit', 'entry_off')),
  -- A tool's id, a publisher as the catalogue writes it, a network range.
  value      text not null,
  -- Whom it is for: a kind of people, or what a column of their import says. Null: everybody.
  people     jsonb,
  ends_on    date,
  status     text not null check (status in ('asked', 'granted', 'refused', 'ended')),
  -- The system where most of the fleet has it; `counted` is then on how many laptops of how many people.
  asked_by   jsonb not null,
  asked_at   timestamptz(3) not null,
  note_id    text references notes (id),
  counted    jsonb,
  decided_by jsonb,
  decided_at timestamptz(3),
  decision_note_id text references notes (id),
  alone      boolean,
  ended_at   timestamptz(3),
  check ((status = 'asked') = (decided_at is null)),
  check (what = 'entry_off' or ends_on is not null)
);
create unique index approvals_open on approvals (what, value, coalesce(people::text, '')) where status in ('asked', 'granted');
create index approvals_list on approvals (asked_at desc, id desc);
-- What each laptop shows now that may be approved: counted to propose and to list, never judged by. No reference to
-- devices, so that following the ledger never waits for a check-in.
create table fleet_use (
  device_id text not null,
  what      text not null check (what in ('tool', 'hardware', 'network_exit')),
  value     text not null,
  primary key (device_id, what, value)
);
create index fleet_use_value on fleet_use (what, value);
create index ledger_approval on ledger (kind, seq)
  where kind in ('approval.proposed', 'approval.granted', 'approval.refused', 'approval.ended');

-- Known places: what the company added, what it made of ours, and what waits for a second person.
create table places (
  -- One of our own list's, where it changes that one.
  id            text primary key,
  -- In force; null where ours stands as it is, or an added one waits.
  entry         jsonb,
  is_off        boolean not null default false,
  set_by        jsonb not null,
  set_at        timestamptz(3) not null,
  note_id       text not null references notes (id),
  asked         text check (asked in ('add', 'correct', 'switch off')),
  asked_entry   jsonb,
  asked_by      jsonb,
  asked_at      timestamptz(3),
  asked_note_id text references notes (id),
  check ((asked is null) = (asked_by is null) and (asked is null) = (asked_at is null))
);
-- The history of one entry.
create index ledger_known_place on ledger ((payload->>'placeId'), seq)
  where kind in ('place.set', 'place.asked', 'place.refused');
-- As it was read when it came; null while it has not been read otherwise since.
alter table address_versions add column first_class jsonb;
-- How many addresses are at a known place.
create index address_versions_known_place on address_versions ((class->>'placeId')) where class->>'placeId' is not null;

-- A day's sighting is rewritten in place: with half a page to spare its next version finds room beside it, and no index is
-- written. At 80 it did once in five times.
alter table presence set (fillfactor = 50);

-- Where a declared office or second home is, as its line was read when it was declared: keys as addresses have them, and
-- the place. Null where nobody has read it.
alter table declarations add column place jsonb;

-- One door in two writings: the keys of the older address that this one proves to be, and under what such are looked for.
alter table address_versions add column linked_door_key text;
alter table address_versions add column linked_building_key text;
alter table address_versions add column site_hints text[];
create index address_versions_site_hints on address_versions using gin (site_hints);
