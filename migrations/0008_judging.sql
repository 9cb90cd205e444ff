-- What judging rests on beyond one laptop: what people and laptops share, and what the company says of places, tools and rules.

-- A value that a person or a laptop had, from one time and one fact on until another. Read as of any sequence number.
create table links (
  id        bigint generated always as identity primary key,
  kind      text not null check (kind in (
    'door', 'building', 'unit code', 'phone', 'network', 'gateway', 'access point', 'peripheral')),
  -- A key or a keyed hash; what it was made from is not kept here.
  value     text not null,
  -- Null for what is a person's own, such as their address.
  device_id text references devices (id),
  person_id text references people (id),
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
-- A person's case that a site's case took in: worked there, and out of the queue.
alter table cases add column part_of text references cases (id);
create index cases_part_of on cases (part_of) where part_of is not null;
