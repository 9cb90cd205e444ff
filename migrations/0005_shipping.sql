-- Shipping for real: labels, delivery policies, wordings, hand-overs, returns, and what the pages set.

-- What a carrier's service says of the address, the newest verdict; its suggestion is a street, so erasure empties both.
alter table address_versions
  add column verification jsonb,
  add column verified_at  timestamptz(3);
-- What waits for somebody to approve or refuse it, newest first.
create index address_versions_waiting on address_versions (recorded_at desc, id desc)
  where approved_at is null and refused_at is null and withdrawn_at is null and line1 is not null and use <> 'identity'
    and person_id is not null;

-- Where returns go is a stockroom's address and nobody's home; whose laptops they brought back is judged again without it.
with gone as (
  update address_versions set person_id = null
  where use = 'ship_to' and source = 'shipment' and id in (
    select address_version_id from shipments where address_version_id is not null
    group by address_version_id having bool_and(direction = 'return'))
  returning id)
insert into watch (device_id, look_again_at)
select distinct sd.device_id, (select recorded_at from ledger order by seq desc limit 1)
from gone join shipments s on s.address_version_id = gone.id join shipment_devices sd on sd.shipment_id = s.id
on conflict (device_id) do update set look_again_at = excluded.look_again_at;

alter table shipments
  -- The delivery policy in force when it was prepared, kept with it.
  add column policy        jsonb,
  -- When its carrier was last heard of it, and when to ask if nothing comes.
  add column tracked_at    timestamptz(3),
  -- When the carrier reported who signed: an older report takes nothing back.
  add column signed_reported_at timestamptz(3),
  add column next_track_at timestamptz(3),
  add column track_error   text;
create index shipments_next_track on shipments (next_track_at) where next_track_at is not null;
-- Parcels under way that nobody has set a time for yet.
create index shipments_to_track on shipments (ordered_at)
  where tracking_code is not null and next_track_at is null and withdrawn_at is null and status not in ('delivered', 'returned');
-- What waits for the carrier's first scan, newest order first.
create index shipments_unscanned on shipments (ordered_at desc, id desc)
  where withdrawn_at is null and first_scan_at is null and status in ('ordered', 'packed', 'shipped');
-- What was changed on its way.
create index ledger_delivery_change on ledger (shipment_id)
  where kind = 'shipment.scanned' and payload->'reading'->>'is' in ('delivery change', 'forwarded', 'address corrected');
-- The next to read: what came at one moment is taken by id, without sorting all of it for each.
drop index inbox_todo;
create index inbox_todo on inbox (next_attempt_at, id) where next_attempt_at is not null;
-- How much could not be read.
create index inbox_failed on inbox (id) where status = 'failed';
create index shipments_tracker on shipments (tracker_id) where tracker_id is not null;

-- One row per shipment made at the provider: its rates cost nothing, and at most one of a parcel is bought.
-- quoted → buying → bought → refund asked → refunded | refund refused; or given up.
create table labels (
  id            text primary key,
  shipment_id   text not null references shipments (id),
  provider      text not null,
  -- Null while the question is under way.
  external_id   text,
  state         text not null check (state in ('quoting', 'quoted', 'buying', 'bought', 'refund asked', 'refunded', 'refund refused', 'given up')),
  address_version_id text references address_versions (id),
  options       jsonb not null default '{}',
  rates         jsonb not null default '[]',
  rate_id       text,
  carrier       text,
  service       text,
  amount        numeric(12, 2),
  currency      text,
  tracking_code text,
  tracker_id    text,
  label_url     text,
  asked_by      jsonb not null,
  asked_at      timestamptz(3) not null,
  buying_since  timestamptz(3),
  bought_by     jsonb,
  bought_at     timestamptz(3),
  printed_at    timestamptz(3),
  -- When its voiding was asked for.
  voiding_since timestamptz(3),
  -- When the provider took it back; until it is, it can still be used.
  voided_at     timestamptz(3),
  -- When to ask the provider what became of it.
  next_look_at  timestamptz(3),
  error         text
);
create index labels_shipment on labels (shipment_id, asked_at);
create unique index labels_external on labels (provider, external_id) where external_id is not null;
-- One purchase at a time, and one label in force, per parcel; one that was voided makes room for the next.
create unique index labels_one_in_force on labels (shipment_id) where state in ('buying', 'bought');
create index labels_unsettled on labels (next_look_at) where next_look_at is not null;

