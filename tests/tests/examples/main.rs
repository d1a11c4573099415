//! The examples and the files of `examples/deploy`, as somebody uses them who tries them out.

mod built;
mod by_a_user;
mod deploy;
mod installed;

daemon_tests::wing![by_a_user, deploy];
