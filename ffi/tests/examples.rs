//! The examples, compiled and run: on a public-domain portrait, with real networks and a real device.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]
#![allow(clippy::disallowed_methods, reason = "tests hand files to other programs")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use support::{compile, library, package, root, scratch, succeed};

/// Red, green and blue, row by row.
struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Picture {
    fn portrait() -> Self {
        let picture = image::open(root().join("examples/media/astronaut.png"))
            .unwrap()
            .to_rgb8();
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            rgb: picture.into_raw(),
        }
    }

    fn ppm(&self) -> Vec<u8> {
        let mut file = format!("P6\n{} {}\n255\n", self.width, self.height).into_bytes();
        file.extend_from_slice(&self.rgb);
        file
    }

    /// How many pixels differ from those of `other` by more than `by` in some channel.
    fn differences(&self, other: &[u8], by: u8) -> usize {
        assert_eq!(self.rgb.len(), other.len());
        let pixels = self.rgb.chunks_exact(3).zip(other.chunks_exact(3));
        pixels
            .filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > by))
            .count()
    }

    /// As HD video holds it: BT.709, 16 to 235; of even sides.
    fn nv12(&self) -> Vec<u8> {
        let pixel = |x: usize, y: usize| {
            let at = (y * self.width + x) * 3;
            [0, 1, 2].map(|channel| f32::from(self.rgb[at + channel]))
        };
        let luma = |[r, g, b]: [f32; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let mut bytes = Vec::new();
        for y in 0..self.height {
            bytes.extend((0..self.width).map(|x| (luma(pixel(x, y)) * 219.0 / 255.0 + 16.5) as u8));
        }
        for y in (0..self.height).step_by(2) {
            for x in (0..self.width).step_by(2) {
                let four = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)];
                let mean = [0, 1, 2].map(|channel| four.iter().map(|it| it[channel]).sum::<f32>() / 4.0);
                let [red, _, blue] = mean;
                let (u, v) = ((blue - luma(mean)) / 1.8556, (red - luma(mean)) / 1.5748);
                bytes.extend([u, v].map(|it| (it * 224.0 / 255.0 + 128.5) as u8));
            }
        }
        bytes
    }
}

fn effect() -> PathBuf {
    root().join("effects/glasses")
}

/// The example, compiled, and a folder for the test that runs it: the linker must not write what another one runs.
fn example(name: &str, test: &str) -> (PathBuf, PathBuf) {
    let source = package().join(format!("examples/{name}.c"));
    (compile(&library(test), name, &[source], &[]), scratch(test))
}

/// The portrait with glasses, by the example.
fn still(portrait: &Picture, test: &str) -> Vec<u8> {
    let (program, folder) = example("still", test);
    let (from, to) = (folder.join("portrait.ppm"), folder.join("finished.ppm"));
    fs::write(&from, portrait.ppm()).unwrap();
    succeed(Command::new(program).arg(&from).arg(effect()).arg(&to));
    let finished = fs::read(&to).unwrap();
    let head = finished.len() - portrait.rgb.len();
    assert!(finished.starts_with(b"P6\n512 512\n255\n") && head == 15);
    finished[head..].to_vec()
}

#[test]
fn still_draws_on_the_face_and_nowhere_else() {
    let portrait = Picture::portrait();
    let finished = still(&portrait, "still");
    let changed = portrait.differences(&finished, 24);
    assert!((200..10_000).contains(&changed), "{changed} pixels");
    // The upper left corner is far from the face.
    let corner = portrait.width * 3 * 16;
    assert_eq!(portrait.rgb[..corner], finished[..corner]);
}

#[test]
fn still_says_what_is_wrong() {
    let (program, folder) = example("still", "still-wrong");
    let from = folder.join("portrait.ppm");
    fs::write(&from, Picture::portrait().ppm()).unwrap();
    let output = Command::new(program)
        .arg(&from)
        .arg("/nowhere.mask")
        .arg(folder.join("no.ppm"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(
        words.contains("effect: MORETTA_STATUS_FILE: cannot read /nowhere.mask"),
        "{words}"
    );
    assert!(!folder.join("no.ppm").exists());
}

#[test]
fn frames_of_nv12_come_out_like_the_still() {
    let portrait = Picture::portrait();
    let (program, folder) = example("nv12", "nv12");
    let frames = folder.join("frames.nv12");
    fs::write(&frames, portrait.nv12().repeat(3)).unwrap();
    let output = succeed(
        Command::new(program)
            .args(["512", "512"])
            .arg(effect())
            .stdin(Stdio::from(fs::File::open(&frames).unwrap())),
    );
    assert_eq!(output.stdout.len(), 3 * 512 * 512 * 4);
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(
        words.contains("3 frames, ") && words.contains("face heap installed: yes"),
        "{words}"
    );
    let still = still(&portrait, "nv12-still");
    let glasses = portrait.differences(&still, 64);
    assert!(glasses > 50, "{glasses} pixels");
    let still = Picture {
        rgb: still,
        ..Picture::portrait()
    };
    for frame in output.stdout.chunks_exact(512 * 512 * 4) {
        let finished: Vec<u8> = frame
            .chunks_exact(4)
            .flat_map(|pixel| pixel[..3].to_vec())
            .collect();
        // What NV12 loses of colours is below 64 everywhere: what differs by more is the glasses.
        let changed = portrait.differences(&finished, 64);
        assert!(
            (glasses / 2..glasses * 2).contains(&changed),
            "{changed} pixels, of the still {glasses}"
        );
        let moved = still.differences(&finished, 64);
        assert!(
            moved < glasses,
            "{moved} pixels where the still has others, {glasses} of glasses"
        );
    }
}
