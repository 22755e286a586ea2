"""HTTP and timers in, replies out: one blueprint per context. No rules and no storage."""
