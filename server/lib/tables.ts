// The tables as Kysely sees them: one interface each, in the order of the migrations.
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

type Json<T> = JSONColumnType<NonNullable<T>, string, string>
type DefaultJson<T> = ColumnType<T, string | undefined, string>
type NullableJson = ColumnType<unknown, string | null | undefined, string | null>
type Time = ColumnType<Date, Date, Date>
type NullableTime = ColumnType<Date | null, Date | null | undefined, Date | null>
/** A calendar day, `YYYY-MM-DD`: never a Date, so that no time zone can move it. */
type Day = string

export interface LedgerTable {
  seq: number
  kind: string
  device_id: string | null
  person_id: string | null
  shipment_id: string | null
  case_id: string | null
  occurred_at: Time
  recorded_at: Time
  actor: Json<unknown>
  payload: NullableJson
  salt: Buffer | null
  commitment: Buffer
  prev_hash: Buffer
  hash: Buffer
}

export interface CheckpointsTable {
  seq: number
  hash: Buffer
  taken_at: Time
  signature: Buffer
  public_key: Buffer
}

export interface NotesTable {
  id: string
  text: string | null
  written_at: Time
  case_id: string | null
}

export interface PeopleTable {
  id: string
  external_id: string | null
  name: string | null
  email: string | null
  phone: string | null
  kind: Generated<'employee' | 'contractor'>
  manager_email: string | null
  starts_on: Day | null
  leaves_on: Day | null
  notes: DefaultJson<Record<string, string>>
  created_at: Time
  withdrawn_at: NullableTime
  erased_at: NullableTime
}

export interface AddressVersionsTable {
  id: string
  person_id: string | null
  use: 'home' | 'identity' | 'ship_to'
  line1: string | null
  line2: string | null
  city: string | null
  region: string | null
  postal_code: string | null
  country: string | null
  valid_from: Time
  recorded_at: Time
  source: string
  author: Json<unknown>
  approved_at: NullableTime
  approved_by: NullableJson
  refused_at: NullableTime
  door_key: string | null
  building_key: string | null
  linked_door_key: string | null
  linked_building_key: string | null
  site_hints: string[] | null
  normaliser_version: number
  latitude: number | null
  longitude: number | null
  radius_km: number | null
  class: Json<unknown>
  first_class: NullableJson
  withdrawn_at: NullableTime
  verification: NullableJson
  verified_at: NullableTime
}

export interface DevicesTable {
  id: string
  serial_number: string | null
  asset_tag: string | null
  manufacturer: string | null
  model: string | null
  hardware_uuid: string | null
  purchased_on: Day | null
  known: boolean
  hostname: string | null
  platform: string | null
  notes: DefaultJson<Record<string, string>>
  life_cycle: Generated<string>
  holder_kind: Generated<string>
  holder_id: string | null
  assignee_id: string | null
  state: DefaultJson<unknown>
  created_at: Time
  withdrawn_at: NullableTime
  proof: string | null
  merged_into: string | null
}

export interface DeviceAliasesTable {
  source: string
  alias: string
  device_id: string
  merged_from: string | null
}

export interface ShipmentsTable {
  id: string
  reference: string | null
  direction: 'out' | 'return'
  carrier: string | null
  tracking_code: string | null
  tracker_id: string | null
  person_id: string | null
  pending_email: string | null
  address_version_id: string | null
  addressee: string | null
  ordered_at: Time
  prepared_by: Json<unknown>
  destination: NullableJson
  signed_by: string | null
  notes: DefaultJson<Record<string, string>>
  held_at: NullableTime
  status: Generated<string>
  shipped_at: NullableTime
  first_scan_at: NullableTime
  delivered_at: NullableTime
  state: DefaultJson<unknown>
  created_at: Time
  withdrawn_at: NullableTime
  policy: NullableJson
  tracked_at: NullableTime
  signed_reported_at: NullableTime
  next_track_at: NullableTime
  track_error: string | null
}

export interface ShipmentDevicesTable {
  shipment_id: string
  device_id: string
}

export interface ScansTable {
  id: string
  shipment_id: string
  scan_key: string
  at: Time
  message: string | null
  postal_code: string | null
  carrier: string
  salt: Buffer
  wording_id: string | null
  confirmed_at: NullableTime
}

