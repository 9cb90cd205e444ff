-- Every check-in: MDMs that are asked, agents that enrol here, one record per device, and what does not match.

-- Where each source that is asked, or that is expected to speak by itself, stands.
create table connectors (
  source          text primary key,
  -- Where the reading goes on, in the vendor's own words; null: from the start.
  cursor          jsonb,
  -- When the sync that is under way began; null between two.
  started_at      timestamptz(3),
  -- When the last whole sync ended, and when it had begun: what it did not show was not there then.
  last_success_at timestamptz(3),
  last_began_at   timestamptz(3),
  -- When it is asked again; null for a source that speaks by itself.
  next_at         timestamptz(3),
  -- In a row, since the last success.
  failures        integer not null default 0,
  failing_since   timestamptz(3),
  problem         text,
  -- Why it counts as failing, and since when that is in the ledger; null: it does not.
  failing_why     text,
  alerted_at      timestamptz(3),
  -- When one of its devices was last heard of, as of the last look.
  heard_at        timestamptz(3)
);
create index connectors_due on connectors (next_at) where next_at is not null;

-- The newest syncs of each, for whoever looks for what went wrong.
create table connector_runs (
  id         text primary key,
  source     text not null,
  began_at   timestamptz(3) not null,
  ended_at   timestamptz(3) not null,
  outcome    text not null check (outcome in ('complete', 'partial', 'failed')),
  pages      integer not null,
  records    integer not null,
  changed    integer not null,
  unreadable integer not null,
  problem    text
);
create index connector_runs_list on connector_runs (source, began_at desc, id desc);

-- Agents that enrolled here and report under a key of ours, of which the hash is kept.
create table agents (
  id              text primary key,
  source          text not null,
  key_hash        bytea not null unique,
  host_identifier text not null,
  -- What its adapter keeps between two reports.
  memory          jsonb not null default '{}',
  enrolled_at     timestamptz(3) not null,
  last_seen_at    timestamptz(3) not null,
  -- It enrolled anew, or its key was taken from it: what comes under it is refused.
  invalidated_at  timestamptz(3)
);
create index agents_host on agents (source, host_identifier, enrolled_at);

alter table devices
  -- How far its newest check-in proves that it is the one issued; null: none yet.
  add column proof       text,
  -- This record proved to be another's; its id stays an alias of that one.
  add column merged_into text references devices (id);
-- The device list by proof; null are those that never reported.
create index devices_proof on devices (proof, id) where withdrawn_at is null;
create index devices_merged on devices (merged_into) where merged_into is not null;

-- Whose name it was before that record was merged with the device: it goes back there if they are taken apart.
alter table device_aliases add column merged_from text references devices (id);
create index device_aliases_device on device_aliases (device_id);

-- By what each source's reports were last known to be of a device.
create table device_matches (
  device_id        text not null references devices (id),
  source           text not null,
  matched_by       text not null,
  source_device_id text,
  matched_at       timestamptz(3) not null,
  primary key (device_id, source)
);

-- How many devices of a source tell one id.
create index device_matches_id on device_matches (source, source_device_id) where source_device_id is not null;

-- A match that somebody found wrong: this name of this source never leads to that device again.
create table match_refusals (
  source     text not null,
  alias      text not null,
  device_id  text not null references devices (id),
  refused_at timestamptz(3) not null,
  primary key (source, alias, device_id)
);

-- What does not match between our records, an MDM, HR and the carrier: one row per device, field and source while it lasts.
create table mismatches (
  id           text primary key,
  device_id    text not null references devices (id),
  person_id    text,
  field        text not null,
  source       text not null,
  -- Per side (ours, mdm, hr, carrier): {"value", "at", "label"}; erasure empties what names somebody.
  sides        jsonb not null,
  opened_at    timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  status       text not null default 'open' check (status in ('open', 'settled', 'gone')),
  decision     text check (decision in ('ours', 'theirs', 'neither', 'explained')),
  note_id      text,
  settled_at   timestamptz(3),
  settled_by   text
);
create unique index mismatches_one on mismatches (device_id, field, source) where status = 'open';
create index mismatches_list on mismatches (opened_at desc, id desc) where status = 'open';
create index mismatches_device on mismatches (device_id);
create index mismatches_person on mismatches (person_id) where person_id is not null;

-- Where each device was last, out of the ledger: the map and the device list count by it. No reference to devices, so
-- that following the ledger never waits for a check-in.
create table device_places (
  device_id text primary key,
  at        timestamptz(3) not null,
  -- The event that says so.
  seq       bigint not null,
  source    text not null,
  token_id  text,
  network   text not null,
  -- Null where the address could not be placed.
  country   text,
  region    text,
  city      text,
  latitude  double precision,
  longitude double precision,
  radius_km double precision
);
-- The devices of one place.
create index device_places_place on device_places (country, region, city, device_id);
create index device_places_token on device_places (token_id) where token_id is not null;

-- Where everybody lives, in the order in which the newest of each is taken: who is away from home, on the map.
create index address_versions_home on address_versions (person_id, valid_from desc, id desc) include (country)
  where use = 'home' and withdrawn_at is null and refused_at is null;

-- On which day (UTC) each source saw a device last; source '' is whichever did. Presence has it to the minute, and goes by retention.
create table device_seen (
  device_id text not null,
  source    text not null,
  seen_on   date not null,
  primary key (device_id, source)
);
-- The device list by silence.
create index device_seen_list on device_seen (source, seen_on, device_id);

-- What rules ask of a source: since when it failed.
create index ledger_connector on ledger ((payload->>'source'), seq) where kind in ('connector.failing', 'connector.recovered');
