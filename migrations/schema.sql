create sequence public.case_numbers as bigint start 1 increment 1;

CREATE OR REPLACE FUNCTION public.ledger_erase(seqs bigint[])
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare erased bigint;
begin
  perform set_config('telltale.erasing', 'on', true);
  update ledger set payload = null, salt = null where seq = any (seqs) and payload is not null;
  get diagnostics erased = row_count;
  perform set_config('telltale.erasing', 'off', true);
  return erased;
end $function$
;

CREATE OR REPLACE FUNCTION public.ledger_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

create table auth.account (
  id text not null,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamp with time zone,
  "refreshTokenExpiresAt" timestamp with time zone,
  scope text,
  password text,
  "createdAt" timestamp with time zone default CURRENT_TIMESTAMP not null,
  "updatedAt" timestamp with time zone not null,
  constraint "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE,
  constraint account_pkey PRIMARY KEY (id)
);
CREATE INDEX "account_userId_idx" ON auth.account USING btree ("userId");

create table auth.session (
  id text not null,
  "expiresAt" timestamp with time zone not null,
  token text not null,
  "createdAt" timestamp with time zone default CURRENT_TIMESTAMP not null,
  "updatedAt" timestamp with time zone not null,
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null,
  "impersonatedBy" text,
  constraint "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE,
  constraint session_pkey PRIMARY KEY (id),
  constraint session_token_key UNIQUE (token)
);
CREATE INDEX "session_userId_idx" ON auth.session USING btree ("userId");

create table auth."twoFactor" (
  id text not null,
  secret text not null,
  "backupCodes" text not null,
  "userId" text not null,
  verified boolean,
  "failedVerificationCount" integer,
  "lockedUntil" timestamp with time zone,
  constraint "twoFactor_pkey" PRIMARY KEY (id),
  constraint "twoFactor_userId_fkey" FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
);
CREATE INDEX "twoFactor_secret_idx" ON auth."twoFactor" USING btree (secret);
CREATE INDEX "twoFactor_userId_idx" ON auth."twoFactor" USING btree ("userId");

create table auth."user" (
  id text not null,
  name text not null,
  email text not null,
  "emailVerified" boolean not null,
  image text,
  "createdAt" timestamp with time zone default CURRENT_TIMESTAMP not null,
  "updatedAt" timestamp with time zone default CURRENT_TIMESTAMP not null,
  role text,
  banned boolean,
  "banReason" text,
  "banExpires" timestamp with time zone,
  "twoFactorEnabled" boolean,
  constraint user_email_key UNIQUE (email),
  constraint user_pkey PRIMARY KEY (id)
);

create table auth.verification (
  id text not null,
  identifier text not null,
  value text not null,
  "expiresAt" timestamp with time zone not null,
  "createdAt" timestamp with time zone default CURRENT_TIMESTAMP not null,
  "updatedAt" timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint verification_pkey PRIMARY KEY (id)
);
CREATE INDEX verification_identifier_idx ON auth.verification USING btree (identifier);

create table public.address_versions (
  id text not null,
  person_id text,
  use text not null,
  line1 text,
  line2 text,
  city text,
  region text,
  postal_code text,
  country text,
  valid_from timestamp(3) with time zone not null,
  recorded_at timestamp(3) with time zone not null,
  source text not null,
  author jsonb not null,
  approved_at timestamp(3) with time zone,
  approved_by jsonb,
  refused_at timestamp(3) with time zone,
  door_key text,
  building_key text,
  normaliser_version integer not null,
  latitude double precision,
  longitude double precision,
  radius_km double precision,
  class jsonb not null,
  withdrawn_at timestamp(3) with time zone,
  verification jsonb,
  verified_at timestamp(3) with time zone,
  first_class jsonb,
  linked_door_key text,
  linked_building_key text,
  site_hints text[],
  constraint address_versions_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint address_versions_pkey PRIMARY KEY (id),
  constraint address_versions_use_check CHECK ((use = ANY (ARRAY['home'::text, 'identity'::text, 'ship_to'::text])))
);
CREATE INDEX address_versions_building ON public.address_versions USING btree (building_key) WHERE (building_key IS NOT NULL);
CREATE INDEX address_versions_door ON public.address_versions USING btree (door_key) WHERE (door_key IS NOT NULL);
CREATE INDEX address_versions_home ON public.address_versions USING btree (person_id, valid_from DESC, id DESC) INCLUDE (country) WHERE ((use = 'home'::text) AND (withdrawn_at IS NULL) AND (refused_at IS NULL));
CREATE INDEX address_versions_known_place ON public.address_versions USING btree (((class ->> 'placeId'::text))) WHERE ((class ->> 'placeId'::text) IS NOT NULL);
CREATE INDEX address_versions_person ON public.address_versions USING btree (person_id, valid_from);
CREATE INDEX address_versions_site_hints ON public.address_versions USING gin (site_hints);
CREATE INDEX address_versions_waiting ON public.address_versions USING btree (recorded_at DESC, id DESC) WHERE ((approved_at IS NULL) AND (refused_at IS NULL) AND (withdrawn_at IS NULL) AND (line1 IS NOT NULL) AND (use <> 'identity'::text) AND (person_id IS NOT NULL));

create table public.agents (
  id text not null,
  source text not null,
  key_hash bytea not null,
  host_identifier text not null,
  memory jsonb default '{}'::jsonb not null,
  enrolled_at timestamp(3) with time zone not null,
  last_seen_at timestamp(3) with time zone not null,
  invalidated_at timestamp(3) with time zone,
  constraint agents_key_hash_key UNIQUE (key_hash),
  constraint agents_pkey PRIMARY KEY (id)
);
CREATE INDEX agents_host ON public.agents USING btree (source, host_identifier, enrolled_at);

create table public.approvals (
  id text not null,
  what text not null,
  value text not null,
  people jsonb,
  ends_on date,
  status text not null,
  asked_by jsonb not null,
  asked_at timestamp(3) with time zone not null,
  note_id text,
  counted jsonb,
  decided_by jsonb,
  decided_at timestamp(3) with time zone,
  decision_note_id text,
  alone boolean,
  ended_at timestamp(3) with time zone,
  constraint approvals_check CHECK (((status = 'asked'::text) = (decided_at IS NULL))),
  constraint approvals_check1 CHECK (((what = 'entry_off'::text) OR (ends_on IS NOT NULL))),
  constraint approvals_decision_note_id_fkey FOREIGN KEY (decision_note_id) REFERENCES notes(id),
  constraint approvals_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes(id),
  constraint approvals_pkey PRIMARY KEY (id),
  constraint approvals_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'granted'::text, 'refused'::text, 'ended'::text]))),
  constraint approvals_what_check CHECK ((what = ANY (ARRAY['tool'::text, 'publisher'::text, 'network_exit'::text, 'entry_off'::text])))
);
CREATE INDEX approvals_list ON public.approvals USING btree (asked_at DESC, id DESC);
CREATE UNIQUE INDEX approvals_open ON public.approvals USING btree (what, value, COALESCE((people)::text, ''::text)) WHERE (status = ANY (ARRAY['asked'::text, 'granted'::text]));

