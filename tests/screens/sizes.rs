//! Any size, any theme.
