//! JSON, as far as the verbs print it; see RFC 8259.

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(u64),
    Text(String),
    List(Vec<Json>),
    /// In this order.
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// On several lines, with a final newline: people read it too.
    pub(super) fn document(&self) -> String {
        let mut text = String::new();
        self.write(0, &mut text);
        text.push('\n');
        text
    }

    fn write(&self, depth: usize, text: &mut String) {
        match self {
            Json::Null => text.push_str("null"),
            Json::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Json::Number(number) => text.push_str(&number.to_string()),
            Json::Text(value) => write_text(value, text),
            Json::List(values) => {
                write_all(b"[]", values.len(), depth, text, |index, text| {
                    values[index].write(depth + 1, text);
                });
            }
            Json::Object(members) => {
                write_all(b"{}", members.len(), depth, text, |index, text| {
                    let (name, value) = &members[index];
                    write_text(name, text);
                    text.push_str(": ");
                    value.write(depth + 1, text);
                });
            }
        }
    }
}

fn write_all(
    [begin, end]: &[u8; 2],
    count: usize,
    depth: usize,
    text: &mut String,
    mut write: impl FnMut(usize, &mut String),
) {
    let new_line = |depth: usize, text: &mut String| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    };
    text.push(char::from(*begin));
    for index in 0..count {
        if index > 0 {
            text.push(',');
        }
        new_line(depth + 1, text);
        write(index, text);
    }
    if count > 0 {
        new_line(depth, text);
    }
    text.push(char::from(*end));
}

/// With every control character escaped, those too that JSON lets through: it is printed on
/// terminals as well.
fn write_text(value: &str, text: &mut String) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            _ if character.is_control() => {
                // All of them are below U+00A0.
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Json::Bool(value)
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Json::Number(value)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Json::Text(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Json::Text(value)
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Json::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use property::check;
    use property::proptest::prelude::any;

    use super::Json;

    #[test]
    fn it_is_written_as_people_read_it() {
        let json = Json::Object(vec![
            ("none", Json::Object(Vec::new())),
            ("list", Json::List(vec![1.into(), true.into(), Json::Null])),
            ("text", "a\"\\\n\u{1b}\u{9b}é".into()),
        ]);
        let expected = "{\n  \"none\": {},\n  \"list\": [\n    1,\n    true,\n    null\n  ],\n  \
                        \"text\": \"a\\\"\\\\\\n\\u001b\\u009bé\"\n}\n";
        assert_eq!(json.document(), expected);
    }

    #[test]
    fn any_text_is_on_one_line_and_ends_where_it_ends() {
        check(2000, any::<String>, |text| {
            let document = Json::from(text.as_str()).document();
            let inside = document.strip_suffix("\"\n").and_then(|it| it.strip_prefix('"'));
            let inside = inside.expect("quotes around it");
            assert!(!inside.contains(char::is_control));
            // Each quotation mark has an odd number of backslashes before it.
            let mut is_escaped = false;
            for character in inside.chars() {
                assert!(character != '"' || is_escaped);
                is_escaped = character == '\\' && !is_escaped;
            }
            assert!(!is_escaped);
        });
    }
}
