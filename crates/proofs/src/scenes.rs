//! What the process under observation does. It says where it stands, and waits for a line before it goes on.

use crate::face::{self, Face};
use crate::needle::Kind;
use crate::workload::{Guilty, Habit, careless};
use moretta_veil::{
    AgeBand, Backing, Consent, FaceHeap, Frame, FrameStore, Options, Policy, Shelter, Veil, VeilError,
    wipe_all,
};
use std::error::Error;
use std::hint::black_box;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

pub(crate) type Fallible<T = ()> = Result<T, Box<dyn Error>>;

/// The exit code of a scene that came to its end with system calls cut off.
pub const SURVIVED: i32 = 42;

/// The app's side of the session.
struct App {
    veil: Veil<Guilty>,
    face: Face,
    camera: Vec<u8>,
    screen: Vec<u8>,
    /// What a source of pictures has.
    store: FrameStore,
    shelter: Shelter,
}

impl App {
    fn start(face: Face, backing: Backing, file: &str) -> Fallible<App> {
        // Without FaceHeap, in the open twin, strict is not to be had.
        let strict = FaceHeap::is_installed();
        let policy = if strict {
            Policy::Strict
        } else {
            Policy::BestEffort
        };
        let options = Options {
            policy,
            backing,
            heap_bytes: 3 << 20,
            ..Options::default()
        };
        let file = file.to_owned();
        let build = move |room: &moretta_veil::Reserve<'_>| Guilty::build(room, &file);
        let veil = Veil::new(&Consent::given(AgeBand::From14), options, build)?;
        Ok(App {
            veil,
            face,
            camera: vec![0; face::BYTES],
            screen: vec![0; face::BYTES],
            store: FrameStore::new(face::BYTES, policy, backing)?,
            shelter: Shelter::new(policy, backing)?,
        })
    }

    /// One frame as a decoder makes it: in memory of its own, which it frees as any library does.
    fn capture(&mut self, habit: Habit, time_s: f32) -> Fallible {
        let mut loan = self.store.lend(face::BYTES)?;
        let face = self.face;
        self.shelter.run(|| {
            let mut decoded = vec![0; face::BYTES];
            face.draw(&mut decoded);
            loan.bytes_mut().copy_from_slice(&decoded);
        })?;
        // Pins what comes after, so that what was freed is not given back to the system as a whole.
        std::mem::forget(vec![0u8; 64]);
        let whole = 0..face::BYTES;
        let frame = loan.frame(std::slice::from_ref(&whole))?;
        Ok(self.veil.process(frame, &mut self.screen, (habit, time_s))?)
    }

    /// A donor as a source keeps it, and is forgotten with it.
    fn forget_kept(&self) -> Fallible {
        let mut store = FrameStore::new(
            face::DONOR_BYTES,
            self.veil.protection().policy,
            Backing::Anonymous,
        )?;
        self.face
            .draw_donor(store.lend_kept(face::DONOR_BYTES)?.bytes_mut());
        std::mem::forget(store);
        Ok(())
    }

    /// One frame, its picture given up.
    fn frame(&mut self, habit: Habit, time_s: f32) -> Result<(), VeilError> {
        self.face.draw(&mut self.camera);
        let frame = Frame::consumed([&mut self.camera[..]])?;
        self.veil.process(frame, &mut self.screen, (habit, time_s))
    }

    /// One frame through the queue.
    fn submit(&mut self, habit: Habit, time_s: f32) -> Fallible {
        self.face.draw(&mut self.camera);
        let ticket = self
            .veil
            .submit(Frame::consumed([&mut self.camera[..]])?, (habit, time_s))?;
        let finished = self
            .veil
            .poll(Duration::from_secs(60))
            .ok_or("a submitted frame has no end")?;
        assert_eq!(finished.ticket, ticket, "one frame at a time");
        Ok(finished.result?)
    }

