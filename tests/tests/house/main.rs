//! The house: whether the sources keep the rules that CONTRIBUTING tells.

mod fences;
mod guarantees;
mod imports;

daemon_tests::wing![fences, guarantees, imports];
