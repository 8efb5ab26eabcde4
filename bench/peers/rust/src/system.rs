// SPDX-License-Identifier: MIT OR Apache-2.0
//! What only the system can tell, or do. Where nothing is known of it, nothing is told.

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::{self, File};
    use std::mem::{size_of, zeroed};
    use std::os::unix::fs::FileExt;

    fn usage() -> libc::rusage {
        // SAFETY: a structure of numbers, which the call fills in.
        unsafe {
            let mut usage = zeroed();
            libc::getrusage(libc::RUSAGE_SELF, &mut usage);
            usage
        }
    }

    /// Most bytes that were resident; getrusage() would count what forked before.
    pub fn peak_rss() -> Option<u64> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let (_, line) = status.split_once("VmHWM:")?;

        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    }

    /// Processor time, of all threads.
    pub fn cpu_ns() -> Option<u64> {
        let of = |t: libc::timeval| t.tv_sec as u64 * 1_000_000_000 + t.tv_usec as u64 * 1000;

        Some(of(usage().ru_utime) + of(usage().ru_stime))
    }

    /// The processors that this process may use; asked before any thread stays on one.
    pub fn processors() -> Vec<usize> {
        // SAFETY: a set of bits, which the call fills in.
        unsafe {
            let mut all: libc::cpu_set_t = zeroed();
            libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut all);
            (0..libc::CPU_SETSIZE as usize)
                .filter(|&cpu| libc::CPU_ISSET(cpu, &all))
                .collect()
        }
    }

    /// The calling thread is to run there alone.
    pub fn stay_on(cpu: usize) {
        // SAFETY: a set of bits with one of them set.
        unsafe {
            let mut one: libc::cpu_set_t = zeroed();
            libc::CPU_SET(cpu, &mut one);
            libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &one);
        }
    }

    /// For how long the thread that opens it was ready and had no processor.
    pub struct Waits(Option<File>);

    impl Waits {
        pub fn open() -> Waits {
            Waits(File::open("/proc/thread-self/schedstat").ok())
        }

        pub fn ns(&self) -> Option<u64> {
            let mut text = [0; 80];
            let len = self.0.as_ref()?.read_at(&mut text, 0).ok()?;

            std::str::from_utf8(&text[..len])
                .ok()?
                .split_whitespace()
                .nth(1)?
                .parse()
                .ok()
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod unknown {
    pub fn peak_rss() -> Option<u64> {
        None
    }

    pub fn cpu_ns() -> Option<u64> {
        None
    }

    pub fn processors() -> Vec<usize> {
        Vec::new()
    }

    pub fn stay_on(_: usize) {}

    pub struct Waits;

    impl Waits {
        pub fn open() -> Waits {
            Waits
        }

        pub fn ns(&self) -> Option<u64> {
            None
        }
    }
}

#[cfg(target_os = "linux")]
pub use linux::*;
#[cfg(not(target_os = "linux"))]
pub use unknown::*;
