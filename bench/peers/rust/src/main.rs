// SPDX-License-Identifier: MIT OR Apache-2.0
//! The Rust crates `virtual-buffer`, `concurrent-slotmap` and `slotmap` as a peer of the benchmarks:
//! "A peer in another language" in bench/README.md. Each case does what the one in C does, of the
//! same name in bench/vec, bench/cvec and bench/slotmap.
//!
//! The argument says who is to take part, where that is not the crates as they are meant to be used:
//!
//!     concurrent  virtual-buffer, and concurrent-slotmap with a pin around every call
//!     pinned      concurrent-slotmap, one pin for all
//!     handles     concurrent-slotmap, walks that ask for the handles too
//!     plain       slotmap, which is not made for threads

mod cvec;
mod protocol;
mod random;
mod slotmap;
mod system;
mod team;
mod vec;

use protocol::{Answer, Wanted};

fn answer(wanted: &Wanted, who: &str) -> Answer {
    match (wanted.subject.as_str(), who) {
        ("vec", "concurrent") => vec::run(wanted),
        ("cvec", "concurrent") => cvec::run(wanted),
        ("slotmap", _) => slotmap::run(wanted, who),
        _ => Answer::absent("has no such thing"),
    }
}

fn main() {
    let who = std::env::args().nth(1).unwrap_or("concurrent".into());
    let mut line = String::new();

    std::io::stdin()
        .read_line(&mut line)
        .expect("a line says what is wanted");
    match Wanted::read(&line) {
        Some(wanted) => println!("{}", answer(&wanted, &who).line()),
        None => println!("{}", Answer::failed("cannot read what is wanted").line()),
    }
}
