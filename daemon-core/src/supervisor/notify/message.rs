//! A message to the supervisor: lines of `NAME=value`; see sd_notify(3).

use std::fmt::Display;

use crate::text::{cut, on_one_line};

/// systemd takes no more than a page (`PIPE_BUF`) for all lines together.
const LONGEST_TEXT: usize = 2048;

#[derive(Debug, Default)]
pub(super) struct Message(String);

impl Message {
    pub(super) fn new() -> Self {
        Message::default()
    }

    pub(super) fn number(self, name: &str, value: impl Display) -> Self {
        self.line(name, &value.to_string())
    }

    /// On one line: a newline in the text would begin another assignment, chosen by the text.
    pub(super) fn text(self, name: &str, value: &str) -> Self {
        self.line(name, cut(&on_one_line(value), LONGEST_TEXT))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn line(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0 += &format!("{name}={value}");
        self
    }
}

#[cfg(test)]
mod tests {
    use property::check;

    use super::Message;

    #[test]
    fn no_text_becomes_another_assignment() {
        check(
            2000,
            || r"([\PC\n\r\x00\x0b\x1b\u{85}\u{2028}]|READY=1){0,30}",
            |text| {
                let message =
                    Message::new().number("ERRNO", 2).text("STATUS", &text).number("READY", 0);
                let text = std::str::from_utf8(message.as_bytes()).expect("UTF-8");
                let names: Vec<_> = text.split('\n').map(|line| line.split('=').next()).collect();
                assert_eq!(names, [Some("ERRNO"), Some("STATUS"), Some("READY")]);
            },
        );
    }

    #[test]
    fn a_text_is_one_line_that_the_supervisor_takes() {
        let text = "a\nREADY=1\u{1b}[2J\r";
        let message = Message::new().number("ERRNO", 2).text("STATUS", text);
        assert_eq!(message.as_bytes(), b"ERRNO=2\nSTATUS=a READY=1\\u{1b}[2J");
        let long = Message::new().text("STATUS", &"é\n".repeat(10_000));
        assert!(long.as_bytes().len() < 4096 - 64);
        assert!(std::str::from_utf8(long.as_bytes()).is_ok());
    }
}