    fn keep_donor(&mut self) -> Fallible {
        let mut donor = vec![0; face::DONOR_BYTES];
        self.face.draw_donor(&mut donor);
        Ok(self.veil.process(
            Frame::consumed([&mut donor[..]])?,
            &mut [],
            (Habit::KeepDonor, 0.0),
        )?)
    }

    /// The picture is shown, the buffer given back.
    fn clear_screen(&mut self) {
        self.screen.fill(0);
        black_box(&self.screen);
    }

    /// The first frames of a session.
    fn frames(&mut self) -> Fallible {
        self.keep_donor()?;
        for t in 0..4u8 {
            self.frame(Habit::Careless, f32::from(t) / 30.0)?;
            self.submit(Habit::Careless, f32::from(t) / 30.0)?;
            self.capture(Habit::Careless, f32::from(t) / 30.0)?;
        }
        let red = self
            .screen
            .chunks_exact(4)
            .filter(|p| **p == [255, 0, 0, 255])
            .count();
        self.clear_screen();
        if red < 25 {
            return Err("the effect drew nothing: the scene shows nothing of a session".into());
        }
        Ok(())
    }

    /// Says which buffers are the app's own.
    fn show_own(&self) {
        for buffer in [&self.camera, &self.screen] {
            let range = buffer.as_ptr_range();
            say(&format!("APP {:x}-{:x}", range.start.addr(), range.end.addr()));
        }
    }
}

#[expect(clippy::print_stdout, reason = "how the subject speaks to the prover")]
pub(crate) fn say(text: &str) {
    println!("{text}");
    let _ = std::io::stdout().flush(); // a prover that is gone reads nothing
}

pub(crate) fn pause(word: &str) {
    say(word);
    let _ = std::io::stdin().read(&mut [0u8]); // at the end of input it goes on as well
}