create table public.case_checks (
  case_id text not null,
  item text not null,
  answer text not null,
  answered_at timestamp(3) with time zone not null,
  answered_by text not null,
  reference text,
  waiting_on text,
  note_id text,
  acknowledged_at timestamp(3) with time zone,
  acknowledged_by text,
  constraint case_checks_answer_check CHECK ((answer = ANY (ARRAY['done'::text, 'not needed'::text, 'waiting'::text]))),
  constraint case_checks_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint case_checks_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes(id),
  constraint case_checks_pkey PRIMARY KEY (case_id, item)
);

create table public.case_tasks (
  id text not null,
  case_id text not null,
  task text not null,
  key text not null,
  added_at timestamp(3) with time zone not null,
  done_at timestamp(3) with time zone,
  done_by jsonb,
  constraint case_tasks_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint case_tasks_case_id_key_key UNIQUE (case_id, key),
  constraint case_tasks_pkey PRIMARY KEY (id)
);

create table public.case_viewers (
  case_id text not null,
  user_id text not null,
  seen_at timestamp(3) with time zone not null,
  constraint case_viewers_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint case_viewers_pkey PRIMARY KEY (case_id, user_id)
);

create table public.cases (
  id text not null,
  number bigint not null,
  subject_kind text not null,
  subject_id text not null,
  title text not null,
  status text not null,
  severity text not null,
  score double precision not null,
  parts jsonb default '[]'::jsonb not null,
  assignee_id text,
  waiting_on text,
  snoozed_until timestamp(3) with time zone,
  opened_at timestamp(3) with time zone not null,
  due_at timestamp(3) with time zone,
  closed_at timestamp(3) with time zone,
  outcome text,
  told jsonb,
  part_of text,
  escalated_at timestamp(3) with time zone,
  due_paused_at timestamp(3) with time zone,
  claimed_by text,
  claimed_until timestamp(3) with time zone,
  split_from text,
  constraint cases_check CHECK (((status = 'closed'::text) = (closed_at IS NOT NULL))),
  constraint cases_number_key UNIQUE (number),
  constraint cases_outcome_check CHECK ((outcome = ANY (ARRAY['benign'::text, 'policy_breach'::text, 'confirmed'::text, 'cannot_tell'::text]))),
  constraint cases_part_of_fkey FOREIGN KEY (part_of) REFERENCES cases(id),
  constraint cases_pkey PRIMARY KEY (id),
  constraint cases_severity_check CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint cases_split_from_fkey FOREIGN KEY (split_from) REFERENCES cases(id),
  constraint cases_status_check CHECK ((status = ANY (ARRAY['new'::text, 'investigating'::text, 'waiting'::text, 'snoozed'::text, 'closed'::text]))),
  constraint cases_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['person'::text, 'device'::text, 'site'::text])))
);
CREATE INDEX cases_all ON public.cases USING btree (opened_at DESC, id DESC);
CREATE UNIQUE INDEX cases_open_subject ON public.cases USING btree (subject_kind, subject_id) WHERE (status <> 'closed'::text);
CREATE INDEX cases_part_of ON public.cases USING btree (part_of) WHERE (part_of IS NOT NULL);
CREATE INDEX cases_queue ON public.cases USING btree (severity, opened_at DESC, id) WHERE (status <> 'closed'::text);

create table public.catalog_entries (
  id text not null,
  origin text not null,
  tool jsonb not null,
  set_by jsonb not null,
  set_at timestamp(3) with time zone not null,
  constraint catalog_entries_pkey PRIMARY KEY (id)
);

create table public.checkpoints (
  seq bigint not null,
  hash bytea not null,
  taken_at timestamp(3) with time zone not null,
  signature bytea not null,
  public_key bytea not null,
  constraint checkpoints_pkey PRIMARY KEY (seq)
);

create table public.connector_runs (
  id text not null,
  source text not null,
  began_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone not null,
  outcome text not null,
  pages integer not null,
  records integer not null,
  changed integer not null,
  unreadable integer not null,
  problem text,
  constraint connector_runs_outcome_check CHECK ((outcome = ANY (ARRAY['complete'::text, 'partial'::text, 'failed'::text]))),
  constraint connector_runs_pkey PRIMARY KEY (id)
);
CREATE INDEX connector_runs_list ON public.connector_runs USING btree (source, began_at DESC, id DESC);

create table public.connectors (
  source text not null,
  cursor jsonb,
  started_at timestamp(3) with time zone,
  last_success_at timestamp(3) with time zone,
  last_began_at timestamp(3) with time zone,
  next_at timestamp(3) with time zone,
  failures integer default 0 not null,
  failing_since timestamp(3) with time zone,
  problem text,
  failing_why text,
  alerted_at timestamp(3) with time zone,
  heard_at timestamp(3) with time zone,
  constraint connectors_pkey PRIMARY KEY (source)
);
CREATE INDEX connectors_due ON public.connectors USING btree (next_at) WHERE (next_at IS NOT NULL);

create table public.cursors (
  name text not null,
  seq bigint not null,
  constraint cursors_pkey PRIMARY KEY (name)
);

create table public.declarations (
  id text not null,
  kind text not null,
  person_id text,
  other_person_id text,
  value text,
  starts_on date not null,
  ends_on date,
  reason text,
  author jsonb not null,
  made_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  used integer default 0 not null,
  place jsonb,
  constraint declarations_kind_check CHECK ((kind = ANY (ARRAY['household'::text, 'travel'::text, 'second_home'::text, 'office'::text, 'network_exit'::text, 'tool'::text, 'repair'::text, 'migration'::text, 'delegate'::text]))),
  constraint declarations_other_person_id_fkey FOREIGN KEY (other_person_id) REFERENCES people(id),
  constraint declarations_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint declarations_pkey PRIMARY KEY (id)
);
CREATE INDEX declarations_beside ON public.declarations USING btree (other_person_id) WHERE (other_person_id IS NOT NULL);
CREATE INDEX declarations_list ON public.declarations USING btree (starts_on DESC, id DESC);
CREATE INDEX declarations_person ON public.declarations USING btree (person_id);

