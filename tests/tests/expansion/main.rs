//! What the attribute makes of `main`, and what the compiler says of mistakes.

mod lints;
mod pipeline;
mod properties;
mod ui;

daemon_tests::wing![lints, pipeline, properties, ui];