export interface DeclarationsTable {
  id: string
  kind:
    | 'household'
    | 'travel'
    | 'second_home'
    | 'office'
    | 'network_exit'
    | 'tool'
    | 'repair'
    | 'migration'
    | 'delegate'
  person_id: string | null
  other_person_id: string | null
  value: string | null
  starts_on: Day
  ends_on: Day | null
  reason: string | null
  author: Json<unknown>
  made_at: Time
  ended_at: NullableTime
  used: Generated<number>
  place: NullableJson
}

export interface FacetsTable {
  device_id: string
  source: string
  facet: string
  hash: Buffer
  content: Json<unknown>
  private: NullableJson
  at: Time
  proof: string
  seq: number
}

export interface PresenceTable {
  device_id: string
  source: string
  day: Day
  first_at: Time
  last_at: Time
  slots: string
  proof: string
  booted_at: NullableTime
  sealed: number | null
  fingerprint: number | null
}

export interface InboxTable {
  id: string
  source: string
  delivery_key: string | null
  digest: Buffer
  received_at: Time
  body: Buffer | null
  token_id: string | null
  status: Generated<'waiting' | 'read' | 'failed' | 'set aside'>
  reason: string | null
  about: string | null
  attempts: Generated<number>
  next_attempt_at: NullableTime
  read_at: NullableTime
}

export interface ImportsTable {
  id: string
  what: string
  file_name: string | null
  actor: Json<unknown>
  applied_at: Time
  created: number
  updated: number
  unchanged: number
  rejected: DefaultJson<unknown>
  undone_at: NullableTime
}

export interface ImportChangesTable {
  import_id: string
  line: number
  entity: 'person' | 'device' | 'shipment' | 'declaration'
  entity_id: string
  action: 'create' | 'update'
  before: NullableJson
  last_seq: number
}

export interface SettingsTable {
  key: string
  value: Json<unknown>
}

export interface CursorsTable {
  name: string
  seq: number
}

export interface RuleSettingsTable {
  rule: string
  ladder: 'off' | 'watch' | 'notify' | 'case' | 'hold'
  params: DefaultJson<Record<string, unknown>>
  set_by: Json<unknown>
  set_at: Time
  version: Generated<number>
  quiet_to: number | null
}

export interface RuleVersionsTable {
  rule: string
  version: number
  ladder: 'off' | 'watch' | 'notify' | 'case' | 'hold'
  params: Json<Record<string, unknown>>
  quiet_to: number | null
  woken: number | null
  note_id: string | null
  author: Json<unknown>
  approved_by: NullableJson
  set_at: Time
}

export interface WaitingChangesTable {
  id: string
  what: 'rule' | 'suppression' | 'declaration'
  about: string
  asked: Json<unknown>
  note_id: string | null
  proposed_by: Json<unknown>
  proposed_at: Time
  decided_at: NullableTime
  decided_by: NullableJson
  decision: 'approved' | 'refused' | null
}

export interface SuppressionsTable {
  id: string
  rule: string
  person_id: string | null
  device_id: string | null
  fact: string | null
  fact_value: string | null
  case_id: string | null
  note_id: string | null
  owner: Json<unknown>
  approved_by: NullableJson
  starts_at: Time
  ends_at: Time
  ended_at: NullableTime
  silenced: Generated<number>
}

export interface WatchTable {
  device_id: string
  look_again_at: NullableTime
  by_rule: DefaultJson<Record<string, string>>
}

export interface RuleFailuresTable {
  rule: string
  device_id: string
  failed_at: Time
  error: string
}

export interface CasesTable {
  id: string
  number: number
  subject_kind: 'person' | 'device' | 'site'
  subject_id: string
  title: string
  status: 'new' | 'investigating' | 'waiting' | 'snoozed' | 'closed'
  severity: 'low' | 'medium' | 'high' | 'critical'
  score: number
  parts: DefaultJson<unknown>
  assignee_id: string | null
  waiting_on: string | null
  snoozed_until: NullableTime
  opened_at: Time
  due_at: NullableTime
  closed_at: NullableTime
  outcome: 'benign' | 'policy_breach' | 'confirmed' | 'cannot_tell' | null
  told: NullableJson
  part_of: string | null
  escalated_at: NullableTime
  due_paused_at: NullableTime
  claimed_by: string | null
  claimed_until: NullableTime
  split_from: string | null
}

export interface CaseViewersTable {
  case_id: string
  user_id: string
  seen_at: Time
}

