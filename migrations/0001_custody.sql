-- The ledger, and the tables that hold what the ledger refers to.

create table ledger (
  seq         bigint primary key check (seq > 0),
  kind        text not null,
  device_id   text,
  person_id   text,
  shipment_id text,
  case_id     text,
  occurred_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  actor       jsonb not null,
  payload     jsonb,
  salt        bytea,
  commitment  bytea not null,
  prev_hash   bytea not null,
  hash        bytea not null,
  check ((payload is null) = (salt is null))
);
-- A device's, person's, shipment's or case's own chain, in order: dossiers, timelines, refolds.
create index ledger_device on ledger (device_id, seq) where device_id is not null;
create index ledger_person on ledger (person_id, seq) where person_id is not null;
create index ledger_shipment on ledger (shipment_id, seq) where shipment_id is not null;
create index ledger_case on ledger (case_id, seq) where case_id is not null;
-- The latest seal of a day; what is distrusted or declared for everybody, in every dossier.
create index ledger_rare on ledger (kind, seq) where kind in ('presence.sealed', 'token.distrusted', 'declaration.made', 'declaration.ended');

create function ledger_refuse() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('telltale.erasing', true) = 'on'
     and new.payload is null and new.salt is null
     and (new.seq, new.kind, new.occurred_at, new.recorded_at, new.actor, new.commitment, new.prev_hash, new.hash)
         is not distinct from (old.seq, old.kind, old.occurred_at, old.recorded_at, old.actor, old.commitment, old.prev_hash, old.hash)
     and (new.device_id, new.person_id, new.shipment_id, new.case_id)
         is not distinct from (old.device_id, old.person_id, old.shipment_id, old.case_id) then
    return new;
  end if;
  raise exception 'the ledger is append-only: % refused', tg_op using errcode = 'restrict_violation';
end $$;
create trigger ledger_append_only before update or delete on ledger for each row execute function ledger_refuse();
create trigger ledger_no_truncate before truncate on ledger for each statement execute function ledger_refuse();

-- The only way to erase: payload and salt go, everything that the chain hashes stays.
create function ledger_erase(seqs bigint[]) returns bigint language plpgsql as $$
declare erased bigint;
begin
  perform set_config('telltale.erasing', 'on', true);
  update ledger set payload = null, salt = null where seq = any (seqs) and payload is not null;
  get diagnostics erased = row_count;
  perform set_config('telltale.erasing', 'off', true);
  return erased;
end $$;

create table checkpoints (
  seq        bigint primary key,
  hash       bytea not null,
  taken_at   timestamptz(3) not null,
  signature  bytea not null,
  public_key bytea not null
);

-- Free text that people write (reasons, comments), by reference from the ledger, so that it can be erased.
create table notes (
  id         text primary key,
  text       text,
  written_at timestamptz(3) not null,
  case_id    text
);

create table people (
  id            text primary key,
  external_id   text,
  name          text,
  email         text,
  phone         text,
  kind          text not null default 'employee' check (kind in ('employee', 'contractor')),
  manager_email text,
  starts_on     date,
  leaves_on     date,
  notes         jsonb not null default '{}',
  created_at    timestamptz(3) not null,
  withdrawn_at  timestamptz(3),
  erased_at     timestamptz(3)
);
create unique index people_external_id on people (external_id) where withdrawn_at is null and external_id is not null;
create unique index people_email on people (lower(email)) where withdrawn_at is null and email is not null;
-- Search by the beginning of an e-mail, whatever the database's collation.
create index people_email_prefix on people (lower(email) text_pattern_ops) where withdrawn_at is null;
-- The people page, by name, by keyset.
create index people_by_name on people (lower(name), id) where withdrawn_at is null;