create table public.delivery_policies (
  id text not null,
  tier text not null,
  country text,
  version integer not null,
  policy jsonb not null,
  set_by jsonb not null,
  set_at timestamp(3) with time zone not null,
  retired_at timestamp(3) with time zone,
  constraint delivery_policies_pkey PRIMARY KEY (id),
  constraint delivery_policies_tier_check CHECK ((tier = ANY (ARRAY['standard'::text, 'elevated'::text, 'high'::text])))
);
CREATE UNIQUE INDEX delivery_policies_current ON public.delivery_policies USING btree (tier, COALESCE(country, ''::text)) WHERE (retired_at IS NULL);

create table public.device_aliases (
  source text not null,
  alias text not null,
  device_id text not null,
  merged_from text,
  constraint device_aliases_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint device_aliases_merged_from_fkey FOREIGN KEY (merged_from) REFERENCES devices(id),
  constraint device_aliases_pkey PRIMARY KEY (source, alias)
);
CREATE INDEX device_aliases_device ON public.device_aliases USING btree (device_id);

create table public.device_matches (
  device_id text not null,
  source text not null,
  matched_by text not null,
  source_device_id text,
  matched_at timestamp(3) with time zone not null,
  constraint device_matches_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint device_matches_pkey PRIMARY KEY (device_id, source)
);
CREATE INDEX device_matches_id ON public.device_matches USING btree (source, source_device_id) WHERE (source_device_id IS NOT NULL);

create table public.device_places (
  device_id text not null,
  at timestamp(3) with time zone not null,
  seq bigint not null,
  source text not null,
  token_id text,
  network text not null,
  country text,
  region text,
  city text,
  latitude double precision,
  longitude double precision,
  radius_km double precision,
  constraint device_places_pkey PRIMARY KEY (device_id)
);
CREATE INDEX device_places_place ON public.device_places USING btree (country, region, city, device_id);
CREATE INDEX device_places_token ON public.device_places USING btree (token_id) WHERE (token_id IS NOT NULL);

create table public.device_seen (
  device_id text not null,
  source text not null,
  seen_on date not null,
  constraint device_seen_pkey PRIMARY KEY (device_id, source)
);
CREATE INDEX device_seen_list ON public.device_seen USING btree (source, seen_on, device_id);

create table public.devices (
  id text not null,
  serial_number text,
  asset_tag text,
  manufacturer text,
  model text,
  hardware_uuid text,
  purchased_on date,
  known boolean not null,
  hostname text,
  platform text,
  notes jsonb default '{}'::jsonb not null,
  life_cycle text default 'stock'::text not null,
  holder_kind text default 'stockroom'::text not null,
  holder_id text,
  assignee_id text,
  state jsonb default '{}'::jsonb not null,
  created_at timestamp(3) with time zone not null,
  withdrawn_at timestamp(3) with time zone,
  proof text,
  merged_into text,
  constraint devices_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES devices(id),
  constraint devices_pkey PRIMARY KEY (id)
);
CREATE INDEX devices_asset_tag ON public.devices USING btree (lower(asset_tag)) WHERE ((withdrawn_at IS NULL) AND (asset_tag IS NOT NULL));
CREATE INDEX devices_assignee ON public.devices USING btree (assignee_id) WHERE (withdrawn_at IS NULL);
CREATE INDEX devices_holder ON public.devices USING btree (holder_id) WHERE (withdrawn_at IS NULL);
CREATE INDEX devices_list ON public.devices USING btree (life_cycle, id) WHERE (withdrawn_at IS NULL);
CREATE INDEX devices_merged ON public.devices USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX devices_proof ON public.devices USING btree (proof, id) WHERE (withdrawn_at IS NULL);
CREATE UNIQUE INDEX devices_serial ON public.devices USING btree (serial_number) WHERE ((withdrawn_at IS NULL) AND (serial_number IS NOT NULL));
CREATE INDEX devices_serial_prefix ON public.devices USING btree (serial_number text_pattern_ops) WHERE (withdrawn_at IS NULL);
CREATE INDEX devices_uuid ON public.devices USING btree (hardware_uuid) WHERE ((withdrawn_at IS NULL) AND (hardware_uuid IS NOT NULL));

create table public.facets (
  device_id text not null,
  source text not null,
  facet text not null,
  hash bytea not null,
  content jsonb not null,
  private jsonb,
  at timestamp(3) with time zone not null,
  proof text not null,
  seq bigint not null,
  constraint facets_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint facets_pkey PRIMARY KEY (device_id, source, facet)
);

create table public.findings (
  id text not null,
  rule text not null,
  key text not null,
  device_id text not null,
  person_id text,
  case_id text,
  status text not null,
  severity text not null,
  weight double precision not null,
  exceptional boolean default false not null,
  summary text not null,
  facts jsonb not null,
  params jsonb not null,
  evidence jsonb not null,
  response text not null,
  since timestamp(3) with time zone not null,
  raised_at timestamp(3) with time zone not null,
  changed_at timestamp(3) with time zone not null,
  cleared_at timestamp(3) with time zone,
  late_data boolean default false not null,
  rule_version integer,
  suppressed_by text,
  constraint findings_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint findings_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint findings_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint findings_pkey PRIMARY KEY (id),
  constraint findings_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suppressed'::text, 'cleared'::text, 'decided'::text]))),
  constraint findings_suppressed_by_fkey FOREIGN KEY (suppressed_by) REFERENCES suppressions(id)
);
CREATE UNIQUE INDEX findings_active ON public.findings USING btree (rule, key) WHERE (status = ANY (ARRAY['active'::text, 'suppressed'::text]));
CREATE INDEX findings_case ON public.findings USING btree (case_id) WHERE (case_id IS NOT NULL);
CREATE INDEX findings_device ON public.findings USING btree (device_id);
CREATE INDEX findings_person ON public.findings USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE INDEX findings_rule ON public.findings USING btree (rule, raised_at);
CREATE INDEX findings_suppressed ON public.findings USING btree (suppressed_by) WHERE (suppressed_by IS NOT NULL);

create table public.fleet_use (
  device_id text not null,
  what text not null,
  value text not null,
  constraint fleet_use_pkey PRIMARY KEY (device_id, what, value),
  constraint fleet_use_what_check CHECK ((what = ANY (ARRAY['tool'::text, 'hardware'::text, 'network_exit'::text])))
);
CREATE INDEX fleet_use_value ON public.fleet_use USING btree (what, value);