create table delivery_policies (
  id         text primary key,
  tier       text not null check (tier in ('standard', 'elevated', 'high')),
  -- Null: every country without one of its own.
  country    text,
  version    int not null,
  policy     jsonb not null,
  set_by     jsonb not null,
  set_at     timestamptz(3) not null,
  retired_at timestamptz(3)
);
-- Why a policy was set.
create index ledger_policy on ledger (seq) where kind = 'policy.set';
create unique index delivery_policies_current on delivery_policies (tier, coalesce(country, '')) where retired_at is null;

-- What only a person can do about a parcel: call the carrier, look for it.
create table shipment_tasks (
  id          text primary key,
  shipment_id text not null references shipments (id),
  key         text not null,
  task        text not null,
  added_at    timestamptz(3) not null,
  -- When the carrier's provider was asked to do it for us, whatever it said.
  asked_at    timestamptz(3),
  done_at     timestamptz(3),
  done_by     jsonb,
  unique (shipment_id, key)
);
create index shipment_tasks_open on shipment_tasks (added_at) where done_at is null;

-- Carriers' wording that no row of our tables knows, until an analyst says what it means.
create table wordings (
  id            text primary key,
  carrier       text not null,
  wording       text not null,
  status        text not null,
  seen          int not null default 0,
  first_at      timestamptz(3) not null,
  last_at       timestamptz(3) not null,
  reading       jsonb,
  classified_by jsonb,
  classified_at timestamptz(3),
  -- When the last of its old scans was read again; null while some are not.
  reread_at     timestamptz(3),
  unique (carrier, wording)
);
create index wordings_open on wordings (seen desc, id) where reading is null;
create index wordings_unread on wordings (id) where reading is not null and reread_at is null;
-- What was said of a wording, and by whom.
create index ledger_wording on ledger ((payload->>'wordingId'), seq) where kind = 'wording.classified';
alter table scans
  add column wording_id text references wordings (id),
  -- Whether the provider said the same when asked.
  add column confirmed_at timestamptz(3);
-- The scans of a wording, in batches by id and the newest of them.
create index scans_wording on scans (wording_id, id) where wording_id is not null;
-- All that was declared of somebody, ended or not: a dossier reads it as of its time, and a signer is compared with it.
drop index declarations_person;
create index declarations_person on declarations (person_id);
create index declarations_beside on declarations (other_person_id) where other_person_id is not null;
-- The scans of one signer, whoever's parcels they were.
create index ledger_signer on ledger ((payload->>'signer')) where kind = 'shipment.signed';

create table terms (
  id       text primary key,
  kind     text not null check (kind in ('issue', 'return')),
  version  int not null,
  title    text not null,
  body     text not null,
  hash     bytea not null,
  set_by   jsonb not null,
  set_at   timestamptz(3) not null,
  unique (kind, version)
);

-- A hand-over of one or more devices from one holder to the next, with its proof.
create table handovers (
  id                 text primary key,
  kind               text not null check (kind in ('delivery', 'counter', 'return', 'transfer', 'read-back')),
  person_id          text not null references people (id),
  from_person_id     text references people (id),
  shipment_id        text references shipments (id),
  case_id            text references cases (id),
  terms_id           text references terms (id),
  status             text not null check (status in ('open', 'answered', 'withdrawn')),
  address_version_id text references address_versions (id),
  address_answer     text check (address_answer in ('confirmed', 'other')),
  address_answered_at timestamptz(3),
  proposed_address_id text references address_versions (id),
  signed_how         text check (signed_how in ('typed', 'drawn')),
  signed_name        text,
  signature          bytea,
  signed_at          timestamptz(3),
  signed_from        text,
  -- Who operated the screen, at the counter.
  operator           jsonb,
  created_by         jsonb not null,
  created_at         timestamptz(3) not null,
  closed_at          timestamptz(3)
);
create index handovers_person on handovers (person_id);
create index handovers_shipment on handovers (shipment_id) where shipment_id is not null;
create index handovers_open on handovers (created_at, id) where status = 'open';
-- The others, newest first.
create index handovers_list on handovers (created_at desc, id desc);
-- Who saw the link by which an address was proposed.
create index handovers_proposed on handovers (proposed_address_id) where proposed_address_id is not null;