create table address_versions (
  id                 text primary key,
  person_id          text references people (id),
  use                text not null check (use in ('home', 'identity', 'ship_to')),
  line1              text,
  line2              text,
  city               text,
  region             text,
  postal_code        text,
  country            text,
  valid_from         timestamptz(3) not null,
  recorded_at        timestamptz(3) not null,
  source             text not null,
  author             jsonb not null,
  approved_at        timestamptz(3),
  approved_by        jsonb,
  refused_at         timestamptz(3),
  door_key           text,
  building_key       text,
  normaliser_version int not null,
  latitude           double precision,
  longitude          double precision,
  radius_km          double precision,
  class              jsonb not null,
  withdrawn_at       timestamptz(3)
);
create index address_versions_person on address_versions (person_id, valid_from);
create index address_versions_door on address_versions (door_key) where door_key is not null;
create index address_versions_building on address_versions (building_key) where building_key is not null;

create table devices (
  id               text primary key,
  serial_number    text,
  asset_tag        text,
  manufacturer     text,
  model            text,
  hardware_uuid    text,
  purchased_on     date,
  -- False while the device is only known from a check-in or a shipment; adopted when an import names it.
  known            boolean not null,
  hostname         text,
  platform         text,
  notes            jsonb not null default '{}',
  -- The fold of the device's chain (custody/state.ts), for lists and search; never written elsewhere.
  life_cycle       text not null default 'stock',
  holder_kind      text not null default 'stockroom',
  holder_id        text,
  assignee_id      text,
  state            jsonb not null default '{}',
  created_at       timestamptz(3) not null,
  withdrawn_at     timestamptz(3)
);
create unique index devices_serial on devices (serial_number) where withdrawn_at is null and serial_number is not null;
-- Search by the beginning of a serial number, whatever the database's collation.
create index devices_serial_prefix on devices (serial_number text_pattern_ops) where withdrawn_at is null;
create index devices_uuid on devices (hardware_uuid) where withdrawn_at is null and hardware_uuid is not null;
create index devices_asset_tag on devices (lower(asset_tag)) where withdrawn_at is null and asset_tag is not null;
create index devices_assignee on devices (assignee_id) where withdrawn_at is null;
create index devices_holder on devices (holder_id) where withdrawn_at is null;
create index devices_list on devices (life_cycle, id) where withdrawn_at is null;

-- Other names of a device: a source's own id, a serial it had before a board swap, a merged record.
create table device_aliases (
  source    text not null,
  alias     text not null,
  device_id text not null references devices (id),
  primary key (source, alias)
);

create table shipments (
  id                 text primary key,
  reference          text,
  direction          text not null check (direction in ('out', 'return')),
  carrier            text,
  tracking_code      text,
  tracker_id         text,
  person_id          text references people (id),
  -- Kept until that person appears, then tied and emptied.
  pending_email      text,
  address_version_id text references address_versions (id),
  addressee          text,
  ordered_at         timestamptz(3) not null,
  prepared_by        jsonb not null,
  destination        jsonb,
  signed_by          text,
  notes              jsonb not null default '{}',
  held_at            timestamptz(3),
  -- The fold of the shipment's chain.
  status             text not null default 'ordered',
  shipped_at         timestamptz(3),
  first_scan_at      timestamptz(3),
  delivered_at       timestamptz(3),
  state              jsonb not null default '{}',
  created_at         timestamptz(3) not null,
  withdrawn_at       timestamptz(3)
);
create unique index shipments_reference on shipments (reference) where withdrawn_at is null and reference is not null;
create index shipments_tracking on shipments (upper(tracking_code)) where withdrawn_at is null and tracking_code is not null;
create index shipments_person on shipments (person_id) where person_id is not null;
create index shipments_pending on shipments (lower(pending_email)) where pending_email is not null;
create index shipments_list on shipments (ordered_at desc, id desc) where withdrawn_at is null;
-- The counts beside the navigation.
create index shipments_open on shipments (status) where withdrawn_at is null and status <> 'delivered';
create index shipments_held on shipments (held_at) where held_at is not null;
-- Search by the beginning of a tracking number, whatever the database's collation.
create index shipments_tracking_prefix on shipments (upper(tracking_code) text_pattern_ops) where withdrawn_at is null;

