//! The fields of a pod, as the API reference of Kubernetes v1 has them ("Pod"), and what its validation
//! asks of their values: an unknown field is an error there, as with `kubectl apply --validate=strict`.

use yaml_rust2::{Yaml, YamlLoader};

/// The form of a value.
enum Form {
    Text(fn(&str) -> bool),
    Number(std::ops::RangeInclusive<i64>),
    Flag,
    List(&'static Form),
    /// These fields, of which the first ones are required: so many.
    Fields(usize, &'static [(&'static str, Form)]),
    /// Any names, with these values.
    Map(&'static Form),
}

use Form::{Fields, Flag, List, Map, Number, Text};

const ANY: Form = Text(|_| true);
const ID: Form = Number(0..=i32::MAX as i64);
const COUNT: Form = Number(1..=i32::MAX as i64);
const NAME: Form = Text(is_dns_label);
const COMMAND: Form = List(&ANY);
const CAPABILITIES: Form = List(&Text(|name| !name.starts_with("CAP_") && is_upper_case(name)));

const POD: Form = Fields(
    4,
    &[
        ("apiVersion", Text(|text| text == "v1")),
        ("kind", Text(|text| text == "Pod")),
        ("metadata", Fields(1, &[("name", NAME), ("labels", Map(&NAME))])),
        ("spec", SPEC),
    ],
);

const SPEC: Form = Fields(
    1,
    &[
        ("containers", List(&CONTAINER)),
        ("terminationGracePeriodSeconds", Number(0..=i64::MAX)),
        ("automountServiceAccountToken", Flag),
        ("securityContext", POD_SECURITY_CONTEXT),
        ("volumes", List(&Fields(2, &[("name", NAME), ("emptyDir", Fields(0, &[]))]))),
    ],
);

const POD_SECURITY_CONTEXT: Form = Fields(
    0,
    &[
        ("runAsUser", ID),
        ("runAsGroup", ID),
        ("runAsNonRoot", Flag),
        ("fsGroup", ID),
        ("seccompProfile", Fields(1, &[("type", Text(|text| text == "RuntimeDefault"))])),
    ],
);

const CONTAINER: Form = Fields(
    2,
    &[
        ("name", NAME),
        ("image", ANY),
        ("command", COMMAND),
        ("env", List(&Fields(1, &[("name", Text(is_upper_case)), ("value", ANY)]))),
        ("startupProbe", PROBE),
        ("readinessProbe", PROBE),
        ("securityContext", SECURITY_CONTEXT),
        ("volumeMounts", List(&Fields(2, &[("name", NAME), ("mountPath", Text(is_mount_path))]))),
    ],
);

const PROBE: Form = Fields(
    1,
    &[
        ("exec", Fields(1, &[("command", COMMAND)])),
        ("periodSeconds", COUNT),
        ("failureThreshold", COUNT),
    ],
);

const SECURITY_CONTEXT: Form = Fields(
    0,
    &[
        ("allowPrivilegeEscalation", Flag),
        ("readOnlyRootFilesystem", Flag),
        ("capabilities", Fields(0, &[("add", CAPABILITIES), ("drop", CAPABILITIES)])),
    ],
);

/// RFC 1123.
fn is_dns_label(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(fits)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_upper_case(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

fn is_mount_path(text: &str) -> bool {
    text.starts_with('/') && !text.contains(':')
}

/// The one document of a manifest, which Kubernetes would take.
#[track_caller]
pub(crate) fn read(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).expect("YAML");
    let pod = documents.pop().expect("a document");
    assert!(documents.is_empty(), "{text}");
    assert_fits(&POD, &pod, "pod");
    for container in pod["spec"]["containers"].as_vec().expect("a list") {
        for mount in container["volumeMounts"].as_vec().into_iter().flatten() {
            let volumes = pod["spec"]["volumes"].as_vec().expect("volumes");
            let same = volumes.iter().filter(|volume| volume["name"] == mount["name"]);
            assert_eq!(same.count(), 1, "{mount:?}");
        }
    }
    if pod["spec"]["securityContext"]["runAsNonRoot"].as_bool() == Some(true) {
        assert_ne!(pod["spec"]["securityContext"]["runAsUser"].as_i64(), Some(0));
    }
    pod
}

#[track_caller]
fn assert_fits(form: &Form, value: &Yaml, at: &str) {
    let fits = match (form, value) {
        (Text(rule), Yaml::String(text)) => rule(text),
        (Number(range), Yaml::Integer(number)) => range.contains(number),
        (Flag, Yaml::Boolean(_)) => true,
        (List(form), Yaml::Array(values)) => {
            values.iter().for_each(|value| assert_fits(form, value, &format!("{at}[]")));
            !values.is_empty()
        }
        (Map(form), Yaml::Hash(values)) => {
            values.iter().for_each(|(name, value)| assert_fits(form, value, &key(at, name)));
            true
        }
        (Fields(required, fields), Yaml::Hash(values)) => {
            for (name, value) in values {
                let field = fields.iter().find(|(known, _)| name.as_str() == Some(known));
                let Some((_, form)) = field else { panic!("{} is not a field", key(at, name)) };
                assert_fits(form, value, &key(at, name));
            }
            fields[..*required].iter().all(|(name, _)| !value[*name].is_badvalue())
        }
        _ => false,
    };
    assert!(fits, "{at} is {value:?}");
}

fn key(at: &str, name: &Yaml) -> String {
    format!("{at}.{}", name.as_str().unwrap_or("?"))
}
