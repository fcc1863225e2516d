//! The embedded API server, asked over HTTP: what it answers is what the service was seen to answer, above all
//! where that surprises.

mod budget;
mod catalogue;
mod command;
mod company;
mod credentials;
mod faults;
mod group_members;
mod groups;
mod lag;
mod members;
mod organizations;
mod paging;
mod support;