export interface CaseChecksTable {
  case_id: string
  item: string
  answer: 'done' | 'not needed' | 'waiting'
  answered_at: Time
  answered_by: string
  reference: string | null
  waiting_on: string | null
  note_id: string | null
  acknowledged_at: NullableTime
  acknowledged_by: string | null
}

export interface SavedViewsTable {
  id: string
  page: string
  name: string
  search: Json<Record<string, string>>
  owner_id: string
  is_shared: boolean
  created_at: Time
  changed_at: Time
}

export interface SavedViewMarksTable {
  view_id: string
  user_id: string
  is_pinned: boolean
  is_default: boolean
}

export interface UserSettingsTable {
  user_id: string
  single_keys: boolean
}

export interface FindingsTable {
  id: string
  rule: string
  key: string
  device_id: string
  person_id: string | null
  case_id: string | null
  status: 'active' | 'suppressed' | 'cleared' | 'decided'
  severity: 'low' | 'medium' | 'high' | 'critical'
  weight: number
  exceptional: Generated<boolean>
  summary: string
  facts: Json<unknown>
  params: Json<unknown>
  evidence: Json<unknown>
  response: string
  since: Time
  raised_at: Time
  changed_at: Time
  cleared_at: NullableTime
  late_data: Generated<boolean>
  rule_version: number | null
  suppressed_by: string | null
}

export interface CaseTasksTable {
  id: string
  case_id: string
  task: string
  key: string
  added_at: Time
  done_at: NullableTime
  done_by: NullableJson
}

export interface OutboxTable {
  id: string
  position: Generated<number>
  sink: string
  ordering_key: string
  type: string
  body: string
  created_at: Time
  status: Generated<'waiting' | 'delivered' | 'given up'>
  attempts: Generated<number>
  next_attempt_at: Time
}

export interface OutboxAttemptsTable {
  message_id: string
  attempt: number
  at: Time
  request_headers: Json<unknown>
  status: number | null
  answer: string
  error: string | null
}

export interface TokensTable {
  id: string
  name: string
  source: string
  scopes: string[]
  vouches: 'nothing' | 'enrolment' | 'attestation'
  hash: Buffer
  networks: Generated<string[]>
  rate_per_minute: number | null
  created_at: Time
  created_by: Json<unknown>
  expires_at: NullableTime
  last_used_at: NullableTime
  revoked_at: NullableTime
  distrusted_since: NullableTime
}

export interface InvitationsTable {
  id: string
  hash: Buffer
  email: string | null
  role: 'admin' | 'provisioner' | 'analyst' | 'auditor'
  invited_by: Json<unknown>
  created_at: Time
  expires_at: Time
  used_at: NullableTime
  user_id: string | null
}

export interface LabelsTable {
  id: string
  shipment_id: string
  provider: string
  external_id: string | null
  state: 'quoting' | 'quoted' | 'buying' | 'bought' | 'refund asked' | 'refunded' | 'refund refused' | 'given up'
  address_version_id: string | null
  options: DefaultJson<unknown>
  rates: DefaultJson<unknown>
  rate_id: string | null
  carrier: string | null
  service: string | null
  /** A decimal number, as text: money is never a float. */
  amount: string | null
  currency: string | null
  tracking_code: string | null
  tracker_id: string | null
  label_url: string | null
  asked_by: Json<unknown>
  asked_at: Time
  buying_since: NullableTime
  bought_by: NullableJson
  bought_at: NullableTime
  printed_at: NullableTime
  voiding_since: NullableTime
  voided_at: NullableTime
  next_look_at: NullableTime
  error: string | null
}

export interface DeliveryPoliciesTable {
  id: string
  tier: 'standard' | 'elevated' | 'high'
  country: string | null
  version: number
  policy: Json<unknown>
  set_by: Json<unknown>
  set_at: Time
  retired_at: NullableTime
}

export interface ShipmentTasksTable {
  id: string
  shipment_id: string
  key: string
  task: string
  added_at: Time
  asked_at: NullableTime
  done_at: NullableTime
  done_by: NullableJson
}

export interface WordingsTable {
  id: string
  carrier: string
  wording: string
  status: string
  seen: Generated<number>
  first_at: Time
  last_at: Time
  reading: NullableJson
  classified_by: NullableJson
  classified_at: NullableTime
  reread_at: NullableTime
}

export interface TermsTable {
  id: string
  kind: 'issue' | 'return'
  version: number
  title: string
  body: string
  hash: Buffer
  set_by: Json<unknown>
  set_at: Time
}

