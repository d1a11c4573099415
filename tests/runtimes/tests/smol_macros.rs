//! smol below the attribute, by its own macro, which is no attribute.

use macro_rules_attribute::apply;

#[daemon::main(mode = foreground)]
#[apply(smol_macros::main!)]
async fn main(ready: daemon::Ready) -> std::io::Result<()> {
    async {}.await;
    ready.notify();
    daemon::stop().request("that was all");
    daemon::stopped().await;
    Ok(())
}
