//! Without a window: what is written, what is printed, what is denied.

#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{EFFECT, app, distance, drawn, headless, picture, printed, root, scratch, skipped, still, told};
use moretta_proofs::deeds::{Deed, observe, unasked};

fn clip() -> std::path::PathBuf {
    root().join("examples/media/webcam.webp")
}

#[test]
fn without_consent_nothing_is_looked_at() {
    let output = app().arg("--headless").output().unwrap();
    assert!(
        !output.status.success() && told(&output).contains("--consent"),
        "{}",
        told(&output)
    );
}

#[test]
fn without_a_display_there_is_no_window() {
    if skipped() {
        return;
    }
    let mut command = app();
    command
        .args(["--consent", "from-14", "--frames", "2", "--source"])
        .arg(clip());
    let text = printed(command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY"));
    assert!(text.starts_with("there is no display"), "{text}");
}

#[test]
fn a_photo_and_clips_are_written_and_the_rest_is_printed() {
    if skipped() {
        return;
    }
    let folder = scratch("written");
    let files = ["photo.png", "clip.gif", "clip.apng"].map(|name| folder.join(name));
    let mut command = headless(&clip());
    command.args(["--frames", "10", "--effect", EFFECT]);
    files
        .iter()
        .for_each(|file| _ = command.arg("--export").arg(file));
    let text = printed(&mut command);
    for words in [
        "adapter ",
        "driver ",
        "source      webcam.webp, 400 x 300",
        "10 frames in",
        "\ntrack",
        "\ndraw",
        "\nwhole",
        "every protection that the system offers took hold",
        "locked: ",
        "the kernel says: locked",
    ] {
        assert!(text.contains(words), "no {words:?} in {text}");
    }
    let photo = picture(&files[0]);
    assert_eq!(photo.dimensions(), (400, 300));
    for file in &files[1..] {
        let bytes = std::fs::read(file).unwrap();
        let options = moretta_capture::CaptureOptions {
            policy: moretta::Policy::BestEffort,
            ..moretta_capture::CaptureOptions::default()
        };
        let mut clip =
            moretta_capture::Clip::from_bytes(&bytes, moretta_capture::Repeat::Once, &options).unwrap();
        let mut frames = 0;
        let mut last = image::RgbaImage::new(400, 300);
        while let Some(frame) = moretta_capture::Source::next_frame(&mut clip).unwrap() {
            frames += 1;
            let view = frame.view().unwrap();
            for (x, y, pixel) in last.enumerate_pixels_mut() {
                let [r, g, b] = view.rgb(x, y).unwrap();
                *pixel = image::Rgba([r, g, b, 255]);
            }
        }
        assert_eq!(frames, 10, "{}", file.display());
        let (most, mean) = distance(&last, &photo);
        // A GIF has 256 colours.
        let bound = if file.extension().is_some_and(|it| it == "gif") {
            24
        } else {
            16
        };
        assert!(most <= bound && mean <= 3.0, "{}: {most}, {mean}", file.display());
    }
}

#[test]
fn a_clip_is_drawn_from_beginning_to_end() {
    if skipped() {
        return;
    }
    let folder = scratch("whole");
    let source = still();
    let text = printed(headless(&source).arg("--export").arg(folder.join("a.apng")));
    assert!(text.contains("1 frames in"), "{text}");
}

#[test]
fn the_mirror_is_a_mirror_and_parameters_are_set() {
    if skipped() {
        return;
    }
    let folder = scratch("mirror");
    let source = still();
    let plain = drawn(&source, &folder, "plain.png", &["--effect", EFFECT]);
    let mirrored = drawn(
        &source,
        &folder,
        "mirrored.png",
        &["--effect", EFFECT, "--mirror"],
    );
    assert_eq!(image::imageops::flip_horizontal(&plain), mirrored);
    let output = headless(&source)
        .args(["--effect", EFFECT, "--set", "nothing-like-that=1"])
        .output()
        .unwrap();
    assert!(
        !output.status.success() && told(&output).contains("nothing-like-that"),
        "{}",
        told(&output)
    );
}

#[test]
fn an_effect_or_a_file_that_is_not_there_is_told() {
    if skipped() {
        return;
    }
    for (words, told_of) in [
        (&["--effect", "no-such-effect"][..], "no-such-effect"),
        (&["--source", "no/such/file.png"], "no/such/file.png"),
        (&["--effects", "no/such/folder"], "no/such/folder"),
        (&["--export", "no/such/folder/a.png"], "no/such/folder/a.png"),
        (&["--export", "a.jpg"], "expected a name that ends in .png"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_moretta-desktop"));
        let output = command
            .current_dir(root())
            .args(["--headless", "--consent", "from-14"])
            .args(words)
            .output()
            .unwrap();
        assert!(
            !output.status.success() && told(&output).contains(told_of),
            "{words:?}: {}",
            told(&output)
        );
    }
}

#[test]
fn locked_in_it_draws_the_same_and_can_write_nothing_else() {
    if skipped() {
        return;
    }
    let folder = scratch("locked");
    let source = still();
    let open = drawn(&source, &folder, "open.png", &["--effect", EFFECT]);
    let (photo, forbidden) = (folder.join("locked.png"), folder.join("must-not-be"));
    let run = |lock: &[&str]| {
        let mut command = headless(&source);
        command
            .args(["--frames", "12", "--effect", EFFECT, "--export"])
            .arg(&photo);
        printed(command.args(lock).arg("--self-test").arg(&forbidden))
    };
    let text = run(&["--lockdown"]);
    let tried: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("self-test"))
        .collect();
    assert_eq!(tried.len(), 5, "{text}");
    assert!(tried.iter().all(|line| line.contains("denied")), "{text}");
    assert!(text.contains("seccomp filter, no new privileges: yes"), "{text}");
    assert!(!forbidden.exists());
    assert_eq!(picture(&photo), open, "to the last bit");

    // Control: without the lock the same attempts succeed.
    let text = run(&[]);
    let tried: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("self-test"))
        .collect();
    assert!(
        tried.len() == 5 && tried.iter().all(|line| line.ends_with("done")),
        "{text}"
    );
    assert!(text.contains("seccomp off"), "{text}");
}

