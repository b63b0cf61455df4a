//! The tool as it is run, and folders to run it in.

#![allow(dead_code, reason = "each test uses its part")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]
#![expect(clippy::disallowed_methods, reason = "the scratch packs are files")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What became of a run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// What it printed, if it ended with `code`.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> String {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self.out + &self.err
    }
}

/// The tool.
pub(crate) fn tool() -> Command {
    Command::new(env!("CARGO_BIN_EXE_moretta-fx"))
}

/// Runs the tool with `words`.
pub(crate) fn fx<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(words: I) -> Run {
    fx_with(words, "")
}

/// Runs the tool with `words`, and types `input`.
pub(crate) fn fx_with<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(words: I, input: &str) -> Run {
    let mut command = tool();
    command
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It need not read what is typed.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder of one's own, empty at first.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// One called `name`.
    pub(crate) fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fx").join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        fs::create_dir_all(&root).unwrap();
        Self(root)
    }

    /// The path of `name` in it, as the command line has it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Puts a file.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// What is in a file.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    /// The names in a folder, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(folder)).unwrap();
        let mut names: Vec<_> = entries
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The picture in a file.
    pub(crate) fn picture(&self, name: &str) -> image::RgbaImage {
        image::load_from_memory(&self.read(name)).unwrap().to_rgba8()
    }

    /// Makes the pack that `new` makes, and returns its path.
    pub(crate) fn starter(&self, name: &str) -> String {
        let path = self.path(name);
        fx(["new", &path]).expect(0);
        path
    }

    /// Puts a pack of one picture, `face` with the middle of its mouth, and `more` in its manifest.
    pub(crate) fn sticker(&self, name: &str, more: &str) -> String {
        let picture = image::RgbaImage::from_pixel(8, 8, image::Rgba([0, 255, 0, 255]));
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        self.put(&format!("{name}/dot.png"), png.into_inner());
        self.put(&format!("{name}/effect.json"), manifest(more));
        self.path(name)
    }
}

/// A display that nobody sees.
pub(crate) struct Display {
    server: Child,
    /// What programs call it.
    pub(crate) name: String,
}

impl Display {
    /// A server of its own.
    pub(crate) fn new() -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1024x768x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        Self {
            server,
            name: format!(":{}", number.trim()),
        }
    }

    /// A name that no server has.
    pub(crate) fn missing() -> Self {
        Self {
            server: Command::new("true").spawn().unwrap(),
            name: ":4095".to_owned(),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The manifest of a pack with the picture `dot.png`; `more` is further members.
pub(crate) fn manifest(more: &str) -> String {
    let comma = if more.is_empty() { "" } else { "," };
    format!(
        r#"{{
  "format": "mask",
  "version": "1.0",
  "id": "org.example.dot",
  "name": "Dot",
  "author": "A test",
  "license": "CC0-1.0",
  "assets": {{ "dot": {{ "type": "image", "path": "dot.png" }} }}{comma}
  {more}
}}
"#
    )
}

/// How many pixels of two pictures of one size differ by more than `by` of 255.
pub(crate) fn differing(a: &image::RgbaImage, b: &image::RgbaImage, by: u8) -> usize {
    assert_eq!(a.dimensions(), b.dimensions());
    let far =
        |(a, b): &(&image::Rgba<u8>, &image::Rgba<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > by);
    a.pixels().zip(b.pixels()).filter(far).count()
}