create table public.handover_items (
  handover_id text not null,
  device_id text not null,
  answer text,
  reason text,
  note_id text,
  answered_at timestamp(3) with time zone,
  read_back text,
  read_back_at timestamp(3) with time zone,
  attempts integer default 0 not null,
  dealt_at timestamp(3) with time zone,
  constraint handover_items_answer_check CHECK ((answer = ANY (ARRAY['accepted'::text, 'declined'::text]))),
  constraint handover_items_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint handover_items_handover_id_fkey FOREIGN KEY (handover_id) REFERENCES handovers(id),
  constraint handover_items_pkey PRIMARY KEY (handover_id, device_id),
  constraint handover_items_read_back_check CHECK ((read_back = ANY (ARRAY['same'::text, 'different'::text, 'cannot'::text]))),
  constraint handover_items_reason_check CHECK ((reason = ANY (ARRAY['not received'::text, 'damaged'::text, 'wrong device'::text, 'other'::text])))
);
CREATE INDEX handover_items_device ON public.handover_items USING btree (device_id);
CREATE INDEX handover_items_unsettled ON public.handover_items USING btree (handover_id) WHERE ((dealt_at IS NULL) AND ((answer = 'declined'::text) OR (read_back = 'different'::text)));

create table public.handover_links (
  id text not null,
  hash bytea not null,
  handover_id text not null,
  purpose text not null,
  created_by jsonb not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  sent_at timestamp(3) with time zone,
  send_error text,
  by_hand boolean not null,
  attempts integer default 0 not null,
  spent_at timestamp(3) with time zone,
  withdrawn_at timestamp(3) with time zone,
  constraint handover_links_handover_id_fkey FOREIGN KEY (handover_id) REFERENCES handovers(id),
  constraint handover_links_hash_key UNIQUE (hash),
  constraint handover_links_pkey PRIMARY KEY (id),
  constraint handover_links_purpose_check CHECK ((purpose = ANY (ARRAY['address'::text, 'acceptance'::text, 'read-back'::text])))
);
CREATE INDEX handover_links_handover ON public.handover_links USING btree (handover_id);

create table public.handovers (
  id text not null,
  kind text not null,
  person_id text not null,
  from_person_id text,
  shipment_id text,
  case_id text,
  terms_id text,
  status text not null,
  address_version_id text,
  address_answer text,
  address_answered_at timestamp(3) with time zone,
  proposed_address_id text,
  signed_how text,
  signed_name text,
  signature bytea,
  signed_at timestamp(3) with time zone,
  signed_from text,
  operator jsonb,
  created_by jsonb not null,
  created_at timestamp(3) with time zone not null,
  closed_at timestamp(3) with time zone,
  constraint handovers_address_answer_check CHECK ((address_answer = ANY (ARRAY['confirmed'::text, 'other'::text]))),
  constraint handovers_address_version_id_fkey FOREIGN KEY (address_version_id) REFERENCES address_versions(id),
  constraint handovers_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint handovers_from_person_id_fkey FOREIGN KEY (from_person_id) REFERENCES people(id),
  constraint handovers_kind_check CHECK ((kind = ANY (ARRAY['delivery'::text, 'counter'::text, 'return'::text, 'transfer'::text, 'read-back'::text]))),
  constraint handovers_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint handovers_pkey PRIMARY KEY (id),
  constraint handovers_proposed_address_id_fkey FOREIGN KEY (proposed_address_id) REFERENCES address_versions(id),
  constraint handovers_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipments(id),
  constraint handovers_signed_how_check CHECK ((signed_how = ANY (ARRAY['typed'::text, 'drawn'::text]))),
  constraint handovers_status_check CHECK ((status = ANY (ARRAY['open'::text, 'answered'::text, 'withdrawn'::text]))),
  constraint handovers_terms_id_fkey FOREIGN KEY (terms_id) REFERENCES terms(id)
);
CREATE INDEX handovers_list ON public.handovers USING btree (created_at DESC, id DESC);
CREATE INDEX handovers_open ON public.handovers USING btree (created_at, id) WHERE (status = 'open'::text);
CREATE INDEX handovers_person ON public.handovers USING btree (person_id);
CREATE INDEX handovers_proposed ON public.handovers USING btree (proposed_address_id) WHERE (proposed_address_id IS NOT NULL);
CREATE INDEX handovers_shipment ON public.handovers USING btree (shipment_id) WHERE (shipment_id IS NOT NULL);

create table public.import_changes (
  import_id text not null,
  line integer not null,
  entity text not null,
  entity_id text not null,
  action text not null,
  before jsonb,
  last_seq bigint not null,
  constraint import_changes_action_check CHECK ((action = ANY (ARRAY['create'::text, 'update'::text]))),
  constraint import_changes_entity_check CHECK ((entity = ANY (ARRAY['person'::text, 'device'::text, 'shipment'::text, 'declaration'::text]))),
  constraint import_changes_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports(id),
  constraint import_changes_pkey PRIMARY KEY (import_id, line)
);

create table public.imports (
  id text not null,
  what text not null,
  file_name text,
  actor jsonb not null,
  applied_at timestamp(3) with time zone not null,
  created integer not null,
  updated integer not null,
  unchanged integer not null,
  rejected jsonb default '[]'::jsonb not null,
  undone_at timestamp(3) with time zone,
  constraint imports_pkey PRIMARY KEY (id)
);

create table public.inbox (
  id text not null,
  source text not null,
  delivery_key text,
  digest bytea not null,
  received_at timestamp(3) with time zone not null,
  body bytea,
  token_id text,
  status text default 'waiting'::text not null,
  reason text,
  about text,
  attempts integer default 0 not null,
  next_attempt_at timestamp(3) with time zone,
  read_at timestamp(3) with time zone,
  constraint inbox_pkey PRIMARY KEY (id),
  constraint inbox_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'read'::text, 'failed'::text, 'set aside'::text])))
);
CREATE INDEX inbox_about ON public.inbox USING btree (about) WHERE (status = 'set aside'::text);
CREATE UNIQUE INDEX inbox_delivery ON public.inbox USING btree (source, delivery_key) WHERE (delivery_key IS NOT NULL);
CREATE INDEX inbox_digest ON public.inbox USING btree (digest, received_at);
CREATE INDEX inbox_failed ON public.inbox USING btree (id) WHERE (status = 'failed'::text);
CREATE INDEX inbox_kept ON public.inbox USING btree (received_at DESC, id DESC) WHERE (status = ANY (ARRAY['failed'::text, 'set aside'::text]));
CREATE INDEX inbox_todo ON public.inbox USING btree (next_attempt_at, id) WHERE (next_attempt_at IS NOT NULL);

