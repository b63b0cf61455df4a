//! Windows 10 and later. Written from Microsoft's documentation, compile-checked, not tested on Windows; the veil's
//! tests of frames and panics passed under Wine 8.
//!
//! - Lock: `VirtualLock` reaches as far as the process's minimum working set, 50 pages unless raised, so it is
//!   raised by as much as did not fit.
//! - Dumps: the range is left out of Windows Error Reporting's dumps (Windows 10 1703 and later). A program that
//!   calls `MiniDumpWriteDump` for itself is not stopped.
//! - Children: there is no `fork`.
//! - Thread: Windows gives each thread a stack of its own and takes none from the caller. The face thread starts
//!   on a small one and crosses over to the vault, the way every coroutine library does: see [`call_on`].

use super::Offer;
use crate::Backing;
use std::arch::asm;
use std::ffi::c_void;
use std::io;
use std::mem::MaybeUninit;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr::{NonNull, null, null_mut};
use std::sync::{Mutex, PoisonError};
use windows_sys::Win32::Foundation::{ERROR_WORKING_SET_QUOTA, FARPROC};
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_NOACCESS, PAGE_READWRITE, VirtualAlloc, VirtualFree,
    VirtualLock, VirtualUnlock,
};
use windows_sys::Win32::System::SystemInformation::GetSystemInfo;
use windows_sys::Win32::System::Threading::{
    CreateThread, GetCurrentProcess, GetCurrentThread, GetProcessWorkingSetSize, INFINITE,
    STACK_SIZE_PARAM_IS_A_RESERVATION, SetProcessWorkingSetSize, SetThreadDescription, WaitForSingleObject,
};
use windows_sys::core::{BOOL, HRESULT, PCSTR, w};

/// Whether the project's proofs run on this platform.
pub(crate) const PROVEN: bool = false;

/// A thread that runs on a stack of ours.
pub(crate) struct Thread(OwnedHandle);

