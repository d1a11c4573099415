//! In the foreground nothing forks, and the rest of the plan holds.

daemon_tests::tests![];
