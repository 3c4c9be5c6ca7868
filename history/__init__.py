"""What was known when: snapshots, editions, the journal of a scan, and the lock that guards them."""
