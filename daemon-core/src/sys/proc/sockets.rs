//! The sockets at which a process waits for somebody; see proc_pid_net(5).

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The most that are told of: nobody reads more.
const MOST: usize = 32;

/// Of TCP and of datagrams, the states in which it waits for anybody: `TCP_LISTEN` and `TCP_CLOSE`
/// of the kernel's sources.
const LISTENS: &str = "0A";
const UNCONNECTED: &str = "07";

/// `SO_ACCEPTCON`, of sockets of the file system.
const ACCEPTS: u32 = 1 << 16;

/// The addresses of the process with this directory: `127.0.0.1:80`, `udp 0.0.0.0:53`,
/// `/run/echod.sock`, `@echod`. None if they may not be seen.
pub(super) fn listening(process: &str) -> Vec<String> {
    let own = own_sockets(process);
    if own.is_empty() {
        return Vec::new();
    }
    let table = |name: &str| fs::read_to_string(format!("{process}/net/{name}"));
    let mut found = BTreeSet::new();
    for (name, state, before) in [
        ("tcp", LISTENS, ""),
        ("tcp6", LISTENS, ""),
        ("udp", UNCONNECTED, "udp "),
        ("udp6", UNCONNECTED, "udp "),
    ] {
        let table = table(name).unwrap_or_default();
        let sockets = table.lines().skip(1).filter_map(|line| of_internet(line, state));
        let sockets = sockets.filter(|(inode, _)| own.contains(inode));
        found.extend(sockets.map(|(_, address)| format!("{before}{address}")));
    }
    let table = table("unix").unwrap_or_default();
    let sockets = table.lines().skip(1).filter_map(of_file_system);
    found.extend(sockets.filter(|(inode, _)| own.contains(inode)).map(|(_, path)| path));
    found.into_iter().take(MOST).collect()
}

/// The inodes of the sockets that it has open.
fn own_sockets(process: &str) -> BTreeSet<u64> {
    let open = fs::read_dir(format!("{process}/fd")).into_iter().flatten().flatten();
    let inode = |link: fs::DirEntry| {
        let name = fs::read_link(link.path()).ok()?;
        name.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    };
    open.filter_map(inode).collect()
}

/// The inode and the address of a line of `tcp` or `udp`, if it is in this state.
fn of_internet(line: &str, state: &str) -> Option<(u64, SocketAddr)> {
    let fields: Vec<_> = line.split_whitespace().collect();
    let (local, inode) = (fields.get(1)?, fields.get(9)?);
    if *fields.get(3)? != state {
        return None;
    }
    let (ip, port) = local.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some((inode.parse().ok()?, SocketAddr::new(address(ip)?, port)))
}

/// An address as the kernel prints it: each four bytes as a number of this machine's.
fn address(hexadecimal: &str) -> Option<IpAddr> {
    let word = |index: usize| {
        let digits = hexadecimal.get(8 * index..8 * index + 8)?;
        u32::from_str_radix(digits, 16).ok().map(u32::to_ne_bytes)
    };
    if hexadecimal.len() == 8 {
        return Some(Ipv4Addr::from(word(0)?).into());
    }
    let mut bytes = [0; 16];
    for (index, part) in bytes.chunks_exact_mut(4).enumerate() {
        part.copy_from_slice(&word(index)?);
    }
    Some(Ipv6Addr::from(bytes).into())
}

/// The inode and the name of a line of `unix`, if others can connect to it.
fn of_file_system(line: &str) -> Option<(u64, String)> {
    let mut fields = line.split_whitespace();
    let flags = u32::from_str_radix(fields.nth(3)?, 16).ok()?;
    let inode = fields.nth(2)?.parse().ok()?;
    let path = fields.next()?;
    (flags & ACCEPTS != 0).then(|| (inode, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn a_line_says_who_is_waited_for() {
        let tcp = "   0: 0100007F:1E68 00000000:0000 0A 00000000:00000000 00:00000000 00000000     \
                   0        0 4711 1 0000000000000000 100 0 0 10 0";
        let found = of_internet(tcp, LISTENS).map(|(inode, it)| (inode, it.to_string()));
        assert_eq!(found, Some((4711, "127.0.0.1:7784".to_owned())));
        assert_eq!(of_internet(tcp, UNCONNECTED), None);
        let ip = address("00000000000000000000000001000000").map(|ip| ip.to_string());
        assert_eq!(ip.as_deref(), Some("::1"));
        let unix = "0000000000000000: 00000002 00000000 00010000 0001 01 4712 /run/x.sock";
        assert_eq!(of_file_system(unix), Some((4712, "/run/x.sock".to_owned())));
        for broken in ["", "x", "0: z:1 y 0A 0 0 0 0 0 1", "0: 00:1 0 0A 0 0 0 0 0 1"] {
            assert_eq!(of_internet(broken, LISTENS), None, "{broken}");
            assert_eq!(of_file_system(broken), None, "{broken}");
        }
    }
}
