//! The house: whether the sources keep the rules that CONTRIBUTING tells, and what is published is whole.

mod fences;
mod guarantees;
mod imports;
mod links;
mod public_items;
mod published;
mod rust_of_json;

daemon_tests::wing![fences, guarantees, imports, links, public_items, published];