#[test]
fn a_gallery_has_a_picture_of_each_effect() {
    if skipped() {
        return;
    }
    let folder = scratch("gallery");
    printed(
        headless(&clip())
            .args(["--frames", "1", "--gallery"])
            .arg(&folder),
    );
    let packs = std::fs::read_dir(root().join("effects"))
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            path.join("effect.json").is_file().then_some(stem)
        });
    let mut count = 0;
    for pack in packs {
        assert_eq!(
            picture(&folder.join(format!("{pack}.png"))).dimensions(),
            (400, 300),
            "{pack}"
        );
        count += 1;
    }
    assert!(count > 0);
}

/// A run under strace: all that it did and that its own files and its own program do not explain.
fn traced(command: &Command, folder: &Path, files: &[std::path::PathBuf]) -> (Vec<Deed>, Vec<String>) {
    let run = observe(command, &folder.join("log")).unwrap();
    assert!(run.status.success(), "{command:?}: {}", run.status);
    let program = std::path::PathBuf::from(env!("CARGO_BIN_EXE_moretta-desktop"));
    let programs = [program.canonicalize().unwrap(), program];
    let left = unasked(&run.deeds, files, &programs)
        .iter()
        .map(ToString::to_string)
        .collect();
    (run.deeds, left)
}

#[test]
fn strace_sees_nothing_written_but_what_was_asked_for_and_no_socket() {
    if skipped() {
        return;
    }
    let folder = scratch("strace");
    let mut quiet = headless(&clip());
    quiet.args(["--frames", "3", "--effect", EFFECT]);
    let (_, left) = traced(&quiet, &folder, &[]);
    assert_eq!(left, [""; 0]);

    // Control: a file that is asked for is seen, and is all that is.
    let photo = folder.join("photo.png");
    quiet.arg("--export").arg(&photo);
    let (deeds, left) = traced(&quiet, &folder, std::slice::from_ref(&photo));
    assert!(deeds.contains(&Deed::Wrote(photo.clone())), "{deeds:?}");
    assert_eq!(left, [""; 0]);
    let (_, left) = traced(&quiet, &folder, &[]);
    assert_eq!(left, [format!("wrote {}", photo.display())]);
}

#[test]
fn strict_refuses_where_little_may_be_locked_and_best_effort_says_why_it_goes_on() {
    if skipped() {
        return;
    }
    let id = Command::new("id").arg("-u").output().unwrap();
    let root_user = id.stdout.starts_with(b"0");
    let limited = |words: &[&str]| {
        let inner = headless(&clip());
        let mut command = Command::new("prlimit");
        command.arg("--memlock=262144:262144");
        if root_user {
            // Root may lock what it likes, so it gives that right up.
            command.args(["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"]);
        }
        command
            .arg(inner.get_program())
            .args(inner.get_args())
            .args(["--frames", "2"])
            .args(words);
        command.current_dir(root()).output().unwrap()
    };
    let output = limited(&[]);
    assert!(!output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("RLIMIT_MEMLOCK"), "{}", told(&output));
    let output = limited(&["--best-effort"]);
    assert!(output.status.success(), "{}", told(&output));
    let text = told(&output);
    assert!(
        text.contains("best effort, because:") && text.contains("policy      BestEffort"),
        "{text}"
    );
}
