//! A property list of launchd; see launchd.plist(5).

use std::ffi::OsStr;

use crate::config::Config;
use crate::config::umask::Umask;
use crate::config::verb::Target;
use crate::control::unit::escape::xml::string;
use crate::control::unit::program::Program;
use crate::control::unit::refusals::{refuse_background, refuse_capabilities};
use crate::control::unit::stop_time;
use crate::error::Error;
use crate::process::limits::{Limit, Resource};

/// The file `/Library/LaunchDaemons/NAME.plist`.
pub(super) fn property_list(config: &Config, program: &Program) -> Result<String, Error> {
    refuse_background(config, Target::Launchd)?;
    refuse_capabilities(config, Target::Launchd)?;
    let label = string(OsStr::new(&config.name))?;
    let words: Result<Vec<_>, _> = program.start().iter().map(|word| string(word)).collect();
    let words: String = words?.iter().map(|word| format!("\t\t{word}\n")).collect();
    // 0 stands for "for ever".
    let stop = stop_time::seconds(config).unwrap_or(0);
    let umask = match config.umask {
        Umask::Mask(mask) => format!("\t<key>Umask</key>\n\t<integer>{mask}</integer>\n"),
        Umask::Inherit => String::new(),
    };
    let soft = limits(config, "SoftResourceLimits", |limit| limit.soft);
    let hard = limits(config, "HardResourceLimits", |limit| limit.hard);
    // In a comment, two hyphens would end it.
    let name = config.name.replace('-', "_");
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <!-- How launchd starts {name}, by `unit launchd`. It belongs into /Library/LaunchDaemons/; then\n     \
         `launchctl bootstrap system` with its path. The program becomes its user itself. -->\n\
         <plist version=\"1.0\">\n\
         <dict>\n\
         \t<key>Label</key>\n\
         \t{label}\n\
         \t<key>ProgramArguments</key>\n\
         \t<array>\n\
         {words}\
         \t</array>\n\
         \t<key>RunAtLoad</key>\n\
         \t<true/>\n\
         \t<key>KeepAlive</key>\n\
         \t<dict>\n\
         \t\t<key>SuccessfulExit</key>\n\
         \t\t<false/>\n\
         \t</dict>\n\
         \t<key>ExitTimeOut</key>\n\
         \t<integer>{stop}</integer>\n\
         {umask}{soft}{hard}\
         </dict>\n\
         </plist>\n"
    ))
}

/// The limits that it knows; the program sets all of them itself, too. One that it does not mention is
/// as the system has it.
fn limits(config: &Config, key: &str, which: fn(&Limit) -> u64) -> String {
    let known = |resource| match resource {
        Resource::Core => Some("Core"),
        Resource::Cpu => Some("CPU"),
        Resource::Data => Some("Data"),
        Resource::Fsize => Some("FileSize"),
        Resource::Memlock => Some("MemoryLock"),
        Resource::Nofile => Some("NumberOfFiles"),
        Resource::Nproc => Some("NumberOfProcesses"),
        Resource::Rss => Some("ResidentSetSize"),
        Resource::Stack => Some("Stack"),
        _ => None,
    };
    let limits = config.limits.iter().filter_map(|(resource, limit)| {
        let number = i64::try_from(which(limit)).ok()?;
        let name = known(*resource)?;
        Some(format!("\t\t<key>{name}</key>\n\t\t<integer>{number}</integer>\n"))
    });
    let limits: String = limits.collect();
    match &*limits {
        "" => limits,
        limits => format!("\t<key>{key}</key>\n\t<dict>\n{limits}\t</dict>\n"),
    }
}
