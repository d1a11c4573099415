//! Actix below the attribute.

#[daemon::main(mode = foreground)]
#[actix_web::main]
async fn main(ready: daemon::Ready) -> std::io::Result<()> {
    let server = actix_web::HttpServer::new(actix_web::App::new).bind("127.0.0.1:0")?;
    assert_eq!(server.addrs().len(), 1);
    ready.notify();
    daemon::stop().request("that was all");
    daemon::stopped().await;
    Ok(())
}
