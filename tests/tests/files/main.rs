//! The pidfile and the logs: where they are, and how safely they are made.

mod one_instance;
mod pidfile;
mod properties;
mod safe_directories;

daemon_tests::wing![one_instance, pidfile, properties, safe_directories];