create table public.invitations (
  id text not null,
  hash bytea not null,
  email text,
  role text not null,
  invited_by jsonb not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  user_id text,
  constraint invitations_hash_key UNIQUE (hash),
  constraint invitations_pkey PRIMARY KEY (id),
  constraint invitations_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'provisioner'::text, 'analyst'::text, 'auditor'::text])))
);

create table public.labels (
  id text not null,
  shipment_id text not null,
  provider text not null,
  external_id text,
  state text not null,
  address_version_id text,
  options jsonb default '{}'::jsonb not null,
  rates jsonb default '[]'::jsonb not null,
  rate_id text,
  carrier text,
  service text,
  amount numeric(12,2),
  currency text,
  tracking_code text,
  tracker_id text,
  label_url text,
  asked_by jsonb not null,
  asked_at timestamp(3) with time zone not null,
  buying_since timestamp(3) with time zone,
  bought_by jsonb,
  bought_at timestamp(3) with time zone,
  printed_at timestamp(3) with time zone,
  voiding_since timestamp(3) with time zone,
  voided_at timestamp(3) with time zone,
  next_look_at timestamp(3) with time zone,
  error text,
  constraint labels_address_version_id_fkey FOREIGN KEY (address_version_id) REFERENCES address_versions(id),
  constraint labels_pkey PRIMARY KEY (id),
  constraint labels_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipments(id),
  constraint labels_state_check CHECK ((state = ANY (ARRAY['quoting'::text, 'quoted'::text, 'buying'::text, 'bought'::text, 'refund asked'::text, 'refunded'::text, 'refund refused'::text, 'given up'::text])))
);
CREATE UNIQUE INDEX labels_external ON public.labels USING btree (provider, external_id) WHERE (external_id IS NOT NULL);
CREATE UNIQUE INDEX labels_one_in_force ON public.labels USING btree (shipment_id) WHERE (state = ANY (ARRAY['buying'::text, 'bought'::text]));
CREATE INDEX labels_shipment ON public.labels USING btree (shipment_id, asked_at);
CREATE INDEX labels_unsettled ON public.labels USING btree (next_look_at) WHERE (next_look_at IS NOT NULL);

create table public.ledger (
  seq bigint not null,
  kind text not null,
  device_id text,
  person_id text,
  shipment_id text,
  case_id text,
  occurred_at timestamp(3) with time zone not null,
  recorded_at timestamp(3) with time zone not null,
  actor jsonb not null,
  payload jsonb,
  salt bytea,
  commitment bytea not null,
  prev_hash bytea not null,
  hash bytea not null,
  constraint ledger_check CHECK (((payload IS NULL) = (salt IS NULL))),
  constraint ledger_pkey PRIMARY KEY (seq),
  constraint ledger_seq_check CHECK ((seq > 0))
);
CREATE INDEX ledger_approval ON public.ledger USING btree (kind, seq) WHERE (kind = ANY (ARRAY['approval.proposed'::text, 'approval.granted'::text, 'approval.refused'::text, 'approval.ended'::text]));
CREATE INDEX ledger_case ON public.ledger USING btree (case_id, seq) WHERE (case_id IS NOT NULL);
CREATE INDEX ledger_connector ON public.ledger USING btree (((payload ->> 'source'::text)), seq) WHERE (kind = ANY (ARRAY['connector.failing'::text, 'connector.recovered'::text]));
CREATE INDEX ledger_delivery_change ON public.ledger USING btree (shipment_id) WHERE ((kind = 'shipment.scanned'::text) AND (((payload -> 'reading'::text) ->> 'is'::text) = ANY (ARRAY['delivery change'::text, 'forwarded'::text, 'address corrected'::text])));
CREATE INDEX ledger_device ON public.ledger USING btree (device_id, seq) WHERE (device_id IS NOT NULL);
CREATE INDEX ledger_known_place ON public.ledger USING btree (((payload ->> 'placeId'::text)), seq) WHERE (kind = ANY (ARRAY['place.set'::text, 'place.asked'::text, 'place.refused'::text]));
CREATE INDEX ledger_person ON public.ledger USING btree (person_id, seq) WHERE (person_id IS NOT NULL);
CREATE INDEX ledger_policy ON public.ledger USING btree (seq) WHERE (kind = 'policy.set'::text);
CREATE INDEX ledger_rare ON public.ledger USING btree (kind, seq) WHERE (kind = ANY (ARRAY['presence.sealed'::text, 'token.distrusted'::text, 'declaration.made'::text, 'declaration.ended'::text]));
CREATE INDEX ledger_shipment ON public.ledger USING btree (shipment_id, seq) WHERE (shipment_id IS NOT NULL);
CREATE INDEX ledger_signer ON public.ledger USING btree (((payload ->> 'signer'::text))) WHERE (kind = 'shipment.signed'::text);
CREATE INDEX ledger_silences ON public.ledger USING btree (seq) WHERE (kind = ANY (ARRAY['declaration.made'::text, 'declaration.ended'::text, 'suppression.made'::text, 'suppression.ended'::text, 'place.set'::text, 'setting.changed'::text, 'approval.granted'::text, 'approval.refused'::text, 'approval.ended'::text, 'rule.set'::text, 'change.proposed'::text, 'change.decided'::text, 'token.distrusted'::text]));
CREATE INDEX ledger_wording ON public.ledger USING btree (((payload ->> 'wordingId'::text)), seq) WHERE (kind = 'wording.classified'::text);
CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE ON public.ledger FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON public.ledger FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

create table public.links (
  id bigint generated always as identity not null,
  kind text not null,
  value text not null,
  device_id text,
  person_id text,
  origin text not null,
  from_seq bigint not null,
  to_seq bigint,
  from_at timestamp(3) with time zone not null,
  to_at timestamp(3) with time zone,
  constraint links_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint links_kind_check CHECK ((kind = ANY (ARRAY['door'::text, 'building'::text, 'unit code'::text, 'phone'::text, 'network'::text, 'gateway'::text, 'access point'::text, 'peripheral'::text, 'tool'::text]))),
  constraint links_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint links_pkey PRIMARY KEY (id)
);
CREATE INDEX links_device ON public.links USING btree (device_id, kind, value) WHERE (device_id IS NOT NULL);
CREATE INDEX links_person ON public.links USING btree (person_id, kind, value) WHERE (person_id IS NOT NULL);
CREATE INDEX links_value ON public.links USING btree (kind, value, from_seq);

create table public.match_refusals (
  source text not null,
  alias text not null,
  device_id text not null,
  refused_at timestamp(3) with time zone not null,
  constraint match_refusals_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint match_refusals_pkey PRIMARY KEY (source, alias, device_id)
);