export interface HandoversTable {
  id: string
  kind: 'delivery' | 'counter' | 'return' | 'transfer' | 'read-back'
  person_id: string
  from_person_id: string | null
  shipment_id: string | null
  case_id: string | null
  terms_id: string | null
  status: 'open' | 'answered' | 'withdrawn'
  address_version_id: string | null
  address_answer: 'confirmed' | 'other' | null
  address_answered_at: NullableTime
  proposed_address_id: string | null
  signed_how: 'typed' | 'drawn' | null
  signed_name: string | null
  signature: Buffer | null
  signed_at: NullableTime
  signed_from: string | null
  operator: NullableJson
  created_by: Json<unknown>
  created_at: Time
  closed_at: NullableTime
}

export interface HandoverItemsTable {
  handover_id: string
  device_id: string
  answer: 'accepted' | 'declined' | null
  reason: 'not received' | 'damaged' | 'wrong device' | 'other' | null
  note_id: string | null
  answered_at: NullableTime
  read_back: 'same' | 'different' | 'cannot' | null
  read_back_at: NullableTime
  attempts: Generated<number>
  dealt_at: NullableTime
}

export interface HandoverLinksTable {
  id: string
  hash: Buffer
  handover_id: string
  purpose: 'address' | 'acceptance' | 'read-back'
  created_by: Json<unknown>
  created_at: Time
  expires_at: Time
  sent_at: NullableTime
  send_error: string | null
  by_hand: boolean
  attempts: Generated<number>
  spent_at: NullableTime
  withdrawn_at: NullableTime
}

export interface ReturnsTable {
  id: string
  device_id: string
  person_id: string | null
  reason: 'leaving' | 'exchange' | 'repair' | 'asked'
  opened_by: Json<unknown>
  opened_at: Time
  due_on: Day
  leaves_on: Day | null
  shipment_id: string | null
  reminders: Generated<number>
  next_reminder_at: NullableTime
  received_at: NullableTime
  received_by: NullableJson
  serial_read: 'same' | 'different' | 'unread' | null
  other_serial: string | null
  person_acknowledged_at: NullableTime
  stock_acknowledged_at: NullableTime
  outcome: 'stock' | 'repair' | 'quarantine' | 'disposed' | 'kept' | 'lost' | 'withdrawn' | null
  closed_by: NullableJson
  closed_at: NullableTime
}

export interface SecretsTable {
  name: string
  nonce: Buffer
  ciphertext: Buffer
  set_by: Json<unknown>
  set_at: Time
}

export interface ConnectorsTable {
  source: string
  cursor: NullableJson
  started_at: NullableTime
  last_success_at: NullableTime
  last_began_at: NullableTime
  next_at: NullableTime
  failures: Generated<number>
  failing_since: NullableTime
  problem: string | null
  failing_why: string | null
  alerted_at: NullableTime
  heard_at: NullableTime
}

export interface ConnectorRunsTable {
  id: string
  source: string
  began_at: Time
  ended_at: Time
  outcome: 'complete' | 'partial' | 'failed'
  pages: number
  records: number
  changed: number
  unreadable: number
  problem: string | null
}

export interface AgentsTable {
  id: string
  source: string
  key_hash: Buffer
  host_identifier: string
  memory: DefaultJson<unknown>
  enrolled_at: Time
  last_seen_at: Time
  invalidated_at: NullableTime
}

export interface DeviceMatchesTable {
  device_id: string
  source: string
  matched_by: string
  source_device_id: string | null
  matched_at: Time
}

export interface MatchRefusalsTable {
  source: string
  alias: string
  device_id: string
  refused_at: Time
}

export interface MismatchesTable {
  id: string
  device_id: string
  person_id: string | null
  field: string
  source: string
  sides: Json<unknown>
  opened_at: Time
  last_seen_at: Time
  status: Generated<'open' | 'settled' | 'gone'>
  decision: 'ours' | 'theirs' | 'neither' | 'explained' | null
  note_id: string | null
  settled_at: NullableTime
  settled_by: string | null
}

export interface DevicePlacesTable {
  device_id: string
  at: Time
  seq: number
  source: string
  token_id: string | null
  network: string
  country: string | null
  region: string | null
  city: string | null
  latitude: number | null
  longitude: number | null
  radius_km: number | null
}

