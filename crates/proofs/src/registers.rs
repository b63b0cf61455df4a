//! The registers of another process's threads, as the kernel saved them.

use std::io;

/// The vector registers of every thread of `pid`, one after the other: what a core dump would hold.
///
/// # Errors
/// If the process may not be traced.
pub fn vector_registers(pid: u32) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let name = task?.file_name();
        let thread: libc::pid_t = name.to_string_lossy().parse().map_err(io::Error::other)?;
        all.extend(of_thread(thread)?);
    }
    Ok(all)
}

/// `NT_X86_XSTATE` of `<linux/elf.h>`: x87, SSE, AVX and AVX-512 state.
#[cfg(target_arch = "x86_64")]
const REGISTERS: usize = 0x202;
/// `NT_PRFPREG`: v0 to v31.
#[cfg(not(target_arch = "x86_64"))]
const REGISTERS: usize = 2;

fn of_thread(thread: libc::pid_t) -> io::Result<Vec<u8>> {
    let null = std::ptr::null_mut::<libc::c_void>();
    // SAFETY: makes this thread the tracer of a thread of a process that we started.
    check(unsafe { libc::ptrace(libc::PTRACE_SEIZE, thread, null, null) })?;
    // SAFETY: stops it where it stands.
    let read = check(unsafe { libc::ptrace(libc::PTRACE_INTERRUPT, thread, null, null) }).and_then(|()| {
        let mut status = 0;
        // SAFETY: waits for that stop.
        let waited = unsafe { libc::waitpid(thread, &raw mut status, libc::__WALL) };
        if waited != thread {
            return Err(io::Error::last_os_error());
        }
        let mut state = vec![0u8; 16 << 10];
        let mut part = libc::iovec {
            iov_base: state.as_mut_ptr().cast(),
            iov_len: state.len(),
        };
        // SAFETY: the kernel writes at most `iov_len` bytes to `state`, and sets it to how many.
        check(unsafe { libc::ptrace(libc::PTRACE_GETREGSET, thread, REGISTERS, &raw mut part) })?;
        state.truncate(part.iov_len);
        Ok(state)
    });
    // SAFETY: lets the thread go on; if it is gone, there is nothing to let go.
    unsafe { libc::ptrace(libc::PTRACE_DETACH, thread, null, null) };
    read
}

fn check(status: libc::c_long) -> io::Result<()> {
    if status == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
