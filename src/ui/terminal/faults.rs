//! The faults that end a process at once, such as an abort or a bad access in a driver: the terminal is restored first, with nothing but
//! system calls, as nothing else may be relied on then.
#![expect(
    unsafe_code,
    reason = "a handler of these signals can't be had without; it makes system calls alone, all of which a handler may make"
)]

use libc::{c_int, sigaction, siginfo_t, termios};
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

const FAULTS: [c_int; 7] = [
    libc::SIGABRT,
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
    libc::SIGSYS,
    libc::SIGTRAP,
];

/// Ends a frame, the mouse and pastes, leaves the other screen, and shows the cursor.
const RESTORE: &[u8] = b"\x1b[?2026l\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?1049l\x1b[?25h";

/// Whether the terminal's modes are ours.
static ARMED: AtomicBool = AtomicBool::new(false);
/// The terminal, wherever standard output goes meanwhile.
static TTY: AtomicI32 = AtomicI32::new(-1);
/// The terminal's modes as they were; never freed, as a handler may read them at any time.
static MODES: AtomicPtr<termios> = AtomicPtr::new(ptr::null_mut());
/// What each fault did before.
static BEFORE: [AtomicPtr<sigaction>; FAULTS.len()] =
    [const { AtomicPtr::new(ptr::null_mut()) }; FAULTS.len()];
static HANDLERS: Once = Once::new();

/// From now on a fault restores the terminal as it is now.
pub fn arm() {
    let mut modes = MaybeUninit::uninit();
    // SAFETY: The structure is filled where the call says so, and read only then.
    let modes = unsafe {
        if libc::tcgetattr(libc::STDIN_FILENO, modes.as_mut_ptr()) != 0 {
            return;
        }
        modes.assume_init()
    };
    if MODES.load(Ordering::Relaxed).is_null() {
        MODES.store(Box::into_raw(Box::new(modes)), Ordering::Release);
    }
    // SAFETY: Duplicating a descriptor touches no memory.
    let tty = unsafe { libc::fcntl(libc::STDIN_FILENO, libc::F_DUPFD_CLOEXEC, 3) };
    let last = TTY.swap(tty, Ordering::Release);
    if last >= 0 {
        // SAFETY: It was ours.
        unsafe { libc::close(last) };
    }
    HANDLERS.call_once(handle);
    ARMED.store(true, Ordering::Release);
}

/// The terminal is restored, or gone.
pub fn disarm() {
    ARMED.store(false, Ordering::Release);
}

fn handle() {
    for (signal, before) in FAULTS.iter().zip(&BEFORE) {
        // SAFETY: Both structures are whole, and the handler has the form that SA_SIGINFO asks for.
        unsafe {
            let mut ours: sigaction = std::mem::zeroed();
            ours.sa_sigaction = restore as *const () as usize;
            // On the stack for signals: an overflow has left no room on the other.
            ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
            libc::sigemptyset(&raw mut ours.sa_mask);
            let mut theirs: sigaction = std::mem::zeroed();
            if libc::sigaction(*signal, &raw const ours, &raw mut theirs) == 0 {
                before.store(Box::into_raw(Box::new(theirs)), Ordering::Release);
            }
        }
    }
}

/// Restores the terminal; then the fault does what it did before.
extern "C" fn restore(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
    // SAFETY: System calls that a handler may make, on structures that live for ever.
    unsafe {
        if ARMED.swap(false, Ordering::Acquire) {
            let tty = TTY.load(Ordering::Acquire);
            libc::write(tty, RESTORE.as_ptr().cast(), RESTORE.len());
            let modes = MODES.load(Ordering::Acquire);
            libc::tcsetattr(tty, libc::TCSANOW, modes);
        }
        let nth = FAULTS.iter().position(|fault| *fault == signal);
        let before = nth.map_or(ptr::null_mut(), |nth| BEFORE[nth].load(Ordering::Acquire));
        // A fault of the program itself comes again as soon as we return; one that was sent does not.
        let sent = !info.is_null() && (*info).si_code <= 0;
        if before.is_null() || sent {
            libc::signal(signal, libc::SIG_DFL);
        } else {
            libc::sigaction(signal, before, ptr::null_mut());
        }
        if sent {
            libc::raise(signal);
        }
    }
}
