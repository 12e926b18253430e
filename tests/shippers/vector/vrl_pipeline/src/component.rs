//! Sources, transforms and sinks of a configuration.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use vrl::compiler::runtime::{Runtime, Terminate};
use vrl::compiler::state::{ExternalEnv, LocalEnv, RuntimeState};
use vrl::compiler::{CompileConfig, Program, TargetValue, TimeZone, TypeState, compile_with_state};
use vrl::value::kind::Collection;
use vrl::value::{Kind, Secrets, Value};

use crate::reduce::Reduce;

pub struct Component {
    pub inputs: Vec<String>,
    work: Work,
}

enum Work {
    /// A source or sink.
    Nothing,
    Remap(Program),
    Reduce(Reduce),
}

/// Reads the components of all configurations; a name that is there twice is an error, as in Vector.
pub fn read_components(configs: &[Json]) -> Result<BTreeMap<String, Component>, Vec<String>> {
    let mut components = BTreeMap::new();
    let mut errors = Vec::new();
    for config in configs {
        for part in ["sources", "transforms", "sinks"] {
            for (name, options) in config[part].as_object().into_iter().flatten() {
                match read_component(options, part) {
                    Ok(component) => {
                        if components.insert(name.clone(), component).is_some() {
                            errors.push(format!("More than one component with name {name:?}"));
                        }
                    }
                    Err(error) => errors.push(format!("{part} {name:?}: {error}")),
                }
            }
        }
    }
    if errors.is_empty() {
        Ok(components)
    } else {
        Err(errors)
    }
}

fn read_component(options: &Json, part: &str) -> Result<Component, String> {
    let inputs = options["inputs"].as_array().into_iter().flatten();
    let inputs = inputs
        .map(|input| input.as_str().unwrap_or_default().to_owned())
        .collect();
    let kind = options["type"].as_str().unwrap_or_default();
    let work = match (part, kind) {
        ("sources" | "sinks", "file" | "console") => Work::Nothing,
        ("transforms", "remap") => {
            Work::Remap(compile(options["source"].as_str().ok_or("no source")?)?)
        }
        ("transforms", "reduce") => Work::Reduce(Reduce::read(options)?),
        _ => return Err(format!("type {kind:?} is not known here")),
    };
    Ok(Component { inputs, work })
}

impl Component {
    /// Takes an event and gives those that leave.
    pub fn take(&mut self, event: Value) -> Vec<Value> {
        match &mut self.work {
            Work::Nothing => vec![event],
            Work::Remap(program) => remap(program, event),
            Work::Reduce(reduce) => reduce.take(event),
        }
    }

    /// Gives the events that are still collected.
    pub fn end(&mut self) -> Vec<Value> {
        match &mut self.work {
            Work::Reduce(reduce) => reduce.end(),
            _ => Vec::new(),
        }
    }
}

/// Tells whether an input, which may end with `*`, means a component.
pub fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

/// Compiles a program for fields of any type, as Vector does, and for those of the source `file`, as Vector does with schemas.
pub fn compile(source: &str) -> Result<Program, String> {
    let text = Collection::empty()
        .with_known("message", Kind::bytes())
        .with_known("file", Kind::bytes())
        .with_known("timestamp", Kind::timestamp())
        .with_unknown(Kind::any());
    compile_for(source, Kind::object(text))?;
    compile_for(source, Kind::object(Collection::any()))
}

fn compile_for(source: &str, kind: Kind) -> Result<Program, String> {
    let external = ExternalEnv::new_with_kind(kind, Kind::object(Collection::empty()));
    let state = TypeState {
        local: LocalEnv::default(),
        external,
    };
    match compile_with_state(
        source,
        &vrl::stdlib::all(),
        &state,
        CompileConfig::default(),
    ) {
        Ok(result) if result.warnings.is_empty() => Ok(result.program),
        Ok(result) => Err(format!("warnings: {:?}", result.warnings)),
        Err(diagnostics) => Err(vrl::diagnostic::Formatter::new(source, diagnostics).to_string()),
    }
}

/// Runs a program; an error keeps the event as it came, `abort` drops it: `drop_on_error` and `drop_on_abort` are as by default.
fn remap(program: &Program, event: Value) -> Vec<Value> {
    match resolve(program, event.clone()) {
        (Ok(_), changed) => vec![changed],
        (Err(Terminate::Abort(_)), _) => Vec::new(),
        (Err(_), _) => vec![event],
    }
}

/// Tells whether a condition holds; one that fails does not.
pub fn holds(condition: &Program, event: &Value) -> bool {
    resolve(condition, event.clone()).0 == Ok(Value::Boolean(true))
}

fn resolve(program: &Program, value: Value) -> (Result<Value, Terminate>, Value) {
    let mut target = TargetValue {
        value,
        metadata: Value::Object(BTreeMap::new()),
        secrets: Secrets::default(),
    };
    let result =
        Runtime::new(RuntimeState::default()).resolve(&mut target, program, &TimeZone::default());
    (result, target.value)
}
