-- The short cut: what the last report of a day said as a whole, so that a repeat is known by one statement.
alter table presence
  -- Of the newest report (checkins/fingerprint.ts); null where it came by another road than `POST /checkins`.
  add column fingerprint bigint;
