//! Proof 15: what a program with a session in it takes from the system's libraries.

use super::{Context, Failure, ensure, works};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The committed list: a name a line; behind some of them what they are needed for; `#` begins a remark.
const LIST: &str = include_str!("../../imports.txt");

/// What the engine under observation adds.
const OF_ENGINE: &str = if cfg!(feature = "tract") {
    include_str!("../../imports-tract.txt")
} else {
    ""
};

/// What sends, receives, or makes, moves and removes files. None of it may be on the list.
const NEVER: [&str; 46] = [
    "accept",
    "accept4",
    "bind",
    "connect",
    "copy_file_range",
    "creat",
    "creat64",
    "execve",
    "execvp",
    "fallocate",
    "fork",
    "fopen",
    "fopen64",
    "getaddrinfo",
    "io_uring_setup",
    "link",
    "linkat",
    "listen",
    "memfd_create",
    "mkdir",
    "mkdirat",
    "mknod",
    "mq_open",
    "msgget",
    "popen",
    "posix_spawn",
    "posix_spawnp",
    "pwrite",
    "pwrite64",
    "recv",
    "recvfrom",
    "recvmsg",
    "rename",
    "renameat",
    "send",
    "sendfile",
    "sendfile64",
    "sendmsg",
    "sendto",
    "shm_open",
    "shmget",
    "socket",
    "socketpair",
    "symlink",
    "system",
    "unlink",
];

/// What can carry something out, and has another use as well: on the list only with that use.
const EXPLAINED: [&str; 10] = [
    "dlopen",
    "ftruncate",
    "ftruncate64",
    "ioctl",
    "open",
    "open64",
    "openat64",
    "syscall",
    "write",
    "writev",
];

/// Proof 15. An app that does nothing but run a session, tracker, networks and drawing included, imports the functions
/// that are listed, and no other: none of sockets, and none that makes, moves or removes a file.
///
/// Controls: the program under observation, which tries both, is caught by the same list; a name that is never allowed is
/// found on a list that holds it.
pub(super) fn as_listed(context: &Context) -> Result<String, Failure> {
    let list = list();
    let wrong = unsound(&list);
    works(wrong.is_empty(), || format!("the list: {}", wrong.join("; ")))?;
    let found = imports(&context.programs.app())?;
    let listed: BTreeSet<_> = list.keys().map(|it| (*it).to_owned()).collect();
    let more: Vec<_> = found.difference(&listed).cloned().collect();
    ensure(more.is_empty(), || {
        format!("imported and not listed: {}", more.join(" "))
    })?;
    let less: Vec<_> = listed.difference(&found).cloned().collect();
    works(less.is_empty(), || {
        format!("listed and not imported: {}", less.join(" "))
    })?;

    let caught = imports(&context.programs.session())?;
    let caught: Vec<_> = caught.difference(&listed).cloned().collect();
    works(caught.iter().any(|it| it == "connect"), || {
        format!("control: expected connect beyond the list, found {caught:?}")
    })?;
    works(unsound(&parse("connect\nwrite\n")).len() == 2, || {
        "control: a list with connect on it, and write without a word, passes".to_owned()
    })?;
    Ok(format!(
        "{} functions imported, all listed; control: {} more in a program that tries",
        found.len(),
        caught.len()
    ))
}

/// The committed list, for the engine under observation.
pub(super) fn list() -> BTreeMap<&'static str, &'static str> {
    let mut list = parse(LIST);
    list.extend(parse(OF_ENGINE));
    list
}

/// Names, and what is said of them.
pub(super) fn parse(list: &str) -> BTreeMap<&str, &str> {
    let lines = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(' ').unwrap_or((line, "")))
        .map(|(name, words)| (name, words.trim()))
        .collect()
}

/// What must not be on a list, or not without a word.
pub(super) fn unsound(list: &BTreeMap<&str, &str>) -> Vec<String> {
    let never = NEVER.iter().filter(|name| list.contains_key(**name));
    let never = never.map(|name| format!("{name} must not be there"));
    let silent = EXPLAINED.iter().filter(|name| list.get(**name) == Some(&""));
    never
        .chain(silent.map(|name| format!("{name} has no reason")))
        .collect()
}

/// The functions that a program takes from libraries, without their versions.
pub(super) fn imports(program: &Path) -> Result<BTreeSet<String>, Failure> {
    let output = Command::new("nm")
        .args(["--dynamic", "--undefined-only", "--format=posix"])
        .arg(program)
        .output()
        .map_err(|e| format!("nm could not be started ({e}): run `cargo xtask setup`"))?;
    works(output.status.success(), || {
        format!("nm ended with {}", output.status)
    })?;
    let text = String::from_utf8(output.stdout)?;
    // `name@GLIBC_2.2.5 U`; `w` is weak: used where it is there.
    let names = text.lines().filter_map(|line| line.split([' ', '@']).next());
    let names: BTreeSet<_> = names.filter(|it| !it.is_empty()).map(str::to_owned).collect();
    works(
        names.contains("malloc") || names.contains("mmap64") || names.contains("mmap"),
        || "nm saw no memory taken: it did not work".to_owned(),
    )?;
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_nothing_that_carries_out_unexplained() {
        let list = list();
        assert!(list.len() > 20);
        assert_eq!(unsound(&list), [""; 0]);
    }

    #[test]
    fn names_and_words_are_told_apart() {
        let list = parse("# of files\nopen64  models are read\nread\n\n");
        assert_eq!(
            list.into_iter().collect::<Vec<_>>(),
            [("open64", "models are read"), ("read", "")]
        );
    }
}
