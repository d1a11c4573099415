//! The JSON that rustdoc writes, as the Rust that it was made of.

use serde_json::Value;

/// The version of the JSON that is read here, that of Rust 1.95.
const VERSION: u64 = 57;

/// The compiler's own marks of a type; nobody can name them.
const UNNAMED: [&str; 3] = ["Freeze", "StructuralPartialEq", "UnsafeUnpin"];

/// Everything that rustdoc says of a library.
pub(crate) struct Items(Value);

impl Items {
    pub(crate) fn new(json: Value) -> Self {
        assert_eq!(json["format_version"], VERSION, "the JSON is of another version");
        Items(json)
    }

    pub(crate) fn get(&self, id: &Value) -> &Value {
        &self.0["index"][id.to_string()]
    }

    /// What the root of the library re-exports, and its modules: names, and which items they are.
    pub(crate) fn exported(&self) -> Vec<(String, Value)> {
        self.exported_by(self.get(&self.0["root"]), "")
    }

    fn exported_by(&self, module: &Value, path: &str) -> Vec<(String, Value)> {
        let items = array(&module["inner"]["module"]["items"]).map(|id| (id, self.get(id)));
        let exported = items.flat_map(|(id, item)| {
            let export = &item["inner"]["use"];
            let name = |of: &Value| format!("{path}{}", text(&of["name"]));
            if !item["inner"]["module"].is_null() {
                return self.exported_by(item, &format!("{}::", name(item)));
            }
            if !item["inner"]["macro"].is_null() {
                return vec![(name(item), id.clone())];
            }
            assert_eq!(export["is_glob"], false, "re-exports are by name alone: {item}");
            vec![(name(export), export["id"].clone())]
        });
        exported.collect()
    }

    pub(crate) fn is_exported(&self, of_type: &Value) -> bool {
        let path = &of_type["resolved_path"];
        !path.is_null() && self.exported().iter().any(|(_, id)| *id == path["id"])
    }

    /// All that are written in the library itself, by hand or by `derive`, and what the compiler
    /// adds. What every type has is left out.
    pub(crate) fn implementations(&self) -> impl Iterator<Item = &Value> {
        let index = self.0["index"].as_object().expect("an index");
        let implementations = index.values().map(|item| &item["inner"]["impl"]);
        implementations.filter(|it| !it.is_null() && it["blanket_impl"].is_null())
    }

    /// The public fields, or the variants, of the item of this path.
    pub(crate) fn members(&self, item: &Value, path: &str) -> Vec<String> {
        let inner = &item["inner"];
        let fields = match &inner["struct"]["kind"] {
            Value::Object(kind) if kind.contains_key("tuple") => &kind["tuple"],
            kind => &kind["plain"]["fields"],
        };
        let members = [fields, &inner["enum"]["variants"]].into_iter().flat_map(array);
        let members = members.filter(|id| !id.is_null()).map(|id| self.get(id));
        members.flat_map(|member| self.declaration(member, &format!("{path}::"))).collect()
    }

    /// The item with what stands before its body, if it is public; `path` leads to it.
    pub(crate) fn declaration(&self, item: &Value, path: &str) -> Option<String> {
        let name = text(&item["name"]);
        let (kind, inner) = item["inner"].as_object()?.iter().next()?;
        let declared = match kind.as_str() {
            "struct" | "enum" => {
                format!("pub {kind} {path}{name}{}", self.parameters(&inner["generics"]))
            }
            "function" => self.function(inner, &format!("{path}{name}")),
            "variant" => format!("pub {path}{name}{}", self.variant(&inner["kind"])),
            "struct_field" => format!("pub {path}{name}: {}", self.of_type(inner)),
            "assoc_const" => format!("pub const {path}{name}: {}", self.of_type(&inner["type"])),
            _ => panic!("an item of a kind that is not known: {item}"),
        };
        let is_public = item["visibility"] == "public" || kind == "variant";
        let attributes = array(&item["attrs"]).filter_map(|attribute| match attribute {
            Value::String(flag) => Some(format!("#[{flag}] ")),
            // `repr`, `must_use` and others bind no user.
            _ => None,
        });
        is_public.then(|| attributes.collect::<String>() + &declared)
    }

