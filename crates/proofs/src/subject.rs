//! The process under observation, seen from outside.

use crate::face::Face;
use crate::needle::Needle;
use crate::scan::{self, Scan};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Where the programs under observation lie.
#[derive(Clone)]
pub struct Programs {
    /// The folder.
    pub folder: PathBuf,
    /// Which are watched.
    pub parts: Parts,
}

/// How much of the pipeline is watched.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Parts {
    /// The veil, with a made-up pipeline.
    Veil,
    /// The tracker with its networks as well.
    Inference,
    /// Whole sessions as well.
    Rendering,
}

impl Programs {
    /// The program with FaceHeap as its allocator.
    #[must_use]
    pub fn victim(&self) -> PathBuf {
        self.folder.join("victim")
    }

    /// The same program on the ordinary heap.
    #[must_use]
    pub fn victim_open(&self) -> PathBuf {
        self.folder.join("victim_open")
    }

    /// The program that runs real inference, with FaceHeap as its allocator.
    #[must_use]
    pub fn tracker(&self) -> PathBuf {
        self.folder.join("tracker")
    }

    /// The same program on the ordinary heap.
    #[must_use]
    pub fn tracker_open(&self) -> PathBuf {
        self.folder.join("tracker_open")
    }

    /// The program that runs whole sessions, with FaceHeap as its allocator.
    #[must_use]
    pub fn session(&self) -> PathBuf {
        self.folder.join("session")
    }

    /// An app that does nothing but run a session.
    #[must_use]
    pub fn app(&self) -> PathBuf {
        self.folder.join("app")
    }

    /// Where the library lies as it ships, with an app in C.
    #[must_use]
    pub fn shipped(&self) -> PathBuf {
        self.folder.join("shipped")
    }

    /// The program that valgrind watches.
    #[must_use]
    pub fn flow(&self) -> PathBuf {
        self.folder.join("flow")
    }
}

/// A running process that shows a scene, with a face of its own.
pub struct Subject {
    child: Child,
    output: BufReader<ChildStdout>,
    needles: Vec<Needle>,
    /// The app's own picture buffers, which are not the veil's.
    apart: Vec<Range<u64>>,
    face: Face,
    /// Dropped when the subject has ended: its watchdog then goes home.
    watchdog: Option<SyncSender<()>>,
}

/// A subject that says nothing for longer than this hangs, and is killed.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long all threads may take to stand still: on a busy machine those of a software device took more than a second.
const LONGEST_STOP: Duration = Duration::from_secs(30);

/// Kills `pid` unless the sender that is returned goes first.
fn watch(pid: u32) -> io::Result<SyncSender<()>> {
    let (alive, ended) = sync_channel(0);
    std::thread::Builder::new()
        .name("watchdog".to_owned())
        .spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                // SAFETY: a child of ours that has not been waited for, or its watchdog would have been sent home.
                unsafe { libc::kill(pid as i32, libc::SIGKILL) };
            }
        })?;
    Ok(alive)
}

impl Subject {
    /// Starts `program` on `scene` with a fresh face.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(program: &Path, scene: &str, arguments: &[&str]) -> io::Result<Subject> {
        Subject::launch(Command::new(program), scene, arguments)
    }

    /// The same with a command that was prepared already.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn launch(command: Command, scene: &str, arguments: &[&str]) -> io::Result<Subject> {
        let face = Face::fresh();
        Subject::launch_with(command, scene, face, face.needles(), arguments)
    }

    /// The same with a face of one's choice, of which only the seed counts, and what to look for.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn launch_with(
        mut command: Command,
        scene: &str,
        face: Face,
        needles: Vec<Needle>,
        arguments: &[&str],
    ) -> io::Result<Subject> {
        command.arg(scene).arg(face.seed().to_string()).args(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        let output = BufReader::new(output);
        let watchdog = Some(watch(child.id())?);
        Ok(Subject {
            child,
            output,
            needles,
            apart: Vec::new(),
            face,
            watchdog,
        })
    }

    /// Waits until the subject says `word` first on a line; returns the rest of the line.
    ///
    /// # Errors
    /// If it says something else or ends.
    pub fn expect(&mut self, word: &str) -> io::Result<String> {
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line)?;
            let (first, rest) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
            match first {
                "APP" => self.apart.extend(scan::address_range(rest)),
                _ if first == word => return Ok(rest.to_owned()),
                _ => {
                    let said = if line.is_empty() {
                        "nothing more".to_owned()
                    } else {
                        format!("{line:?}")
                    };
                    let (status, errors) = self.end();
                    return Err(io::Error::other(format!(
                        "expected {word}, found {said} ({status}): {errors}"
                    )));
                }
            }
        }
    }

    /// Lets the subject go on after what it said.
    ///
    /// # Errors
    /// If it is gone.
    pub fn go(&mut self) -> io::Result<()> {
        let input = self
            .child
            .stdin
            .as_mut()
            .ok_or_else(|| io::Error::other("no input"))?;
        input.write_all(b"\n")
    }

    /// Searches the subject's memory, the app's own picture buffers apart.
    ///
    /// # Errors
    /// If the subject is gone.
    pub fn scan(&self) -> io::Result<Scan> {
        scan::scan(self.pid(), &self.needles, &self.apart)
    }

    /// Searches the memory of a child of the subject.
    ///
    /// # Errors
    /// If the child is gone.
    pub fn scan_child(&self, pid: u32) -> io::Result<Scan> {
        scan::scan(pid, &self.needles, &self.apart)
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The face that it was given.
    #[must_use]
    pub fn face(&self) -> Face {
        self.face
    }

    /// What to look for.
    #[must_use]
    pub fn needles(&self) -> &[Needle] {
        &self.needles
    }

    /// Stops or continues it where it stands.
    ///
    /// # Errors
    /// If it is gone.
    pub fn signal(&self, signal: i32) -> io::Result<()> {
        // SAFETY: sends a signal to a child of ours that has not been waited for.
        let status = unsafe { libc::kill(self.pid() as i32, signal) };
        if status == 0 {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }

    /// Waits until the whole process stands still after a stop signal.
    ///
    /// # Errors
    /// If it is gone, or does not stop.
    pub fn stop(&self) -> io::Result<()> {
        self.signal(libc::SIGSTOP)?;
        let start = Instant::now();
        while start.elapsed() < LONGEST_STOP {
            if threads_stopped(self.pid())? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        Err(io::Error::other("the subject did not stop"))
    }

    /// Waits for its own end.
    ///
    /// # Errors
    /// If it cannot be waited for.
    pub fn wait(&mut self) -> io::Result<std::process::ExitStatus> {
        let status = self.child.wait();
        self.watchdog = None;
        status
    }

    /// Ends it; returns how it ended and what it wrote to its error stream.
    pub fn end(&mut self) -> (String, String) {
        let _ = self.child.kill(); // it may have ended already
        let status = self.wait().map_or_else(|e| e.to_string(), |s| s.to_string());
        let mut errors = Vec::new();
        if let Some(stream) = self.child.stderr.as_mut() {
            let _ = stream.read_to_end(&mut errors); // what could be read is what is shown
        }
        (status, String::from_utf8_lossy(&errors).into_owned())
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether every thread of a process is stopped.
fn threads_stopped(pid: u32) -> io::Result<bool> {
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let stat = std::fs::read_to_string(task?.path().join("stat"))?;
        let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
        if !matches!(state, Some('T' | 't')) {
            return Ok(false);
        }
    }
    Ok(true)
}
