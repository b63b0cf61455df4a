//! What the system itself says of this process, without a word of Moretta's.

use std::collections::BTreeMap;

/// The lines of `/proc/self/status`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Status {
    lines: BTreeMap<String, String>,
}

impl Status {
    /// As it is now; `None` where there is no such file.
    pub(crate) fn now() -> Option<Self> {
        Some(Self::read(&std::fs::read_to_string("/proc/self/status").ok()?))
    }

    fn read(text: &str) -> Self {
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        Self {
            lines: lines
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
        }
    }

    /// Locked bytes (`VmLck`).
    pub(crate) fn locked_bytes(&self) -> Option<u64> {
        self.bytes("VmLck")
    }

    /// Bytes in memory (`VmRSS`).
    pub(crate) fn resident_bytes(&self) -> Option<u64> {
        self.bytes("VmRSS")
    }

    pub(crate) fn threads(&self) -> Option<u64> {
        self.number("Threads")
    }

    /// Whether system calls are filtered (`Seccomp`), in words.
    pub(crate) fn seccomp(&self) -> &'static str {
        match self.number("Seccomp") {
            Some(0) => "off",
            Some(1) => "strict",
            Some(2) => "filter",
            _ => "unknown",
        }
    }

    /// Whether the process can gain no further rights (`NoNewPrivs`).
    pub(crate) fn no_new_privs(&self) -> Option<bool> {
        self.number("NoNewPrivs").map(|value| value == 1)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.lines.get(name)?.parse().ok()
    }

    fn bytes(&self, name: &str) -> Option<u64> {
        let kib: u64 = self.lines.get(name)?.strip_suffix(" kB")?.parse().ok()?;
        Some(kib * 1024)
    }
}

/// Bytes as people read them.
pub(crate) fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Name:\tapp\nVmLck:\t    2048 kB\nVmRSS:\t  10 kB\nThreads:\t7\nNoNewPrivs:\t1\nSeccomp:\t2\n";

    #[test]
    fn the_kernels_words_are_read() {
        let status = Status::read(TEXT);
        assert_eq!(status.locked_bytes(), Some(2 << 20));
        assert_eq!(status.resident_bytes(), Some(10240));
        assert_eq!(status.threads(), Some(7));
        assert_eq!((status.seccomp(), status.no_new_privs()), ("filter", Some(true)));
        assert_eq!(
            Status::read(&TEXT.replace("Seccomp:\t2", "Seccomp:\t0")).seccomp(),
            "off"
        );
    }

    #[test]
    fn what_is_not_there_is_not_made_up() {
        let status = Status::read("VmLck: many\nSeccomp: 9\n");
        assert_eq!(
            (status.locked_bytes(), status.threads(), status.no_new_privs()),
            (None, None, None)
        );
        assert_eq!(status.seccomp(), "unknown");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_threads_and_memory() {
        let status = Status::now().unwrap();
        assert!(status.threads().unwrap() >= 1 && status.resident_bytes().unwrap() > 0);
    }

    #[test]
    fn bytes_are_rounded_to_a_tenth() {
        assert_eq!(mib(0), "0.0 MiB");
        assert_eq!(mib((3 << 20) + (1 << 19)), "3.5 MiB");
    }
}
