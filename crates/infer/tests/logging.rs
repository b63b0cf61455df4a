//! A run says nothing to an app that logs everything: it would tell which networks run how often, and so how many faces
//! there are. Alone in its program, which has one logger.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::mem;
use std::sync::Mutex;

use common::{input, outputs, plan};
use log::{LevelFilter, Log, Metadata, Record};
use moretta_infer::{Engine, EngineNetwork, ModelKind, Network};

struct Recorder(Mutex<Vec<String>>);

static RECORDER: Recorder = Recorder(Mutex::new(Vec::new()));

impl Log for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {} {}", record.level(), record.target(), record.args());
        self.0.lock().unwrap().push(line);
    }

    fn flush(&self) {}
}

fn logged(network: &mut EngineNetwork, input: &[f32]) -> Vec<String> {
    RECORDER.0.lock().unwrap().clear();
    outputs(network, input);
    mem::take(&mut RECORDER.0.lock().unwrap())
}

#[test]
fn runs_log_nothing() {
    log::set_logger(&RECORDER).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let all = ModelKind::ALL.into_iter();
    for (kind, engine) in all.flat_map(|kind| Engine::ALL.iter().map(move |engine| (kind, *engine))) {
        RECORDER.0.lock().unwrap().clear();
        let mut network = plan(kind, engine).network().unwrap();
        let said = mem::take(&mut *RECORDER.0.lock().unwrap());
        let expected = engine == Engine::Tract;
        assert_eq!(!said.is_empty(), expected, "{kind}: the logger hears tract load");
        for input in [input(kind, "noise"), vec![f32::NAN; kind.input_len()]] {
            assert_eq!(logged(&mut network, &input), [""; 0], "{kind} {engine}");
            network.forget().unwrap();
        }
        assert_eq!(
            mem::take(&mut *RECORDER.0.lock().unwrap()),
            [""; 0],
            "{kind} {engine}"
        );
    }
}
