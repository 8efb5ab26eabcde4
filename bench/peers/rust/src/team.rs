// SPDX-License-Identifier: MIT OR Apache-2.0
//! Threads that begin at once, as bench/team.c has them.

use std::sync::atomic::{AtomicU64, Ordering::AcqRel, Ordering::Acquire};
use std::thread;
use std::time::Instant;

use crate::system::{self, Waits};

/// What all together took, and whether they really worked at once.
pub struct Told {
    pub ns: u64,
    pub metrics: Vec<(&'static str, f64)>,
    pub good: bool,
}

struct Member {
    good: bool,
    began: Instant,
    ended: Instant,
    waited: Option<u64>,
}

fn ns(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_nanos() as f64
}

fn work(
    number: u64,
    stay: Option<usize>,
    waiting: &AtomicU64,
    job: &impl Fn(u64) -> bool,
) -> Member {
    let waits = Waits::open();

    // Two that share a processor by chance may do so until the end.
    if let Some(cpu) = stay {
        system::stay_on(cpu);
    }
    waiting.fetch_sub(1, AcqRel);
    while waiting.load(Acquire) > 0 {
        thread::yield_now(); // there may be fewer processors than threads
    }
    let before = waits.ns();
    let began = Instant::now();
    let good = job((number << 40) + 1);
    let ended = Instant::now();
    let waited = waits.ns().zip(before).map(|(after, before)| after - before);
    Member {
        good,
        began,
        ended,
        waited,
    }
}

fn metrics(members: &[Member], cpu_ns: Option<u64>) -> Vec<(&'static str, f64)> {
    let first = members.iter().map(|m| m.began).min().unwrap();
    let all = members.iter().map(|m| m.began).max().unwrap();
    let some = members.iter().map(|m| m.ended).min().unwrap();
    let last = members.iter().map(|m| m.ended).max().unwrap();
    let whole = ns(first, last) + 1.0;
    let worked: f64 = members.iter().map(|m| ns(m.began, m.ended)).sum();
    let waited: Option<u64> = members.iter().map(|m| m.waited).sum();
    let mut told = vec![("overlap", ns(all, some) / whole)];

    told.extend(cpu_ns.map(|used| ("cores", used as f64 / whole)));
    told.extend(waited.map(|waited| ("waited", waited as f64 / (worked + 1.0))));
    told
}

/// Each of the threads does the job, told a number to begin with; timed from the moment all are
/// there to the end of the last.
pub fn together(threads: u64, job: impl Fn(u64) -> bool + Sync) -> Told {
    let cpus = system::processors();
    let apart = threads > 1 && threads <= cpus.len() as u64;
    let stay = |number: u64| {
        if apart {
            cpus.get(number as usize).copied()
        } else {
            None
        }
    };
    let waiting = AtomicU64::new(threads);

    thread::scope(|scope| {
        let (waiting, job, stay) = (&waiting, &job, &stay);
        let others: Vec<_> = (1..threads)
            .map(|number| scope.spawn(move || work(number, stay(number), waiting, job)))
            .collect();
        while waiting.load(Acquire) > 1 {
            thread::yield_now();
        }
        let cpu = system::cpu_ns();
        let start = Instant::now();
        let mut members = vec![work(0, stay(0), waiting, job)];
        members.extend(
            others
                .into_iter()
                .map(|other| other.join().expect("a thread")),
        );
        let ns = start.elapsed().as_nanos() as u64;
        let cpu = system::cpu_ns()
            .zip(cpu)
            .map(|(after, before)| after - before);
        let metrics = if threads > 1 {
            metrics(&members, cpu)
        } else {
            Vec::new()
        };
        Told {
            ns,
            metrics,
            good: members.iter().all(|m| m.good),
        }
    })
}
