//! What tract logs does not depend on the input, even if an app logs everything. Alone in its program, which has one
//! logger.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::mem;
use std::sync::Mutex;

use common::{input, outputs, plan};
use log::{LevelFilter, Log, Metadata, Record};
use moretta_infer::{ModelKind, TractNetwork};

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

fn logged(network: &mut TractNetwork, input: &[f32]) -> Vec<String> {
    RECORDER.0.lock().unwrap().clear();
    outputs(network, input);
    mem::take(&mut RECORDER.0.lock().unwrap())
}

#[test]
fn logs_are_the_same_for_every_input() {
    log::set_logger(&RECORDER).unwrap();
    log::set_max_level(LevelFilter::Trace);
    for kind in ModelKind::ALL {
        let mut network = plan(kind).network().unwrap();
        logged(&mut network, &input(kind, "noise"));
        let noise = logged(&mut network, &input(kind, "noise"));
        assert!(!noise.is_empty(), "{kind}: the logger hears tract");
        for other in [0.0, 0.731_294, f32::NAN] {
            assert_eq!(
                logged(&mut network, &vec![other; kind.input_len()]),
                noise,
                "{kind}"
            );
        }
    }
}