create table public.mismatches (
  id text not null,
  device_id text not null,
  person_id text,
  field text not null,
  source text not null,
  sides jsonb not null,
  opened_at timestamp(3) with time zone not null,
  last_seen_at timestamp(3) with time zone not null,
  status text default 'open'::text not null,
  decision text,
  note_id text,
  settled_at timestamp(3) with time zone,
  settled_by text,
  constraint mismatches_decision_check CHECK ((decision = ANY (ARRAY['ours'::text, 'theirs'::text, 'neither'::text, 'explained'::text]))),
  constraint mismatches_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint mismatches_pkey PRIMARY KEY (id),
  constraint mismatches_status_check CHECK ((status = ANY (ARRAY['open'::text, 'settled'::text, 'gone'::text])))
);
CREATE INDEX mismatches_device ON public.mismatches USING btree (device_id);
CREATE INDEX mismatches_list ON public.mismatches USING btree (opened_at DESC, id DESC) WHERE (status = 'open'::text);
CREATE UNIQUE INDEX mismatches_one ON public.mismatches USING btree (device_id, field, source) WHERE (status = 'open'::text);
CREATE INDEX mismatches_person ON public.mismatches USING btree (person_id) WHERE (person_id IS NOT NULL);

create table public.notes (
  id text not null,
  text text,
  written_at timestamp(3) with time zone not null,
  case_id text,
  constraint notes_pkey PRIMARY KEY (id)
);

create table public.outbox (
  id text not null,
  "position" bigint generated always as identity not null,
  sink text not null,
  ordering_key text not null,
  type text not null,
  body text not null,
  created_at timestamp(3) with time zone not null,
  status text default 'waiting'::text not null,
  attempts integer default 0 not null,
  next_attempt_at timestamp(3) with time zone not null,
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'delivered'::text, 'given up'::text])))
);
CREATE INDEX outbox_case ON public.outbox USING btree (ordering_key, "position");
CREATE INDEX outbox_list ON public.outbox USING btree ("position" DESC);
CREATE INDEX outbox_todo ON public.outbox USING btree (sink, "position") WHERE (status = 'waiting'::text);

create table public.outbox_attempts (
  message_id text not null,
  attempt integer not null,
  at timestamp(3) with time zone not null,
  request_headers jsonb not null,
  status integer,
  answer text not null,
  error text,
  constraint outbox_attempts_message_id_fkey FOREIGN KEY (message_id) REFERENCES outbox(id),
  constraint outbox_attempts_pkey PRIMARY KEY (message_id, attempt)
);

create table public.people (
  id text not null,
  external_id text,
  name text,
  email text,
  phone text,
  kind text default 'employee'::text not null,
  manager_email text,
  starts_on date,
  leaves_on date,
  notes jsonb default '{}'::jsonb not null,
  created_at timestamp(3) with time zone not null,
  withdrawn_at timestamp(3) with time zone,
  erased_at timestamp(3) with time zone,
  constraint people_kind_check CHECK ((kind = ANY (ARRAY['employee'::text, 'contractor'::text]))),
  constraint people_pkey PRIMARY KEY (id)
);
CREATE INDEX people_by_name ON public.people USING btree (lower(name), id) WHERE (withdrawn_at IS NULL);
CREATE UNIQUE INDEX people_email ON public.people USING btree (lower(email)) WHERE ((withdrawn_at IS NULL) AND (email IS NOT NULL));
CREATE INDEX people_email_prefix ON public.people USING btree (lower(email) text_pattern_ops) WHERE (withdrawn_at IS NULL);
CREATE UNIQUE INDEX people_external_id ON public.people USING btree (external_id) WHERE ((withdrawn_at IS NULL) AND (external_id IS NOT NULL));
CREATE INDEX people_leaving ON public.people USING btree (leaves_on) WHERE ((leaves_on IS NOT NULL) AND (withdrawn_at IS NULL) AND (erased_at IS NULL));

create table public.places (
  id text not null,
  entry jsonb,
  is_off boolean default false not null,
  set_by jsonb not null,
  set_at timestamp(3) with time zone not null,
  note_id text not null,
  asked text,
  asked_entry jsonb,
  asked_by jsonb,
  asked_at timestamp(3) with time zone,
  asked_note_id text,
  constraint places_asked_check CHECK ((asked = ANY (ARRAY['add'::text, 'correct'::text, 'switch off'::text]))),
  constraint places_asked_note_id_fkey FOREIGN KEY (asked_note_id) REFERENCES notes(id),
  constraint places_check CHECK ((((asked IS NULL) = (asked_by IS NULL)) AND ((asked IS NULL) = (asked_at IS NULL)))),
  constraint places_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes(id),
  constraint places_pkey PRIMARY KEY (id)
);

create table public.presence (
  device_id text not null,
  source text not null,
  day date not null,
  first_at timestamp(3) with time zone not null,
  last_at timestamp(3) with time zone not null,
  slots bit(144) not null,
  proof text not null,
  booted_at timestamp(3) with time zone,
  sealed bigint,
  fingerprint bigint,
  constraint presence_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint presence_pkey PRIMARY KEY (device_id, source, day)
) with (fillfactor=50);
CREATE INDEX presence_day ON public.presence USING btree (day, device_id, source);
CREATE INDEX presence_unsealed ON public.presence USING btree (day) WHERE (sealed IS NULL);

create table public.returns (
  id text not null,
  device_id text not null,
  person_id text,
  reason text not null,
  opened_by jsonb not null,
  opened_at timestamp(3) with time zone not null,
  due_on date not null,
  leaves_on date,
  shipment_id text,
  reminders integer default 0 not null,
  next_reminder_at timestamp(3) with time zone,
  received_at timestamp(3) with time zone,
  received_by jsonb,
  serial_read text,
  other_serial text,
  person_acknowledged_at timestamp(3) with time zone,
  stock_acknowledged_at timestamp(3) with time zone,
  outcome text,
  closed_by jsonb,
  closed_at timestamp(3) with time zone,
  constraint returns_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint returns_outcome_check CHECK ((outcome = ANY (ARRAY['stock'::text, 'repair'::text, 'quarantine'::text, 'disposed'::text, 'kept'::text, 'lost'::text, 'withdrawn'::text]))),
  constraint returns_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint returns_pkey PRIMARY KEY (id),
  constraint returns_reason_check CHECK ((reason = ANY (ARRAY['leaving'::text, 'exchange'::text, 'repair'::text, 'asked'::text]))),
  constraint returns_serial_read_check CHECK ((serial_read = ANY (ARRAY['same'::text, 'different'::text, 'unread'::text]))),
  constraint returns_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipments(id)
);
CREATE INDEX returns_device ON public.returns USING btree (device_id, opened_at DESC);
CREATE INDEX returns_due ON public.returns USING btree (due_on, id) WHERE (closed_at IS NULL);
CREATE INDEX returns_list ON public.returns USING btree (due_on, id);
CREATE UNIQUE INDEX returns_open ON public.returns USING btree (device_id) WHERE (closed_at IS NULL);
CREATE INDEX returns_person ON public.returns USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE INDEX returns_reminder ON public.returns USING btree (next_reminder_at) WHERE ((closed_at IS NULL) AND (next_reminder_at IS NOT NULL));

