//! A wipe of everything while a tracker lives. Alone in its program, whose every veil it wipes.

#![allow(clippy::unwrap_used, reason = "pictures of tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::picture::Picture;
use common::{Rig, each_network};
use moretta_infer::{InferError, ModelKind, Network};
use moretta_track::{Networks, Range, TrackerOptions};
use moretta_veil::wipe_all;

/// A network that counts.
struct Counting {
    network: Box<dyn Network>,
    forgets: Arc<AtomicUsize>,
}

impl Network for Counting {
    fn kind(&self) -> ModelKind {
        self.network.kind()
    }

    fn scratch_len(&self) -> usize {
        self.network.scratch_len()
    }

    fn run(
        &mut self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), InferError> {
        self.network.run(scratch, input, outputs)
    }

    fn forget(&mut self) -> Result<(), InferError> {
        self.forgets.fetch_add(1, Ordering::Relaxed);
        self.network.forget()
    }
}

#[test]
fn a_wipe_of_everything_forgets_everybody_and_leaves_the_tracker() {
    let builds = Arc::new(AtomicUsize::new(0));
    let forgets: [Arc<AtomicUsize>; ModelKind::ALL.len()] = Default::default();
    let options = TrackerOptions {
        range: Range::Short,
        ..TrackerOptions::default()
    };
    let counted = (Arc::clone(&builds), forgets.clone());
    let rig = Rig::with_networks(options, move || {
        let (builds, forgets) = &counted;
        builds.fetch_add(1, Ordering::Relaxed);
        let networks = each_network().unwrap().into_iter().zip(forgets);
        Networks::new(networks.map(|(network, forgets)| {
            let forgets = Arc::clone(forgets);
            Box::new(Counting { network, forgets }) as Box<dyn Network>
        }))
        .unwrap()
    });
    let still = Picture::portrait();
    let see = |frame: u64| rig.see(&still.shaken(6.0, frame).rgba(), 1000 + 33 * frame);
    let forgotten = || forgets.each_ref().map(|it| it.load(Ordering::Relaxed));

    let first = see(0);
    let second = see(1);
    assert_eq!(second.ids(), first.ids(), "the control: it is followed");
    assert!(second.detections.is_empty(), "the control: and not sought");
    assert_ne!(second.only().landmarks, second.only().seen, "the control");
    assert_eq!(forgotten(), [0; 4]);

    assert_eq!(wipe_all(), 1);
    assert_eq!(forgotten(), [1; 4], "every network, detectors included");
    let third = see(2);
    assert!(!third.detections.is_empty(), "sought anew");
    assert_ne!(third.ids(), first.ids(), "a stranger");
    assert_eq!(
        third.only().landmarks,
        third.only().seen,
        "the filter starts over"
    );
    assert_eq!(builds.load(Ordering::Relaxed), 1, "the same tracker");
    assert_eq!(see(3).ids(), third.ids(), "and it goes on");
}
