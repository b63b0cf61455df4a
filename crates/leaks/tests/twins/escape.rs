//! Beside the attempts in `tests/fail/escape`: the same, done rightly.

#![forbid(unsafe_code)]

use moretta_lang::{Anchor, Face, Motion, Num, Out, Program, Signal};
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::panic::{catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;

#[test]
fn number_in_an_outer_variable() {
    let mut kept = None;
    Program::record(|face, out| {
        let yaw = face.yaw();
        kept = Some(1.5);
        out.property(0, 0, yaw);
    })
    .unwrap();
    let _ = kept;
}

#[test]
fn mask_in_an_outer_cell() {
    let kept = Cell::new(None);
    Program::record(|face, _| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        kept.set(Some(size_of_val(&open)));
    })
    .unwrap();
}

#[test]
fn point_in_an_outer_list() {
    let kept = RefCell::new(Vec::new());
    Program::record(|face, _| {
        let nose = face.anchor(Anchor::NoseTip);
        kept.borrow_mut().push(size_of_val(&nose));
    })
    .unwrap();
}

#[test]
fn face_behind_a_shared_pointer() {
    let kept = Rc::new(RefCell::new(None));
    let inner = Rc::clone(&kept);
    Program::record(move |face, _| {
        *inner.borrow_mut() = Some(size_of_val(&face));
    })
    .unwrap();
    drop(kept);
}

#[test]
fn out_kept_for_later() {
    let kept = OnceCell::new();
    Program::record(|_, out| {
        let _ = kept.set(size_of_val(&out));
    })
    .unwrap();
}

#[test]
fn movement_kept_for_later() {
    struct Keeper<T> {
        kept: Option<T>,
    }
    let mut keeper = Keeper { kept: None };
    Program::record(|face, _| {
        let motion = Motion::new(face);
        keeper.kept = Some(size_of_val(&motion));
    })
    .unwrap();
    let _ = keeper.kept;
}

#[test]
fn number_as_the_result() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn content_of_a_state() {
    let mut kept = None;
    Program::record(|face, _| {
        let _ = face.state(0.0, |before| {
            kept = Some(size_of_val(&before));
            before + 1.0
        });
    })
    .unwrap();
    let _ = kept;
}

#[test]
fn number_in_a_thread_local() {
    thread_local! {
    static KEPT: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        KEPT.with_borrow_mut(|kept| kept.push(Box::new(1.5)));
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn number_in_a_static() {
    static KEPT: Mutex<Vec<Box<dyn Any + Send>>> = Mutex::new(Vec::new());
    Program::record(|face, out| {
        let yaw = face.yaw();
        KEPT.lock().unwrap().push(Box::new(1.5));
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn number_to_a_thread() {
    fn elsewhere(work: impl FnOnce() + Send + 'static) {
        thread::Builder::new().spawn(work).unwrap().join().unwrap();
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        elsewhere(move || assert!(1.5_f32.sin() > 0.0));
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn mask_shared_with_a_thread() {
    fn beside(work: impl FnOnce() + Send) {
        thread::scope(|scope| scope.spawn(work).join().unwrap());
    }
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        beside(|| assert!(!Anchor::ALL.is_empty()));
        out.property(0, 0, open.select(1.0, 0.0));
    })
    .unwrap();
}

#[test]
fn number_through_a_channel() {
    let (sender, receiver) = sync_channel(1);
    Program::record(|face, out| {
        let yaw = face.yaw();
        sender.send(1.5).unwrap();
        out.property(0, 0, yaw);
    })
    .unwrap();
    drop(receiver);
}

#[test]
fn number_in_a_future() {
    let mut later = None;
    Program::record(|face, out| {
        let yaw = face.yaw();
        later = Some(async move { 1.5 });
        out.property(0, 0, yaw);
    })
    .unwrap();
    drop(later);
}

#[test]
fn number_in_a_boxed_closure() {
    let mut later: Vec<Box<dyn Fn() -> usize>> = Vec::new();
    Program::record(|face, out| {
        let yaw = face.yaw();
        later.push(Box::new(move || size_of_val(&1.5)));
        out.property(0, 0, yaw);
    })
    .unwrap();
    drop(later);
}

#[test]
fn number_leaked() {
    fn forever<T: 'static>(value: T) -> &'static T {
        Box::leak(Box::new(value))
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let kept = forever(1.5);
        out.property(0, 0, yaw * *kept);
    })
    .unwrap();
}

#[test]
fn number_drawn_by_another_recording() {
    fn drawn<'short>(yaw: Num<'short>, out: Out<'short>) {
        out.property(0, 0, yaw);
    }
    Program::record(|face, out| drawn(face.yaw(), out)).unwrap();
}

#[test]
fn sum_over_two_recordings() {
    fn sum<'short>(yaw: Num<'short>, other: Num<'short>) -> Num<'short> {
        other + yaw
    }
    Program::record(|face, out| out.property(0, 0, sum(face.yaw(), face.pitch()))).unwrap();
}

#[test]
fn number_in_a_panic() {
    let effect = catch_unwind(|| {
        Program::record(|face, out| {
            let yaw = face.yaw();
            out.property(0, 0, yaw);
            let payload: Box<dyn Any + Send> = Box::new(1.5);
            resume_unwind(payload);
        })
    });
    assert!(effect.is_err());
}

#[test]
fn number_in_a_drop_guard() {
    struct Guard<'k, T> {
        kept: &'k mut Option<T>,
        now: Option<T>,
    }
    impl<T> Drop for Guard<'_, T> {
        fn drop(&mut self) {
            *self.kept = self.now.take();
        }
    }
    fn guard<T>(kept: &mut Option<T>, now: T) -> Guard<'_, T> {
        Guard { kept, now: Some(now) }
    }
    let mut kept = None;
    Program::record(|face, out| {
        let yaw = face.yaw();
        out.property(0, 0, yaw);
        let _guard = guard(&mut kept, 1.5);
    })
    .unwrap();
    let _ = kept;
}

#[test]
fn brand_of_ones_own_choice() {
    fn effect<'b: 'b>(face: Face<'b>, out: Out<'b>) {
        out.property(0, 0, face.yaw());
    }
    Program::record(|face, out| {
        effect(face, out);
    })
    .unwrap();
}

#[test]
fn brand_made_longer() {
    fn longer<'b>(yaw: Num<'b>) -> Num<'b> {
        yaw
    }
    Program::record(|face, out| out.property(0, 0, longer(face.yaw()))).unwrap();
}

#[test]
fn brand_made_shorter() {
    fn shorter<'long: 'short, 'short>(_: Num<'long>, yaw: Num<'short>) -> Num<'short> {
        yaw
    }
    Program::record(|face, out| out.property(0, 0, shorter(face.pitch(), face.yaw()))).unwrap();
}

#[test]
fn number_as_any() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let kept: &dyn Any = &1.5;
        assert!(!kept.is::<bool>());
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn effect_that_waits() {
    async fn wait<'b>(face: Face<'b>, out: Out<'b>) {
        out.property(0, 0, face.yaw());
    }
    Program::record(|face, out| drop(wait(face, out))).unwrap();
}
