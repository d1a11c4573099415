//! Rocket below the attribute.

#[daemon::main(mode = foreground)]
#[rocket::main]
async fn main(ready: daemon::Ready) -> Result<(), Box<dyn std::error::Error>> {
    let config = rocket::Config { log_level: rocket::config::LogLevel::Off, ..Default::default() };
    let _rocket = rocket::custom(config).ignite().await?;
    ready.notify();
    daemon::stop().request("that was all");
    daemon::stopped().await;
    Ok(())
}