create table shipment_devices (
  shipment_id text not null references shipments (id),
  device_id   text not null references devices (id),
  primary key (shipment_id, device_id)
);
create index shipment_devices_device on shipment_devices (device_id);

-- The carrier's own words of each scan; the ledger holds our reading and a digest of these.
create table scans (
  id          text primary key,
  shipment_id text not null references shipments (id),
  scan_key    text not null,
  at          timestamptz(3) not null,
  message     text,
  postal_code text,
  carrier     text not null,
  salt        bytea not null,
  unique (shipment_id, scan_key)
);

create table declarations (
  id              text primary key,
  kind            text not null check (kind in ('household', 'travel', 'second_home', 'office', 'network_exit', 'tool', 'repair', 'migration', 'delegate')),
  person_id       text references people (id),
  other_person_id text references people (id),
  value           text,
  starts_on       date not null,
  ends_on         date,
  reason          text,
  author          jsonb not null,
  made_at         timestamptz(3) not null,
  ended_at        timestamptz(3),
  used            int not null default 0
);
create index declarations_person on declarations (person_id) where ended_at is null;

-- Current value of each facet, per device and source; history is in the ledger.
create table facets (
  device_id text not null references devices (id),
  source    text not null,
  facet     text not null,
  hash      bytea not null,
  content   jsonb not null,
  -- Names and addresses of people that came with it; erasure empties this.
  private   jsonb,
  at        timestamptz(3) not null,
  proof     text not null,
  seq       bigint not null,
  primary key (device_id, source, facet)
);

-- When a device was seen: one row per device, source and day (UTC). `slots` has a bit for each ten minutes, so that
-- a repeated check-in counts once and the row never grows.
create table presence (
  device_id text not null references devices (id),
  source    text not null,
  day       date not null,
  first_at  timestamptz(3) not null,
  last_at   timestamptz(3) not null,
  slots     bit(144) not null,
  proof     text not null,
  booted_at timestamptz(3),
  -- The seal that covers this row as it stands; null when it changed since.
  sealed    bigint,
  primary key (device_id, source, day)
) with (fillfactor = 80);
create index presence_unsealed on presence (day) where sealed is null;
-- A whole day at a time, in the order of its digest: seals and their verification.
create index presence_day on presence (day, device_id, source);

create table inbox (
  id              text primary key,
  source          text not null,
  delivery_key    text,
  digest          bytea not null,
  received_at     timestamptz(3) not null,
  body            bytea,
  token_id        text,
  -- waiting → read | failed (kept, retried a bounded number of times) | set aside (readable, but about nothing we know)
  status          text not null default 'waiting' check (status in ('waiting', 'read', 'failed', 'set aside')),
  reason          text,
  about           text,
  attempts        int not null default 0,
  next_attempt_at timestamptz(3),
  read_at         timestamptz(3)
);
create unique index inbox_delivery on inbox (source, delivery_key) where delivery_key is not null;
create index inbox_digest on inbox (digest, received_at);
create index inbox_todo on inbox (next_attempt_at) where next_attempt_at is not null;
create index inbox_kept on inbox (received_at desc, id desc) where status in ('failed', 'set aside');
create index inbox_about on inbox (about) where status = 'set aside';

create table imports (
  id         text primary key,
  what       text not null,
  file_name  text,
  actor      jsonb not null,
  applied_at timestamptz(3) not null,
  created    int not null,
  updated    int not null,
  unchanged  int not null,
  rejected   jsonb not null default '[]',
  undone_at  timestamptz(3)
);
-- What a batch did to each thing, for its undo: the ledger's last word on the thing right after the batch.
create table import_changes (
  import_id text not null references imports (id),
  line      int not null,
  entity    text not null check (entity in ('person', 'device', 'shipment', 'declaration')),
  entity_id text not null,
  action    text not null check (action in ('create', 'update')),
  before    jsonb,
  last_seq  bigint not null,
  primary key (import_id, line)
);

create table settings (
  key   text primary key,
  value jsonb not null
);