create table public.rule_failures (
  rule text not null,
  device_id text not null,
  failed_at timestamp(3) with time zone not null,
  error text not null,
  constraint rule_failures_pkey PRIMARY KEY (rule, device_id)
);

create table public.rule_settings (
  rule text not null,
  ladder text not null,
  params jsonb default '{}'::jsonb not null,
  set_by jsonb not null,
  set_at timestamp(3) with time zone not null,
  version integer default 0 not null,
  quiet_to bigint,
  constraint rule_settings_ladder_check CHECK ((ladder = ANY (ARRAY['off'::text, 'watch'::text, 'notify'::text, 'case'::text, 'hold'::text]))),
  constraint rule_settings_pkey PRIMARY KEY (rule)
);

create table public.rule_versions (
  rule text not null,
  version integer not null,
  ladder text not null,
  params jsonb not null,
  quiet_to bigint,
  woken integer,
  note_id text,
  author jsonb not null,
  approved_by jsonb,
  set_at timestamp(3) with time zone not null,
  constraint rule_versions_ladder_check CHECK ((ladder = ANY (ARRAY['off'::text, 'watch'::text, 'notify'::text, 'case'::text, 'hold'::text]))),
  constraint rule_versions_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes(id),
  constraint rule_versions_pkey PRIMARY KEY (rule, version)
);

create table public.saved_view_marks (
  view_id text not null,
  user_id text not null,
  is_pinned boolean not null,
  is_default boolean not null,
  constraint saved_view_marks_pkey PRIMARY KEY (view_id, user_id),
  constraint saved_view_marks_view_id_fkey FOREIGN KEY (view_id) REFERENCES saved_views(id) ON DELETE CASCADE
);

create table public.saved_views (
  id text not null,
  page text not null,
  name text not null,
  search jsonb not null,
  owner_id text not null,
  is_shared boolean not null,
  created_at timestamp(3) with time zone not null,
  changed_at timestamp(3) with time zone not null,
  constraint saved_views_pkey PRIMARY KEY (id)
);
CREATE INDEX saved_views_owner ON public.saved_views USING btree (owner_id);

create table public.scans (
  id text not null,
  shipment_id text not null,
  scan_key text not null,
  at timestamp(3) with time zone not null,
  message text,
  postal_code text,
  carrier text not null,
  salt bytea not null,
  wording_id text,
  confirmed_at timestamp(3) with time zone,
  constraint scans_pkey PRIMARY KEY (id),
  constraint scans_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipments(id),
  constraint scans_shipment_id_scan_key_key UNIQUE (shipment_id, scan_key),
  constraint scans_wording_id_fkey FOREIGN KEY (wording_id) REFERENCES wordings(id)
);
CREATE INDEX scans_wording ON public.scans USING btree (wording_id, id) WHERE (wording_id IS NOT NULL);

create table public.secrets (
  name text not null,
  nonce bytea not null,
  ciphertext bytea not null,
  set_by jsonb not null,
  set_at timestamp(3) with time zone not null,
  constraint secrets_pkey PRIMARY KEY (name)
);

create table public.settings (
  key text not null,
  value jsonb not null,
  constraint settings_pkey PRIMARY KEY (key)
);

create table public.shipment_devices (
  shipment_id text not null,
  device_id text not null,
  constraint shipment_devices_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint shipment_devices_pkey PRIMARY KEY (shipment_id, device_id),
  constraint shipment_devices_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipments(id)
);
CREATE INDEX shipment_devices_device ON public.shipment_devices USING btree (device_id);

create table public.shipment_tasks (
  id text not null,
  shipment_id text not null,
  key text not null,
  task text not null,
  added_at timestamp(3) with time zone not null,
  asked_at timestamp(3) with time zone,
  done_at timestamp(3) with time zone,
  done_by jsonb,
  constraint shipment_tasks_pkey PRIMARY KEY (id),
  constraint shipment_tasks_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipments(id),
  constraint shipment_tasks_shipment_id_key_key UNIQUE (shipment_id, key)
);
CREATE INDEX shipment_tasks_open ON public.shipment_tasks USING btree (added_at) WHERE (done_at IS NULL);

create table public.shipments (
  id text not null,
  reference text,
  direction text not null,
  carrier text,
  tracking_code text,
  tracker_id text,
  person_id text,
  pending_email text,
  address_version_id text,
  addressee text,
  ordered_at timestamp(3) with time zone not null,
  prepared_by jsonb not null,
  destination jsonb,
  signed_by text,
  notes jsonb default '{}'::jsonb not null,
  held_at timestamp(3) with time zone,
  status text default 'ordered'::text not null,
  shipped_at timestamp(3) with time zone,
  first_scan_at timestamp(3) with time zone,
  delivered_at timestamp(3) with time zone,
  state jsonb default '{}'::jsonb not null,
  created_at timestamp(3) with time zone not null,
  withdrawn_at timestamp(3) with time zone,
  policy jsonb,
  tracked_at timestamp(3) with time zone,
  signed_reported_at timestamp(3) with time zone,
  next_track_at timestamp(3) with time zone,
  track_error text,
  constraint shipments_address_version_id_fkey FOREIGN KEY (address_version_id) REFERENCES address_versions(id),
  constraint shipments_direction_check CHECK ((direction = ANY (ARRAY['out'::text, 'return'::text]))),
  constraint shipments_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint shipments_pkey PRIMARY KEY (id)
);
CREATE INDEX shipments_held ON public.shipments USING btree (held_at) WHERE (held_at IS NOT NULL);
CREATE INDEX shipments_list ON public.shipments USING btree (ordered_at DESC, id DESC) WHERE (withdrawn_at IS NULL);
CREATE INDEX shipments_next_track ON public.shipments USING btree (next_track_at) WHERE (next_track_at IS NOT NULL);
CREATE INDEX shipments_open ON public.shipments USING btree (status) WHERE ((withdrawn_at IS NULL) AND (status <> 'delivered'::text));
CREATE INDEX shipments_pending ON public.shipments USING btree (lower(pending_email)) WHERE (pending_email IS NOT NULL);
CREATE INDEX shipments_person ON public.shipments USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE UNIQUE INDEX shipments_reference ON public.shipments USING btree (reference) WHERE ((withdrawn_at IS NULL) AND (reference IS NOT NULL));
CREATE INDEX shipments_to_track ON public.shipments USING btree (ordered_at) WHERE ((tracking_code IS NOT NULL) AND (next_track_at IS NULL) AND (withdrawn_at IS NULL) AND (status <> ALL (ARRAY['delivered'::text, 'returned'::text])));
CREATE INDEX shipments_tracker ON public.shipments USING btree (tracker_id) WHERE (tracker_id IS NOT NULL);
CREATE INDEX shipments_tracking ON public.shipments USING btree (upper(tracking_code)) WHERE ((withdrawn_at IS NULL) AND (tracking_code IS NOT NULL));
CREATE INDEX shipments_tracking_prefix ON public.shipments USING btree (upper(tracking_code) text_pattern_ops) WHERE (withdrawn_at IS NULL);
CREATE INDEX shipments_unscanned ON public.shipments USING btree (ordered_at DESC, id DESC) WHERE ((withdrawn_at IS NULL) AND (first_scan_at IS NULL) AND (status = ANY (ARRAY['ordered'::text, 'packed'::text, 'shipped'::text])));