/// Shows the scene that the arguments name.
///
/// # Errors
/// What went wrong; the prover shows it.
pub fn run() -> Fallible {
    let arguments: Vec<String> = std::env::args().collect();
    let argument = |at: usize| arguments.get(at).map_or("", String::as_str);
    let face = Face::from_seed(argument(2).parse()?);
    let option = argument(3);
    let backing = if option == "secret" {
        Backing::Secret
    } else {
        Backing::Anonymous
    };
    let start = || App::start(face, backing, option);
    match argument(1) {
        "frames" => frames(start()?),
        "forget" => forget(start()?),
        "lost" => lost(start()?),
        "panic" => panic_mid_frame(start()?),
        "loop" => run_on(start()?, || {}),
        "fork" => {
            let app = start()?;
            spawn("fork", fork)?;
            run_on(app, || {})
        }
        "thief" => thief(start()?),
        "syscalls" => syscalls(start()?, option),
        "landlock" => landlock(face, option),
        "write-file" => {
            let mut app = start()?;
            app.frame(Habit::WriteFile, 0.0)?;
            pause("READY");
            Ok(())
        }
        "open-frames" => open_frames(face),
        "open-loop" => open_loop(face),
        "open-fork" => {
            spawn("fork", fork)?;
            open_loop(face)
        }
        "open-panic" => open_panic(face),
        "open-register" => open_register(face),
        "open-landlock" => open_landlock(option),
        unknown => Err(format!("no scene {unknown}").into()),
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Fallible {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)?;
    Ok(())
}

fn frames(mut app: App) -> Fallible {
    app.frames()?;
    let live = FaceHeap::live_bytes();
    app.frame(Habit::Careless, 1.0)?;
    app.clear_screen();
    let kept = FaceHeap::live_bytes() - live;
    if kept != 0 {
        return Err(format!("a steady frame kept {kept} bytes of heap").into());
    }
    pause("READY");
    wipe_all();
    pause("WIPED");
    app.frame(Habit::Careless, 1.0)?;
    app.clear_screen();
    app.veil.pause()?;
    pause("PAUSED");
    app.veil.resume()?;
    app.frame(Habit::Careless, 1.0)?;
    app.clear_screen();
    drop(app);
    pause("DROPPED");
    Ok(())
}

fn forget(mut app: App) -> Fallible {
    app.frames()?;
    app.forget_kept()?;
    std::mem::forget(app.veil);
    pause("READY");
    if wipe_all() != 1 {
        return Err("wipe_all did not reach the forgotten veil".into());
    }
    pause("WIPED");
    Ok(())
}

fn lost(mut app: App) -> Fallible {
    app.frames()?;
    pause("SEEN");
    let blank = vec![128u8; face::BYTES];
    app.veil.process(
        Frame::borrowed([&blank[..]])?,
        &mut app.screen,
        (Habit::Careless, 2.0),
    )?;
    app.clear_screen();
    pause("LOST");
    Ok(())
}

fn panic_mid_frame(mut app: App) -> Fallible {
    app.frames()?;
    let outcome = app.frame(Habit::Panic, 1.0);
    if !matches!(outcome, Err(VeilError::Panicked)) {
        return Err(format!("expected a panic, found {outcome:?}").into());
    }
    pause("READY"); // the screen is not cleared: half a picture must not be there
    Ok(())
}

/// Runs slow frames until it is stopped.
fn run_on(mut app: App, mut between: impl FnMut()) -> Fallible {
    app.show_own();
    app.frame(Habit::Slow, 0.0)?;
    say("LOOP");
    loop {
        app.frame(Habit::Slow, 0.0)?;
        between();
    }
}

/// Forks whenever a line comes in; the child stands still.
fn fork() {
    while matches!(std::io::stdin().read(&mut [0u8]), Ok(1..)) {
        // SAFETY: the child calls nothing but `pause`.
        let child = unsafe { libc::fork() };
        if child == 0 {
            loop {
                // SAFETY: waits for a signal.
                unsafe { libc::pause() };
            }
        }
        say(&format!("CHILD {child}"));
    }
}

/// A hostile thread in the same process, in safe Rust: it reads `/proc/self/mem` while frames run.
fn thief(mut app: App) -> Fallible {
    let needles: Arc<Vec<_>> = Arc::new(
        app.face
            .needles()
            .into_iter()
            .filter(|n| matches!(n.kind, Kind::Landmark | Kind::State))
            .collect(),
    );
    app.frame(Habit::Slow, 0.0)?;
    let thief = std::thread::Builder::new()
        .name("thief".to_owned())
        .spawn(move || {
            let (mut found, mut unreadable) = (0, 0);
            for _ in 0..40 {
                let Ok(scan) = crate::scan::scan(std::process::id(), &needles, &[]) else {
                    return (found, unreadable);
                };
                found += scan.times(&[Kind::Landmark, Kind::State]);
                unreadable += scan.unreadable;
                if found > 0 {
                    break;
                }
            }
            (found, unreadable)
        })?;
    while !thief.is_finished() {
        app.frame(Habit::Slow, 0.0)?;
    }
    let (found, unreadable) = thief.join().map_err(|_| "the thief panicked")?;
    say(&format!("THIEF {found} {unreadable}"));
    Ok(())
}

/// Cuts off every system call but those of a steady frame, then goes on for a while.
fn syscalls(mut app: App, option: &str) -> Fallible {
    app.frames()?;
    cut_off_system_calls()?;
    for t in 0..300u16 {
        let habit = if option.is_empty() {
            Habit::Careless
        } else {
            Habit::WriteFile
        };
        app.frame(habit, f32::from(t))?;
        app.submit(habit, f32::from(t))?;
    }
    end_without_clean_up()
}

/// What a steady frame does, and the end of the process.
pub(crate) const STEADY: [libc::c_long; 2] = [libc::SYS_futex, libc::SYS_exit_group];

/// From here on any system call but [`STEADY`] kills the process, whichever thread makes it.
pub(crate) fn cut_off_system_calls() -> Fallible {
    cut_off_system_calls_but(&[])
}

/// The same, with `more` calls that are let pass.
pub(crate) fn cut_off_system_calls_but(more: &[libc::c_long]) -> Fallible {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    let allowed = STEADY.iter().chain(more).map(|call| (*call, vec![]));
    let filter = SeccompFilter::new(
        allowed.collect(),
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?;
    let filter: BpfProgram = filter.try_into()?;
    Ok(seccompiler::apply_filter_all_threads(&filter)?)
}

/// Ends the process with [`SURVIVED`].
pub(crate) fn end_without_clean_up() -> ! {
    // SAFETY: the end without the clean-up, which makes other calls.
    unsafe { libc::_exit(SURVIVED) }
}

/// Cuts the process off from files and network before the veil is made, then tries both.
fn landlock(face: Face, file: &str) -> Fallible {
    landlocked()?;
    let mut app = App::start(face, Backing::Anonymous, file)?;
    app.frames()?;
    app.frame(Habit::WriteFile, 0.0)?;
    say(&attempts(file));
    pause("READY");
    Ok(())
}

/// From here on this thread and those that it starts can write no file and reach no port.
pub(crate) fn landlocked() -> Fallible {
    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus};
    let status = Ruleset::default()
        .handle_access(AccessFs::from_write(ABI::V4))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .create()?
        .restrict_self()?;
    if status.ruleset != RulesetStatus::FullyEnforced {
        return Err(format!("landlock is not fully enforced here: {:?}", status.ruleset).into());
    }
    Ok(())
}

fn open_landlock(file: &str) -> Fallible {
    say(&attempts(file));
    pause("READY");
    Ok(())
}

/// Tries to write a file and to reach a port of this machine where nobody listens.
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "what must not be possible is tried"
)]
pub(crate) fn attempts(file: &str) -> String {
    let kind = |e: std::io::Error| format!("{:?}", e.kind());
    let write = std::fs::write(file, b"x").map_or_else(kind, |()| "Done".to_owned());
    let connect = std::net::TcpStream::connect("127.0.0.1:9").map_or_else(kind, |_| "Done".to_owned());
    format!("TRIED {write} {connect}")
}

