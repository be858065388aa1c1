//! Memory that is kept rather than given back: a training step asks for the same large pieces again and again.
//!
//! glibc maps each large piece anew and unmaps it when it is let go of, so that every step pays for page faults over
//! hundreds of megabytes; that took a third of a step's time on two cores. Kept pieces are given back when training ends.

/// Has the allocator keep what is let go of. To be called while there is one thread.
pub fn keep() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(
        unsafe_code,
        reason = "two numbers that glibc documents, set while there is one thread"
    )]
    // SAFETY: mallopt only stores the values; no other thread allocates meanwhile.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 30);
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
    }
}

/// Gives back what was kept.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "glibc documents it as safe from any thread")]
    // SAFETY: it takes the allocator's own locks.
    unsafe {
        libc::malloc_trim(0);
    }
}
