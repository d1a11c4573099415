//! A socket of systemd, whose first connection starts the service; see systemd.socket(5).

use crate::config::Config;
use crate::control::unit::escape::systemd::percent;
use crate::control::unit::rights;
use crate::control::unit::systemd::text::{Unit, description};
use crate::error::Error;

/// The file `NAME.socket`, for the service that is printed for systemd.
pub(super) fn socket(config: &Config) -> Result<String, Error> {
    let name = &config.name;
    let described = description(name)?;
    let mut unit = Unit::default();
    unit.comment(&format!("The socket of {name}, whose first client starts it. It belongs into"));
    unit.comment(&format!("/etc/systemd/system/{name}.socket, beside {name}.service; then"));
    unit.comment(&format!("`systemctl enable --now {name}.socket`."));
    unit.section("Unit");
    unit.set("Description", format!("The socket of {described}"));
    unit.section("Socket");
    unit.comment(
        "The program says nowhere where it listens: an address goes here, such as 127.0.0.1:8080.",
    );
    unit.set("ListenStream", format!("/run/{}.sock", percent(name)));
    unit.comment("The program finds it by this name: `daemon::sockets().named(…)`.");
    unit.comment(&format!("FileDescriptorName={described}"));
    unit.comment("Of a socket in the file system, whose it is, and who may connect.");
    let user = rights::becomes(config).filter(|user| !rights::is_number_alone(user));
    if let Some(user) = user {
        unit.set("SocketUser", percent(&user.to_string()));
    }
    if let Some(group) = &config.group {
        unit.set("SocketGroup", percent(&group.to_string()));
    }
    unit.set("SocketMode", "0660");
    unit.set("RemoveOnStop", "yes");
    unit.section("Install");
    unit.set("WantedBy", "sockets.target");
    Ok(unit.0)
}