/// What an ordinary app does, without a veil.
fn open_frames(face: Face) -> Fallible {
    let mut camera = vec![0; face::BYTES];
    face.draw(&mut camera);
    black_box(careless(&camera));
    camera.fill(0);
    black_box(&camera);
    std::mem::forget(vec![0u8; 64]); // the heap is not given back as a whole
    pause("READY");
    Ok(())
}

fn open_loop(face: Face) -> Fallible {
    let mut camera = vec![0; face::BYTES];
    say(&format!(
        "APP {:x}-{:x}",
        camera.as_ptr_range().start.addr(),
        camera.as_ptr_range().end.addr()
    ));
    say("LOOP");
    loop {
        face.draw(&mut camera);
        black_box(careless(&camera));
    }
}

fn open_panic(face: Face) -> Fallible {
    let mut camera = vec![0; face::BYTES];
    face.draw(&mut camera);
    let caught = std::panic::catch_unwind(|| {
        let mut landmarks = [[0.0; 2]; face::MARKS];
        face::find_marks(&camera, &mut landmarks);
        panic!("bad landmarks {landmarks:?}");
    });
    pause("READY");
    drop(caught);
    Ok(())
}

/// Stands still with a landmark in a vector register.
fn open_register(face: Face) -> Fallible {
    let mut camera = vec![0; face::BYTES];
    face.draw(&mut camera);
    let mut landmarks = [[0.0; 2]; face::MARKS];
    face::find_marks(&camera, &mut landmarks);
    camera.fill(0);
    say("READY");
    let mut byte = 0u8;
    // SAFETY: read(0, &byte, 1), with a landmark in xmm5 meanwhile.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "movq xmm5, qword ptr [{landmark}]", "syscall",
            landmark = in(reg) &raw const landmarks[0],
            inout("rax") libc::SYS_read => _, in("rdi") 0, in("rsi") &raw mut byte, in("rdx") 1,
            out("rcx") _, out("r11") _, out("xmm5") _,
        );
    }
    black_box(byte);
    Ok(())
}
