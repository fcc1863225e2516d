//! T3 to T7: names that try to draw for themselves.
