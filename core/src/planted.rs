//! Deliberate breakages, so that the simulation can show it would notice (sync.md section 20).
//!
//! Without the feature `planted`, [`on`] is a constant and the compiler removes every switch. With it, a switch
//! is set for one thread ([`set`]) or, for servers with several threads, for the process ([`set_everywhere`]).
//! Numbers of two digits are those of sync.md; 171 to 174 are the four of bug 17 (gate checks 13, 15, 17, 23
//! left out); 100 is the lossy merge (concurrent values of a key are hidden).

#[cfg(feature = "planted")]
mod switch {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU32, Ordering};

    thread_local! {
        static HERE: Cell<Option<u32>> = const { Cell::new(None) };
    }
    static EVERYWHERE: AtomicU32 = AtomicU32::new(0);

    /// Whether bug `n` is planted: on this thread, or in the whole process.
    pub fn on(n: u32) -> bool {
        HERE.get() == Some(n) || EVERYWHERE.load(Ordering::Relaxed) == n
    }

    /// Plants bug `n` for the calling thread, or removes what it had planted.
    pub fn set(n: Option<u32>) {
        HERE.set(n);
    }

    /// Plants bug `n` for every thread of the process, or removes it.
    pub fn set_everywhere(n: Option<u32>) {
        EVERYWHERE.store(n.unwrap_or(0), Ordering::Relaxed);
    }

    /// What the calling thread has planted, to hand on to a thread that works for it.
    pub fn here() -> Option<u32> {
        HERE.get()
    }
}

#[cfg(feature = "planted")]
pub use switch::{here, on, set, set_everywhere};

/// Whether bug `n` is planted: never, in a product build.
#[cfg(not(feature = "planted"))]
pub const fn on(_n: u32) -> bool {
    false
}

/// Plants nothing in a product build.
#[cfg(not(feature = "planted"))]
pub const fn set(_n: Option<u32>) {}

/// Plants nothing in a product build.
#[cfg(not(feature = "planted"))]
pub const fn set_everywhere(_n: Option<u32>) {}

/// Nothing is planted in a product build.
#[cfg(not(feature = "planted"))]
pub const fn here() -> Option<u32> {
    None
}