/// The answer of a call that returns nonzero or sets the last error.
fn check(success: BOOL) -> io::Result<()> {
    if success == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

pub(crate) fn page_size() -> usize {
    let mut info = MaybeUninit::uninit();
    // SAFETY: fills the record.
    unsafe { GetSystemInfo(info.as_mut_ptr()) };
    // SAFETY: filled above; the call cannot fail.
    let info = unsafe { info.assume_init() };
    usize::try_from(info.dwPageSize).unwrap_or(4096)
}

pub(crate) fn reserve(len: usize) -> io::Result<NonNull<u8>> {
    // SAFETY: a new reservation at an address of the system's choice touches no memory of ours.
    let at = unsafe { VirtualAlloc(null(), len, MEM_RESERVE, PAGE_NOACCESS) };
    NonNull::new(at.cast()).ok_or_else(io::Error::last_os_error)
}

pub(crate) fn commit(at: NonNull<u8>, len: usize) -> io::Result<()> {
    // SAFETY: the range is part of a reservation that nothing uses yet.
    let committed = unsafe { VirtualAlloc(at.as_ptr().cast(), len, MEM_COMMIT, PAGE_READWRITE) };
    if committed.is_null() {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

pub(crate) fn reserve_secret(_len: usize) -> Offer<NonNull<u8>> {
    None
}

/// # Safety
/// `at` is a whole reservation, and nothing points into it any more.
pub(crate) unsafe fn release(at: NonNull<u8>, _len: usize) {
    // SAFETY: the caller vouches. A failure would leave zeroed pages mapped: harmless, and nobody to tell.
    unsafe { VirtualFree(at.as_ptr().cast(), 0, MEM_RELEASE) };
}

pub(crate) fn lock(at: NonNull<u8>, len: usize) -> Offer {
    let quota = |error: &io::Error| error.raw_os_error() == i32::try_from(ERROR_WORKING_SET_QUOTA).ok();
    let attempt = || {
        // SAFETY: locking changes no content.
        check(unsafe { VirtualLock(at.as_ptr().cast(), len) })
    };
    Some(match attempt() {
        Err(error) if quota(&error) => raise_working_set(len).and_then(|()| attempt()),
        other => other,
    })
}

/// Raises the process's minimum working set, and the maximum with it, by `len` bytes.
///
/// Never lowered again: what a vault gives back, the next one uses.
fn raise_working_set(len: usize) -> io::Result<()> {
    /// Between reading and writing the limits: two threads that raise them must not undo each other.
    static LIMITS: Mutex<()> = Mutex::new(());
    let _held = LIMITS.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: a constant that stands for this process.
    let process = unsafe { GetCurrentProcess() };
    let (mut least, mut most) = (0, 0);
    // SAFETY: writes the two numbers.
    check(unsafe { GetProcessWorkingSetSize(process, &raw mut least, &raw mut most) })?;
    // SAFETY: limits, no memory.
    check(unsafe { SetProcessWorkingSetSize(process, least.saturating_add(len), most.saturating_add(len)) })
}

pub(crate) fn exclude_from_dump(at: NonNull<u8>, len: usize) -> Offer {
    type Register = unsafe extern "system" fn(*const c_void, u32) -> HRESULT;
    let register = kernel32(c"WerRegisterExcludedMemoryBlock".as_ptr().cast())?;
    // SAFETY: that function's signature, from werapi.h.
    let register = unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, Register>(register) };
    let Ok(bytes) = u32::try_from(len) else {
        return Some(Err(io::ErrorKind::InvalidInput.into()));
    };
    // SAFETY: takes down a range; touches no content.
    let status = unsafe { register(at.as_ptr().cast(), bytes) };
    Some(if status < 0 {
        Err(io::Error::from_raw_os_error(status))
    } else {
        Ok(())
    })
}

pub(crate) fn exclude_from_fork(_at: NonNull<u8>, _len: usize, _backing: Backing) -> Offer {
    None
}

pub(crate) fn unguard(at: NonNull<u8>, len: usize) {
    type Unregister = unsafe extern "system" fn(*const c_void) -> HRESULT;
    if let Some(unregister) = kernel32(c"WerUnregisterExcludedMemoryBlock".as_ptr().cast()) {
        // SAFETY: that function's signature, from werapi.h.
        let unregister =
            unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, Unregister>(unregister) };
        // SAFETY: strikes out a range; one that is not on the list is an error without effect.
        unsafe { unregister(at.as_ptr().cast()) };
    }
    // SAFETY: changes no content; a range that is not locked is an error without effect.
    unsafe { VirtualUnlock(at.as_ptr().cast(), len) };
}

/// A function of kernel32.dll that not every Windows 10 has. `name` ends with a zero.
fn kernel32(name: PCSTR) -> FARPROC {
    // SAFETY: every process has this module, and never loses it.
    let module = unsafe { GetModuleHandleW(w!("kernel32.dll")) };
    // SAFETY: looks a name up in it.
    unsafe { GetProcAddress(module, name) }
}

/// What the new thread needs for its way to the vault.
struct Crossing {
    low: NonNull<u8>,
    len: usize,
    entry: Entry,
    argument: *mut c_void,
}

type Entry = extern "C" fn(*mut c_void) -> *mut c_void;

/// Bytes of the stack that Windows gives the thread: for the way over, and for thread-locals' destructors after.
const LANDING: usize = 64 << 10;

/// Starts `entry(argument)` on the `len` bytes at `stack`.
///
/// # Safety
/// The stack must stay mapped until the thread is joined; `argument` must be what `entry` expects.
pub(crate) unsafe fn start(
    stack: NonNull<u8>,
    len: usize,
    entry: Entry,
    argument: *mut c_void,
) -> io::Result<Thread> {
    let crossing = Box::into_raw(Box::new(Crossing {
        low: stack,
        len,
        entry,
        argument,
    }));
    // SAFETY: `cross` expects such a box.
    let handle = unsafe {
        CreateThread(
            null(),
            LANDING,
            Some(cross),
            crossing.cast(),
            STACK_SIZE_PARAM_IS_A_RESERVATION,
            null_mut(),
        )
    };
    if handle.is_null() {
        let error = io::Error::last_os_error();
        // SAFETY: no thread took it over.
        drop(unsafe { Box::from_raw(crossing) });
        return Err(error);
    }
    // SAFETY: a handle that is ours alone.
    Ok(Thread(unsafe { OwnedHandle::from_raw_handle(handle) }))
}

unsafe extern "system" fn cross(crossing: *mut c_void) -> u32 {
    // SAFETY: `start` made it for this call.
    let Crossing {
        low,
        len,
        entry,
        argument,
    } = *unsafe { Box::from_raw(crossing.cast::<Crossing>()) };
    // SAFETY: the end of the same mapping.
    let high = unsafe { low.add(len) };
    // SAFETY: the caller of `start` vouches for the stack, which is whole pages, and the argument.
    unsafe { call_on(low, high, entry, argument) };
    0
}

/// Calls `entry(argument)` on the stack from `low` up to `high`, and comes back.
///
/// 1. Keep the stack pointer and the three places of the thread's environment block that say where its stack
///    lies: base and limit (`NT_TIB` in winnt.h, offsets 8 and 16), and the lowest address (0x1478). The system
///    looks for exception handlers between base and limit alone, so a panic could not be caught without them.
/// 2. Set all four to the new stack and call.
/// 3. Put the four back. `entry` keeps the registers that hold them, by the calling convention.
///
/// # Safety
/// `low` and `high` bound writable memory that nothing else uses, at multiples of 16; `argument` must be what
/// `entry` expects.
#[cfg(target_arch = "x86_64")]
#[inline(never)]
unsafe fn call_on(low: NonNull<u8>, high: NonNull<u8>, entry: Entry, argument: *mut c_void) {
    // SAFETY: gs leads to the environment block. The 32 bytes are what the convention lets a callee write above its
    // return address. `entry` cannot unwind: a panic that reaches an `extern "C"` function's end aborts.
    unsafe {
        asm!(
            "mov r12, rsp",
            "mov r13, qword ptr gs:[0x8]",
            "mov r14, qword ptr gs:[0x10]",
            "mov r15, qword ptr gs:[0x1478]",
            "mov qword ptr gs:[0x1478], rdx",
            "mov qword ptr gs:[0x10], rdx",
            "mov qword ptr gs:[0x8], r8",
            "lea rsp, [r8 - 32]",
            "call rax",
            "mov rsp, r12",
            "mov qword ptr gs:[0x8], r13",
            "mov qword ptr gs:[0x10], r14",
            "mov qword ptr gs:[0x1478], r15",
            inout("rax") entry => _,
            inout("rcx") argument => _,
            inout("rdx") low.as_ptr() => _,
            inout("r8") high.as_ptr() => _,
            out("r12") _,
            out("r13") _,
            out("r14") _,
            out("r15") _,
            clobber_abi("win64"),
        );
    }
}

/// As above; here x18 leads to the environment block.
///
/// # Safety
/// As above.
#[cfg(target_arch = "aarch64")]
#[inline(never)]
unsafe fn call_on(low: NonNull<u8>, high: NonNull<u8>, entry: Entry, argument: *mut c_void) {
    // SAFETY: as above; this convention has no bytes above the return address.
    unsafe {
        asm!(
            "mov x20, sp",
            "ldr x21, [x18, #0x8]",
            "ldr x22, [x18, #0x10]",
            "ldr x23, [x18, #0x1478]",
            "str x1, [x18, #0x1478]",
            "str x1, [x18, #0x10]",
            "str x2, [x18, #0x8]",
            "mov sp, x2",
            "blr x3",
            "mov sp, x20",
            "str x21, [x18, #0x8]",
            "str x22, [x18, #0x10]",
            "str x23, [x18, #0x1478]",
            inout("x0") argument => _,
            inout("x1") low.as_ptr() => _,
            inout("x2") high.as_ptr() => _,
            inout("x3") entry => _,
            out("x20") _,
            out("x21") _,
            out("x22") _,
            out("x23") _,
            clobber_abi("C"),
        );
    }
}

/// There are no signals: what Windows calls so runs on a thread of its own.
pub(crate) fn begin_thread() {
    // SAFETY: a constant that stands for this thread.
    let thread = unsafe { GetCurrentThread() };
    // SAFETY: names this thread; the text ends with a zero. Without a name it runs as well.
    unsafe { SetThreadDescription(thread, w!("moretta-face")) };
}

/// Waits until `thread` has ended: it has left the vault before. Its handle closes here.
pub(crate) fn join(thread: Thread, _backing: Backing) {
    // SAFETY: the handle is ours, and open.
    unsafe { WaitForSingleObject(thread.0.as_raw_handle(), INFINITE) };
}

/// There is no `fork`.
pub(crate) fn is_child() -> bool {
    false
}
