#!/bin/sh
# Takes behaviours of the fault catalogue out of a copy of the program, one after another, and tells which of them no
# test notices: all of tests/switches.toml, or those of the rows that are named (tests/switches.sh A5 S6).
cd "$(dirname "$0")/.." || exit
CFIAM_SWITCHES="$*" exec cargo test --quiet --locked --test faults -- --ignored --nocapture
