//! Reads Vector configurations and events from standard input, and writes the events that reach a component to standard output.
//!
//! Input: `{"configs": [{"sources", "transforms"}, ...], "events": {"<source>": [{...}, ...]}, "at": "<component>"}`.
//! Output: `{"events": [...]}`, or `{"errors": [...]}` where Vector would not load the configurations.
//!
//! Programs and conditions are compiled and run by Vector's own crate, for fields of any type and for those that the source `file` declares. `reduce` follows
//! the transform of Vector 0.5x: groups, conditions, `max_events` and the merge strategies that are used.

mod component;
mod reduce;

use std::collections::BTreeMap;
use std::io::{Read, Write};

use component::{Component, matches, read_components};
use serde_json::{Value as Json, json};
use vrl::value::Value;

fn main() {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .expect("standard input is no text");
    let input: Json = serde_json::from_str(&text).expect("standard input is no JSON");
    let answer = match run(&input) {
        Ok(events) => json!({ "events": events }),
        Err(errors) => json!({ "errors": errors }),
    };
    std::io::stdout()
        .write_all(answer.to_string().as_bytes())
        .expect("standard output is closed");
}

fn run(input: &Json) -> Result<Vec<Json>, Vec<String>> {
    let configs = input["configs"].as_array().expect("configs is no list");
    let mut topology = Topology {
        components: read_components(configs)?,
        ..Topology::default()
    };
    topology.at = input["at"].as_str().expect("at is no name").to_owned();
    topology.connect()?;
    for (source, events) in input["events"].as_object().expect("events is no object") {
        for event in events.as_array().expect("events of a source are no list") {
            topology.send(source, to_event(event));
        }
    }
    topology.flush();
    Ok(topology.arrived)
}

/// Makes an event of the source `file`: what it is given is bytes and text, the time a timestamp.
fn to_event(event: &Json) -> Value {
    let mut value = Value::from(event.clone());
    let now = Value::Timestamp("2026-11-23T21:00:00Z".parse().expect("a time"));
    value
        .as_object_mut()
        .expect("an event is no object")
        .insert("timestamp".into(), now);
    value
}

#[derive(Default)]
struct Topology {
    components: BTreeMap<String, Component>,
    /// Names of the components that a component sends to.
    outlets: BTreeMap<String, Vec<String>>,
    at: String,
    arrived: Vec<Json>,
}

impl Topology {
    /// Finds out what is connected to what; an input that matches nothing is an error, as in Vector.
    fn connect(&mut self) -> Result<(), Vec<String>> {
        let mut errors = Vec::new();
        for (name, component) in &self.components {
            for pattern in &component.inputs {
                let found: Vec<_> = self
                    .components
                    .keys()
                    .filter(|other| *other != name && matches(pattern, other))
                    .collect();
                if found.is_empty() {
                    errors.push(format!(
                        "Input {pattern:?} of {name:?} doesn't match any components"
                    ));
                }
                for from in found {
                    self.outlets
                        .entry(from.clone())
                        .or_default()
                        .push(name.clone());
                }
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    fn send(&mut self, from: &str, event: Value) {
        if from == self.at {
            self.arrived
                .push(event.clone().try_into().expect("an event is no JSON"));
        }
        for to in self.outlets.get(from).cloned().unwrap_or_default() {
            let out = self
                .components
                .get_mut(&to)
                .expect("a component")
                .take(event.clone());
            for one in out {
                self.send(&to, one);
            }
        }
    }

    /// Ends what is still collected, from the sources to the sinks.
    fn flush(&mut self) {
        let names: Vec<_> = self.components.keys().cloned().collect();
        for _ in 0..names.len() {
            for name in &names {
                for event in self.components.get_mut(name).expect("a component").end() {
                    self.send(name, event);
                }
            }
        }
    }
}