create table handover_items (
  handover_id text not null references handovers (id),
  device_id   text not null references devices (id),
  answer      text check (answer in ('accepted', 'declined')),
  reason      text check (reason in ('not received', 'damaged', 'wrong device', 'other')),
  note_id     text,
  answered_at timestamptz(3),
  -- The last four of the serial, read from the laptop.
  read_back   text check (read_back in ('same', 'different', 'cannot')),
  read_back_at timestamptz(3),
  attempts    int not null default 0,
  -- When somebody said what came of an answer that needs a look.
  dealt_at    timestamptz(3),
  primary key (handover_id, device_id)
);
create index handover_items_device on handover_items (device_id);
-- What was declined, or is another laptop, until somebody has dealt with it: the list of hand-overs, and its count.
create index handover_items_unsettled on handover_items (handover_id)
  where dealt_at is null and (answer = 'declined' or read_back = 'different');

-- One-time links to a hand-over; only their hashes are kept.
create table handover_links (
  id           text primary key,
  hash         bytea not null unique,
  handover_id  text not null references handovers (id),
  purpose      text not null check (purpose in ('address', 'acceptance', 'read-back')),
  created_by   jsonb not null,
  created_at   timestamptz(3) not null,
  expires_at   timestamptz(3) not null,
  sent_at      timestamptz(3),
  send_error   text,
  -- Shown to its maker instead of mailed: then it proves nothing of a mailbox.
  by_hand      boolean not null,
  -- Wrong answers to what it asks.
  attempts     int not null default 0,
  spent_at     timestamptz(3),
  withdrawn_at timestamptz(3)
);
create index handover_links_handover on handover_links (handover_id);

create table returns (
  id               text primary key,
  device_id        text not null references devices (id),
  person_id        text references people (id),
  reason           text not null check (reason in ('leaving', 'exchange', 'repair', 'asked')),
  opened_by        jsonb not null,
  opened_at        timestamptz(3) not null,
  due_on           date not null,
  -- The leaving date that it follows; null where it follows none.
  leaves_on        date,
  shipment_id      text references shipments (id),
  reminders        int not null default 0,
  next_reminder_at timestamptz(3),
  received_at      timestamptz(3),
  received_by      jsonb,
  serial_read      text check (serial_read in ('same', 'different', 'unread')),
  -- What was read instead of the serial number expected.
  other_serial     text,
  person_acknowledged_at timestamptz(3),
  stock_acknowledged_at  timestamptz(3),
  outcome          text check (outcome in ('stock', 'repair', 'quarantine', 'disposed', 'kept', 'lost', 'withdrawn')),
  closed_by        jsonb,
  closed_at        timestamptz(3)
);
create unique index returns_open on returns (device_id) where closed_at is null;
create index returns_device on returns (device_id, opened_at desc);
create index returns_person on returns (person_id) where person_id is not null;
create index returns_due on returns (due_on, id) where closed_at is null;
-- The closed ones too.
create index returns_list on returns (due_on, id);
create index returns_reminder on returns (next_reminder_at) where closed_at is null and next_reminder_at is not null;
-- Who leaves next.
create index people_leaving on people (leaves_on) where leaves_on is not null and withdrawn_at is null and erased_at is null;

-- Secrets that came by a page, encrypted with a key that is not in the database.
create table secrets (
  name       text primary key,
  nonce      bytea not null,
  ciphertext bytea not null,
  set_by     jsonb not null,
  set_at     timestamptz(3) not null
);
