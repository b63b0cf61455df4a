//! What the veil asks of an operating system. One small module a platform, all with the same functions.
//!
//! | function | meaning |
//! |---|---|
//! | `page_size` | bytes of a page |
//! | `reserve(len)` | address space that may be neither read nor written |
//! | `reserve_secret(len)` | the same on secret memory; `None` where the system has none |
//! | `commit(at, len)` | make a part of it readable and writable, zeroed |
//! | `release(at, len)` | give a whole reservation back |
//! | `lock(at, len)` | keep out of swap; `None` where not offered, as in the next two |
//! | `exclude_from_dump(at, len)` | keep out of core dumps |
//! | `exclude_from_fork(at, len, backing)` | keep out of children |
//! | `unguard(at, len)` | called before `release`: take back what the last three put on the system's lists |
//! | `start(stack, len, entry, argument)` | a thread on that stack |
//! | `join(thread, backing)` | wait for its end, the kernel's last store to its stack included |
//! | `begin_thread()` | called first on the new thread: name, signal mask |
//! | `is_child()` | whether this process was forked off one that used the veil, and did not execute a program since |

#[cfg(unix)]
mod unix;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use linux::*;

#[cfg(target_vendor = "apple")]
mod apple;
#[cfg(target_vendor = "apple")]
pub(crate) use apple::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::*;

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple", windows)))]
compile_error!("moretta-veil has no module for this operating system: face memory could not be protected");

/// A protection's answer: `None` where the system has no such thing.
pub(crate) type Offer<T = ()> = Option<std::io::Result<T>>;
