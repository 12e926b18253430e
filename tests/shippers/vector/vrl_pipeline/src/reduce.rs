//! The transform `reduce`: makes one event of several.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use vrl::compiler::Program;
use vrl::value::Value;

use crate::component::{compile, holds};

/// Options that Vector knows; it refuses others.
const OPTIONS: [&str; 10] = [
    "type",
    "inputs",
    "group_by",
    "merge_strategies",
    "ends_when",
    "starts_when",
    "max_events",
    "expire_after_ms",
    "flush_period_ms",
    "end_every_period_ms",
];

pub struct Reduce {
    group_by: Vec<String>,
    strategies: BTreeMap<String, String>,
    ends_when: Option<Program>,
    starts_when: Option<Program>,
    max_events: usize,
    groups: BTreeMap<String, Group>,
}

struct Group {
    events: usize,
    fields: BTreeMap<String, Value>,
}

impl Reduce {
    pub fn read(options: &Json) -> Result<Reduce, String> {
        let names = options.as_object().ok_or("no options")?.keys();
        if let Some(unknown) = names.clone().find(|name| !OPTIONS.contains(&name.as_str())) {
            return Err(format!("unknown field {unknown:?}"));
        }
        let [ends_when, starts_when] =
            ["ends_when", "starts_when"].map(|name| condition(&options[name]));
        let (ends_when, starts_when) = (ends_when?, starts_when?);
        if ends_when.is_some() && starts_when.is_some() {
            return Err("only one of `ends_when` and `starts_when` can be provided".into());
        }
        let strategies = options["merge_strategies"]
            .as_object()
            .into_iter()
            .flatten();
        Ok(Reduce {
            group_by: options["group_by"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|name| text(name))
                .collect(),
            strategies: strategies
                .map(|(field, strategy)| (field.clone(), text(strategy)))
                .collect(),
            ends_when,
            starts_when,
            max_events: options["max_events"]
                .as_u64()
                .map_or(usize::MAX, |most| most as usize),
            groups: BTreeMap::new(),
        })
    }

    pub fn take(&mut self, event: Value) -> Vec<Value> {
        let starts = self
            .starts_when
            .as_ref()
            .is_some_and(|condition| holds(condition, &event));
        let mut ends = self
            .ends_when
            .as_ref()
            .is_some_and(|condition| holds(condition, &event));
        let Value::Object(fields) = event else {
            return vec![event];
        };
        let key = self
            .group_by
            .iter()
            .map(|name| format!("{:?}", fields.get(name.as_str())))
            .collect::<String>();
        let before = self.groups.get(&key).map_or(0, |group| group.events);
        ends = ends || before + 1 == self.max_events;
        let finished = if starts {
            self.groups.remove(&key)
        } else {
            None
        };
        let group = self.groups.entry(key.clone()).or_insert(Group {
            events: 0,
            fields: BTreeMap::new(),
        });
        group.events += 1;
        for (name, value) in fields {
            add(
                group,
                (name.as_str(), value),
                self.strategies.get(name.as_str()).map(String::as_str),
            );
        }
        let ended = if ends && !starts {
            self.groups.remove(&key)
        } else {
            None
        };
        finished.into_iter().chain(ended).map(to_event).collect()
    }

    pub fn end(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.groups)
            .into_values()
            .map(to_event)
            .collect()
    }
}

fn add(group: &mut Group, (name, value): (&str, Value), strategy: Option<&str>) {
    let Some(known) = group.fields.get_mut(name) else {
        group.fields.insert(name.to_owned(), value);
        return;
    };
    match (strategy, &known, &value) {
        (Some("concat_raw"), ..) => *known = format!("{}{}", line(known), line(&value)).into(),
        (Some("concat_newline"), ..) => {
            *known = format!("{}\n{}", line(known), line(&value)).into()
        }
        (Some("retain"), ..) => *known = value,
        (Some("discard"), ..) => {}
        (Some(other), ..) => panic!("strategy {other} of {name} is not known here"),
        (None, Value::Integer(a), Value::Integer(b)) => *known = (a + b).into(),
        (None, Value::Timestamp(_), Value::Timestamp(_)) => {
            group.fields.insert(format!("{name}_end"), value);
        }
        (None, ..) => {}
    }
}

fn line(value: &Value) -> String {
    value
        .to_str_lossy()
        .expect("only texts are concatenated")
        .into_owned()
}

fn to_event(group: Group) -> Value {
    Value::Object(
        group
            .fields
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect(),
    )
}

fn condition(options: &Json) -> Result<Option<Program>, String> {
    match options {
        Json::Null => Ok(None),
        Json::String(source) => compile(source).map(Some),
        _ if options["type"] == "vrl" => compile(&text(&options["source"])).map(Some),
        _ => Err(format!("condition {options} is not known here")),
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