    /// The implementation of a trait, with its types, unless only the compiler speaks of that trait.
    pub(crate) fn implementation(&self, implementation: &Value) -> Vec<String> {
        let of_a_trait = implemented_trait(implementation).expect("a trait");
        if UNNAMED.iter().any(|unnamed| text(&of_a_trait["path"]).ends_with(unnamed)) {
            return Vec::new();
        }
        let parameters = self.parameters(&implementation["generics"]);
        let not = if implementation["is_negative"] == true { "!" } else { "" };
        let of_a_trait = self.path(of_a_trait);
        let of_type = self.of_type(&implementation["for"]);
        let mut lines = vec![format!("impl{parameters} {not}{of_a_trait} for {of_type}")];
        for item in array(&implementation["items"]).map(|id| self.get(id)) {
            let inner = &item["inner"]["assoc_type"];
            if !inner.is_null() {
                let (name, is) = (text(&item["name"]), self.of_type(&inner["type"]));
                lines.push(format!("type <{of_type} as {of_a_trait}>::{name} = {is}"));
            }
        }
        lines
    }

    fn function(&self, function: &Value, path: &str) -> String {
        let words = ["const", "async", "unsafe"].into_iter();
        let words = words.filter(|word| function["header"][format!("is_{word}")] == true);
        let words: String = words.map(|word| format!("{word} ")).collect();
        let parameters = self.parameters(&function["generics"]);
        let inputs = self.join(&function["sig"]["inputs"], |input| {
            match (text(&input[0]), self.of_type(&input[1])) {
                ("self", of_type) if of_type == "Self" => "self".to_owned(),
                ("self", of_type) if of_type.ends_with("Self") && of_type.starts_with('&') => {
                    of_type.replace("Self", "self")
                }
                (name, of_type) => format!("{name}: {of_type}"),
            }
        });
        let output = self.output(&function["sig"]["output"]);
        let conditions = self.join(&function["generics"]["where_predicates"], |condition| {
            let bound = &condition["bound_predicate"];
            assert!(!bound.is_null(), "a condition that is not known: {condition}");
            format!("{}: {}", self.of_type(&bound["type"]), self.bounds(&bound["bounds"]))
        });
        let conditions =
            if conditions.is_empty() { conditions } else { format!(" where {conditions}") };
        format!("pub {words}fn {path}{parameters}({inputs}){output}{conditions}")
    }

    fn output(&self, output: &Value) -> String {
        if output.is_null() { String::new() } else { format!(" -> {}", self.of_type(output)) }
    }

    fn variant(&self, kind: &Value) -> String {
        let fields = |ids: &Value| {
            self.join(ids, |id| {
                let field = self.get(id);
                let of_type = self.of_type(&field["inner"]["struct_field"]);
                match text(&field["name"]) {
                    name if name.starts_with(|it: char| it.is_ascii_digit()) => of_type,
                    name => format!("{name}: {of_type}"),
                }
            })
        };
        match kind {
            Value::String(_) => String::new(),
            kind if kind["tuple"].is_null() => {
                format!(" {{ {} }}", fields(&kind["struct"]["fields"]))
            }
            kind => format!("({})", fields(&kind["tuple"])),
        }
    }

    /// `<'a, T: Display>`; what `impl Trait` stands for is left to where it is written.
    fn parameters(&self, generics: &Value) -> String {
        let written = array(&generics["params"])
            .filter(|parameter| parameter["kind"]["type"]["is_synthetic"] != true);
        let written: Vec<_> = written
            .map(|parameter| {
                let bounds = self.bounds(&parameter["kind"]["type"]["bounds"]);
                let colon = if bounds.is_empty() { "" } else { ": " };
                format!("{}{colon}{bounds}", text(&parameter["name"]))
            })
            .collect();
        if written.is_empty() { String::new() } else { format!("<{}>", written.join(", ")) }
    }

    fn bounds(&self, bounds: &Value) -> String {
        let written = array(bounds).map(|bound| match &bound["trait_bound"] {
            Value::Null => text(&bound["outlives"]).to_owned(),
            of_a_trait => {
                let maybe = if of_a_trait["modifier"] == "maybe" { "?" } else { "" };
                format!("{maybe}{}", self.path(&of_a_trait["trait"]))
            }
        });
        written.collect::<Vec<_>>().join(" + ")
    }

