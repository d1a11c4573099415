//! The house: whether the sources keep the rules that CONTRIBUTING tells, and what is published is whole.

mod fences;
mod guarantees;
mod imports;
mod links;
mod published;

daemon_tests::wing![fences, guarantees, imports, links, published];