export interface DeviceSeenTable {
  device_id: string
  source: string
  seen_on: Day
}

export interface LinksTable {
  id: Generated<number>
  kind: 'door' | 'building' | 'unit code' | 'phone' | 'network' | 'gateway' | 'access point' | 'peripheral' | 'tool'
  value: string
  device_id: string | null
  person_id: string | null
  origin: string
  from_seq: number
  to_seq: number | null
  from_at: Time
  to_at: NullableTime
}

export interface SitesTable {
  id: string
  found_at: Time
  merged_into: string | null
}

export interface SiteValuesTable {
  kind: LinksTable['kind']
  value: string
  site_id: string
  added_at: Time
}

export interface CatalogEntriesTable {
  id: string
  origin: string
  tool: Json<unknown>
  set_by: Json<unknown>
  set_at: Time
}

export interface ApprovalsTable {
  id: string
  what: 'tool' | 'publisher' | 'network_exit' | 'entry_off'
  value: string
  people: NullableJson
  ends_on: Day | null
  status: 'asked' | 'granted' | 'refused' | 'ended'
  asked_by: Json<unknown>
  asked_at: Time
  note_id: string | null
  counted: NullableJson
  decided_by: NullableJson
  decided_at: NullableTime
  decision_note_id: string | null
  alone: boolean | null
  ended_at: NullableTime
}

export interface FleetUseTable {
  device_id: string
  what: 'tool' | 'hardware' | 'network_exit'
  value: string
}

export interface SitePeopleTable {
  site_id: string
  person_id: string
  added_at: Time
}

export interface PlacesTable {
  id: string
  entry: NullableJson
  is_off: Generated<boolean>
  set_by: Json<unknown>
  set_at: Time
  note_id: string
  asked: 'add' | 'correct' | 'switch off' | null
  asked_entry: NullableJson
  asked_by: NullableJson
  asked_at: NullableTime
  asked_note_id: string | null
}

/** better-auth's accounts, in their own schema: read here, written by better-auth only. */
export interface AuthUserTable {
  id: string
  name: string
  email: string
  role: string | null
  banned: boolean | null
  twoFactorEnabled: boolean | null
  createdAt: Time
}

export interface Database {
  ledger: LedgerTable
  checkpoints: CheckpointsTable
  notes: NotesTable
  people: PeopleTable
  address_versions: AddressVersionsTable
  devices: DevicesTable
  device_aliases: DeviceAliasesTable
  shipments: ShipmentsTable
  shipment_devices: ShipmentDevicesTable
  scans: ScansTable
  declarations: DeclarationsTable
  facets: FacetsTable
  presence: PresenceTable
  inbox: InboxTable
  imports: ImportsTable
  import_changes: ImportChangesTable
  settings: SettingsTable
  cursors: CursorsTable
  rule_settings: RuleSettingsTable
  rule_versions: RuleVersionsTable
  waiting_changes: WaitingChangesTable
  suppressions: SuppressionsTable
  watch: WatchTable
  rule_failures: RuleFailuresTable
  cases: CasesTable
  findings: FindingsTable
  case_tasks: CaseTasksTable
  case_viewers: CaseViewersTable
  case_checks: CaseChecksTable
  saved_views: SavedViewsTable
  saved_view_marks: SavedViewMarksTable
  user_settings: UserSettingsTable
  outbox: OutboxTable
  outbox_attempts: OutboxAttemptsTable
  tokens: TokensTable
  invitations: InvitationsTable
  labels: LabelsTable
  delivery_policies: DeliveryPoliciesTable
  shipment_tasks: ShipmentTasksTable
  wordings: WordingsTable
  terms: TermsTable
  handovers: HandoversTable
  handover_items: HandoverItemsTable
  handover_links: HandoverLinksTable
  returns: ReturnsTable
  secrets: SecretsTable
  connectors: ConnectorsTable
  connector_runs: ConnectorRunsTable
  agents: AgentsTable
  device_matches: DeviceMatchesTable
  match_refusals: MatchRefusalsTable
  mismatches: MismatchesTable
  device_places: DevicePlacesTable
  device_seen: DeviceSeenTable
  links: LinksTable
  sites: SitesTable
  places: PlacesTable
  site_values: SiteValuesTable
  site_people: SitePeopleTable
  catalog_entries: CatalogEntriesTable
  approvals: ApprovalsTable
  fleet_use: FleetUseTable
  'auth.user': AuthUserTable
}