    fn of_type(&self, of_type: &Value) -> String {
        let (kind, inner) = of_type.as_object().and_then(|it| it.iter().next()).expect("a type");
        match kind.as_str() {
            "resolved_path" => self.path(inner),
            "generic" | "primitive" => text(inner).to_owned(),
            "impl_trait" => format!("impl {}", self.bounds(inner)),
            "tuple" => format!("({})", self.join(inner, |part| self.of_type(part))),
            "slice" => format!("[{}]", self.of_type(inner)),
            "array" => format!("[{}; {}]", self.of_type(&inner["type"]), text(&inner["len"])),
            "borrowed_ref" => {
                let lifetime = inner["lifetime"].as_str().map(|it| format!("{it} "));
                let mutable = if inner["is_mutable"] == true { "mut " } else { "" };
                let of_type = self.of_type(&inner["type"]);
                format!("&{}{mutable}{of_type}", lifetime.unwrap_or_default())
            }
            "dyn_trait" => {
                let traits = array(&inner["traits"]).map(|it| self.path(&it["trait"]));
                let lifetime = inner["lifetime"].as_str().map(str::to_owned);
                format!("dyn {}", traits.chain(lifetime).collect::<Vec<_>>().join(" + "))
            }
            "qualified_path" => {
                let of_type = self.of_type(&inner["self_type"]);
                let name = text(&inner["name"]);
                match &inner["trait"] {
                    Value::Null => format!("{of_type}::{name}"),
                    of_a_trait => format!("<{of_type} as {}>::{name}", self.path(of_a_trait)),
                }
            }
            _ => panic!("a type of a kind that is not known: {of_type}"),
        }
    }

    /// The whole path, ours as users know it.
    fn path(&self, path: &Value) -> String {
        let ours = self.exported().into_iter().find(|(_, id)| *id == path["id"]);
        let name = match (ours, &self.0["paths"][path["id"].to_string()]["path"]) {
            (Some((name, _)), _) => format!("daemon::{name}"),
            (None, Value::Null) => text(&path["path"]).to_owned(),
            (None, parts) => array(parts).map(text).collect::<Vec<_>>().join("::"),
        };
        name + &self.arguments(&path["args"])
    }

    fn arguments(&self, arguments: &Value) -> String {
        let of_a_function = &arguments["parenthesized"];
        if !of_a_function.is_null() {
            let inputs = self.join(&of_a_function["inputs"], |input| self.of_type(input));
            return format!("({inputs}){}", self.output(&of_a_function["output"]));
        }
        let in_brackets = &arguments["angle_bracketed"];
        let given = array(&in_brackets["args"]).map(|argument| match argument.get("type") {
            Some(of_type) => self.of_type(of_type),
            None => text(&argument["lifetime"]).to_owned(),
        });
        let said = array(&in_brackets["constraints"]).map(|constraint| {
            let is = self.of_type(&constraint["binding"]["equality"]["type"]);
            format!("{} = {is}", text(&constraint["name"]))
        });
        let all: Vec<_> = given.chain(said).collect();
        if all.is_empty() { String::new() } else { format!("<{}>", all.join(", ")) }
    }

    fn join(&self, list: &Value, written: impl Fn(&Value) -> String) -> String {
        array(list).map(written).collect::<Vec<_>>().join(", ")
    }
}

/// The trait that is implemented, if one is.
pub(crate) fn implemented_trait(implementation: &Value) -> Option<&Value> {
    Some(&implementation["trait"]).filter(|it| !it.is_null())
}

/// Whether this item is a part of it.
pub(crate) fn mentions(json: &Value, id: &Value) -> bool {
    match json {
        Value::Object(fields) => {
            fields.get("id").is_some_and(|it| it == id)
                || fields.values().any(|it| mentions(it, id))
        }
        Value::Array(items) => items.iter().any(|it| mentions(it, id)),
        _ => false,
    }
}

/// The items of a list; none, if there is no list.
fn array(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(word: &Value) -> &str {
    word.as_str().unwrap_or_else(|| panic!("not a word: {word}"))
}
