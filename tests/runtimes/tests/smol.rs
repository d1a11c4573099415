//! smol below the attribute, by `smol_potat`.

#[daemon::main(mode = foreground)]
#[smol_potat::main]
async fn main(ready: daemon::Ready) -> std::io::Result<()> {
    async {}.await;
    ready.notify();
    daemon::stop().request("that was all");
    daemon::stopped().await;
    Ok(())
}
