//! What the attribute makes of `main`, and what the compiler says of mistakes.

mod pipeline;
mod properties;
mod ui;

daemon_tests::wing![pipeline, properties, ui];
