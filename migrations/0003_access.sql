-- Machine tokens and invitations. Accounts of people are better-auth's, in a schema of their own (0004).

create table tokens (
  id               text primary key,
  name             text not null,
  source           text not null,
  scopes           text[] not null,
  vouches          text not null check (vouches in ('nothing', 'enrolment', 'attestation')),
  hash             bytea not null unique,
  networks         cidr[] not null default '{}',
  rate_per_minute  int,
  created_at       timestamptz(3) not null,
  created_by       jsonb not null,
  expires_at       timestamptz(3),
  last_used_at     timestamptz(3),
  revoked_at       timestamptz(3),
  distrusted_since timestamptz(3)
);

create table invitations (
  id         text primary key,
  hash       bytea not null unique,
  email      text,
  role       text not null check (role in ('admin', 'provisioner', 'analyst', 'auditor')),
  invited_by jsonb not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  used_at    timestamptz(3),
  user_id    text
);
