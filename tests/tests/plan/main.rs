//! What is refused before anything is done.

mod refusals;

daemon_tests::wing![refusals];
