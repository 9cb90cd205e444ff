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
  alerted_at      timestamptz(3)
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
create index agents_host on agents (source, host_identifier) where invalidated_at is null;

alter table devices
  -- How far its newest check-in proves that it is the one issued; null: none yet.
  add column proof       text,
  -- This record proved to be another's; its id stays an alias of that one.
  add column merged_into text references devices (id);
create index devices_proof on devices (proof, id) where withdrawn_at is null and proof is not null;
create index devices_merged on devices (merged_into) where merged_into is not null;

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

-- What rules ask of a source: since when it failed.
create index ledger_connector on ledger ((payload->>'source'), seq) where kind in ('connector.failing', 'connector.recovered');