create table public.site_people (
  site_id text not null,
  person_id text not null,
  added_at timestamp(3) with time zone not null,
  constraint site_people_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint site_people_pkey PRIMARY KEY (person_id, site_id),
  constraint site_people_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(id)
);
CREATE INDEX site_people_site ON public.site_people USING btree (site_id);

create table public.site_values (
  kind text not null,
  value text not null,
  site_id text not null,
  added_at timestamp(3) with time zone not null,
  constraint site_values_pkey PRIMARY KEY (kind, value),
  constraint site_values_site_id_fkey FOREIGN KEY (site_id) REFERENCES sites(id)
);
CREATE INDEX site_values_site ON public.site_values USING btree (site_id);

create table public.sites (
  id text not null,
  found_at timestamp(3) with time zone not null,
  merged_into text,
  constraint sites_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES sites(id),
  constraint sites_pkey PRIMARY KEY (id)
);

create table public.suppressions (
  id text not null,
  rule text not null,
  person_id text,
  device_id text,
  fact text,
  fact_value text,
  case_id text,
  note_id text,
  owner jsonb not null,
  approved_by jsonb,
  starts_at timestamp(3) with time zone not null,
  ends_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  silenced integer default 0 not null,
  constraint suppressions_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(id),
  constraint suppressions_check CHECK (((fact IS NULL) = (fact_value IS NULL))),
  constraint suppressions_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint suppressions_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes(id),
  constraint suppressions_person_id_fkey FOREIGN KEY (person_id) REFERENCES people(id),
  constraint suppressions_pkey PRIMARY KEY (id)
);
CREATE INDEX suppressions_list ON public.suppressions USING btree (starts_at DESC, id DESC);
CREATE INDEX suppressions_person ON public.suppressions USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE INDEX suppressions_rule ON public.suppressions USING btree (rule, ends_at);

create table public.terms (
  id text not null,
  kind text not null,
  version integer not null,
  title text not null,
  body text not null,
  hash bytea not null,
  set_by jsonb not null,
  set_at timestamp(3) with time zone not null,
  constraint terms_kind_check CHECK ((kind = ANY (ARRAY['issue'::text, 'return'::text]))),
  constraint terms_kind_version_key UNIQUE (kind, version),
  constraint terms_pkey PRIMARY KEY (id)
);

create table public.tokens (
  id text not null,
  name text not null,
  source text not null,
  scopes text[] not null,
  vouches text not null,
  hash bytea not null,
  networks cidr[] default '{}'::cidr[] not null,
  rate_per_minute integer,
  created_at timestamp(3) with time zone not null,
  created_by jsonb not null,
  expires_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  distrusted_since timestamp(3) with time zone,
  constraint tokens_hash_key UNIQUE (hash),
  constraint tokens_pkey PRIMARY KEY (id),
  constraint tokens_vouches_check CHECK ((vouches = ANY (ARRAY['nothing'::text, 'enrolment'::text, 'attestation'::text])))
);

create table public.user_settings (
  user_id text not null,
  single_keys boolean not null,
  constraint user_settings_pkey PRIMARY KEY (user_id)
);

create table public.waiting_changes (
  id text not null,
  what text not null,
  about text not null,
  asked jsonb not null,
  note_id text,
  proposed_by jsonb not null,
  proposed_at timestamp(3) with time zone not null,
  decided_at timestamp(3) with time zone,
  decided_by jsonb,
  decision text,
  constraint waiting_changes_check CHECK (((decided_at IS NULL) = (decision IS NULL))),
  constraint waiting_changes_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'refused'::text]))),
  constraint waiting_changes_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes(id),
  constraint waiting_changes_pkey PRIMARY KEY (id),
  constraint waiting_changes_what_check CHECK ((what = ANY (ARRAY['rule'::text, 'suppression'::text, 'declaration'::text])))
);
CREATE INDEX waiting_changes_open ON public.waiting_changes USING btree (what, about) WHERE (decided_at IS NULL);

create table public.watch (
  device_id text not null,
  look_again_at timestamp(3) with time zone,
  by_rule jsonb default '{}'::jsonb not null,
  constraint watch_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id),
  constraint watch_pkey PRIMARY KEY (device_id)
);
CREATE INDEX watch_due ON public.watch USING btree (look_again_at) WHERE (look_again_at IS NOT NULL);

create table public.wordings (
  id text not null,
  carrier text not null,
  wording text not null,
  status text not null,
  seen integer default 0 not null,
  first_at timestamp(3) with time zone not null,
  last_at timestamp(3) with time zone not null,
  reading jsonb,
  classified_by jsonb,
  classified_at timestamp(3) with time zone,
  reread_at timestamp(3) with time zone,
  constraint wordings_carrier_wording_key UNIQUE (carrier, wording),
  constraint wordings_pkey PRIMARY KEY (id)
);
CREATE INDEX wordings_open ON public.wordings USING btree (seen DESC, id) WHERE (reading IS NULL);
CREATE INDEX wordings_unread ON public.wordings USING btree (id) WHERE ((reading IS NOT NULL) AND (reread_at IS NULL));
