//! JSON, as far as the verbs write it; see RFC 8259.

use std::fmt::{Display, Write};

/// An object whose members come in the order in which they are added.
#[derive(Debug)]
pub(super) struct Object(String);

impl Object {
    pub(super) fn new() -> Self {
        Object(String::new())
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        let value = string(value);
        self.member(key, value);
    }

    pub(super) fn number(&mut self, key: &str, value: impl Into<u64>) {
        self.member(key, value.into());
    }

    pub(super) fn null(&mut self, key: &str) {
        self.member(key, "null");
    }

    pub(super) fn boolean(&mut self, key: &str, value: bool) {
        self.member(key, value);
    }

    pub(super) fn object(&mut self, key: &str, value: Object) {
        self.member(key, value.braced());
    }

    pub(super) fn objects(&mut self, key: &str, values: impl IntoIterator<Item = Object>) {
        let values: Vec<_> = values.into_iter().map(Object::braced).collect();
        self.member(key, format_args!("[{}]", values.join(",")));
    }

    fn member(&mut self, key: &str, value: impl Display) {
        let comma = if self.0.is_empty() { "" } else { "," };
        let _ = write!(self.0, "{comma}{}:{value}", string(key));
    }

    fn braced(self) -> String {
        format!("{{{}}}", self.0)
    }

    /// On a line.
    pub(super) fn finish(self) -> String {
        self.braced() + "\n"
    }
}

/// In quotes, with escapes.
fn string(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // U+007F to U+009F are no concern of JSON's, but of terminals'.
            other if other.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(other));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::Object;

    #[test]
    fn an_object_is_on_a_line() {
        let mut inner = Object::new();
        inner.text("a \"b\"", "c\\\n\u{1b}é");
        let mut object = Object::new();
        object.number("n", 5_u8);
        object.objects("list", [inner]);
        object.boolean("is", true);
        assert_eq!(
            object.finish(),
            "{\"n\":5,\"list\":[{\"a \\\"b\\\"\":\"c\\\\\\n\\u001bé\"}],\"is\":true}\n"
        );
    }
}
