-- What detection concludes and what people do about it.

create table cursors (
  name text primary key,
  seq  bigint not null
);

create table rule_settings (
  rule   text primary key,
  ladder text not null check (ladder in ('off', 'watch', 'notify', 'case', 'hold')),
  params jsonb not null default '{}',
  set_by jsonb not null,
  set_at timestamptz(3) not null
);

-- When a device is to be judged again without a new fact.
create table watch (
  device_id     text primary key references devices (id),
  look_again_at timestamptz(3),
  by_rule       jsonb not null default '{}'
);
create index watch_due on watch (look_again_at) where look_again_at is not null;

create table rule_failures (
  rule      text not null,
  device_id text not null,
  failed_at timestamptz(3) not null,
  error     text not null,
  primary key (rule, device_id)
);

create sequence case_numbers;

create table cases (
  id            text primary key,
  number        bigint not null unique,
  -- A case is about a person; a device that nobody is assigned stands for itself.
  subject_kind  text not null check (subject_kind in ('person', 'device', 'site')),
  subject_id    text not null,
  title         text not null,
  status        text not null check (status in ('new', 'investigating', 'waiting', 'snoozed', 'closed')),
  severity      text not null check (severity in ('low', 'medium', 'high', 'critical')),
  score         double precision not null,
  parts         jsonb not null default '[]',
  assignee_id   text,
  waiting_on    text,
  snoozed_until timestamptz(3),
  opened_at     timestamptz(3) not null,
  due_at        timestamptz(3),
  closed_at     timestamptz(3),
  outcome       text check (outcome in ('benign', 'policy_breach', 'confirmed', 'cannot_tell')),
  -- What outside was last told: severity, rules, people.
  told          jsonb,
  check ((status = 'closed') = (closed_at is not null))
);
create unique index cases_open_subject on cases (subject_kind, subject_id) where status <> 'closed';
create index cases_queue on cases (severity, opened_at desc, id) where status <> 'closed';
create index cases_all on cases (opened_at desc, id desc);

create table findings (
  id          text primary key,
  rule        text not null,
  key         text not null,
  device_id   text not null references devices (id),
  person_id   text references people (id),
  case_id     text references cases (id),
  status      text not null check (status in ('active', 'cleared', 'decided')),
  severity    text not null,
  weight      double precision not null,
  exceptional boolean not null default false,
  summary     text not null,
  facts       jsonb not null,
  params      jsonb not null,
  evidence    jsonb not null,
  response    text not null,
  since       timestamptz(3) not null,
  raised_at   timestamptz(3) not null,
  changed_at  timestamptz(3) not null,
  cleared_at  timestamptz(3),
  late_data   boolean not null default false
);
-- One open finding per rule and key; a decided one stands beside it until new evidence comes.
create unique index findings_active on findings (rule, key) where status = 'active';
create index findings_device on findings (device_id);
create index findings_person on findings (person_id) where person_id is not null;
create index findings_case on findings (case_id) where case_id is not null;

create table case_tasks (
  id       text primary key,
  case_id  text not null references cases (id),
  task     text not null,
  key      text not null,
  added_at timestamptz(3) not null,
  done_at  timestamptz(3),
  done_by  jsonb,
  unique (case_id, key)
);

-- Messages to the outside, in order per `ordering_key`.
create table outbox (
  id              text primary key,
  position        bigint generated always as identity,
  sink            text not null,
  ordering_key    text not null,
  type            text not null,
  body            text not null,
  created_at      timestamptz(3) not null,
  status          text not null default 'waiting' check (status in ('waiting', 'delivered', 'given up')),
  attempts        int not null default 0,
  next_attempt_at timestamptz(3) not null
);
create index outbox_todo on outbox (sink, position) where status = 'waiting';
create index outbox_list on outbox (position desc);
create index outbox_case on outbox (ordering_key, position);

create table outbox_attempts (
  message_id      text not null references outbox (id),
  attempt         int not null,
  at              timestamptz(3) not null,
  request_headers jsonb not null,
  status          int,
  answer          text not null,
  error           text,
  primary key (message_id, attempt)
);
