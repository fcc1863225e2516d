//! `cfiam`: a terminal console that shows who can do what in a Cloudflare account, and changes it safely.
//!
//! An Elm-shaped core in a thin imperative shell. [`app::update`] decides and returns what must be done as
//! data, [`shell`] carries it out, [`ui`] draws what [`app::State`] holds. A room imports rooms of the floors
//! below its own, and no other; `tests/layers.rs` holds the source against this map.
//!
//! ```text
//! floor 7  main.rs
//! floor 6  cli        arguments, exit statuses, printing; one file a command
//! floor 5  shell      the loop, the terminal, input, the worker, the log
//! floor 4  ui         painting               ops      load, apply, resolve
//! floor 3  app        state and update       store    files: staged changes, locks, the request window
//! floor 2  plan       staging, order, runs   rows     columns, filter, sort
//! floor 1  access     grants and paths       api      the client    config   settings    emulator
//! floor 0  domain     members, groups …      keys     the action table    text    foreign text made safe
//! floor 0  crash      deaths that tests ask for, in debug builds alone
//! ```

pub mod access;
pub mod api;
pub mod app;
pub mod cli;
pub mod config;
#[cfg(debug_assertions)]
pub mod crash;
pub mod domain;
pub mod emulator;
pub mod keys;
pub mod ops;
pub mod plan;
pub mod rows;
pub mod shell;
pub mod store;
pub mod text;
pub mod ui;
