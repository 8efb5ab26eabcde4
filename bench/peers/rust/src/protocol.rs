// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two lines: what is wanted, and what came of it.

use crate::system;

pub struct Wanted {
    pub subject: String,
    /// Without the number of threads: "push" of "push-2".
    pub case: String,
    pub size: u64,
    pub ops: u64,
    pub threads: u64,
    pub smoke: bool,
}

/// What stands behind the key in an object that has it once. Strings are names, without escapes.
fn member<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("\"{key}\""))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();

    match value.strip_prefix('"') {
        Some(string) => string.split('"').next(),
        None => value.split([',', '}']).next().map(str::trim),
    }
}

/// "push" of "push-2", and "get-pinned" as it is.
fn family(case: &str) -> &str {
    match case.rsplit_once('-') {
        Some((family, threads)) if threads.parse::<u64>().is_ok() => family,
        _ => case,
    }
}

impl Wanted {
    pub fn read(line: &str) -> Option<Wanted> {
        let number = |key| member(line, key)?.parse().ok();

        Some(Wanted {
            subject: member(line, "subject")?.into(),
            case: family(member(line, "case")?).into(),
            size: number("size")?,
            ops: number("ops")?.max(1),
            threads: number("threads")?.max(1),
            smoke: member(line, "smoke")? == "true",
        })
    }

    /// On a busy machine threads begin late, and a short batch measures that alone: not less than
    /// so many operations for each of them.
    pub fn ops_for_threads(&self) -> u64 {
        let least = if self.smoke {
            20_000
        } else {
            2_000_000 / self.threads
        };

        if self.threads > 1 {
            self.ops.max(least)
        } else {
            self.ops
        }
    }
}

pub enum Answer {
    Measured {
        ops: u64,
        ns: u64,
        metrics: Vec<(&'static str, f64)>,
    },
    Absent(&'static str),
    Failed(&'static str),
}

impl Answer {
    pub fn of(ops: u64, ns: u64) -> Answer {
        Answer::Measured {
            ops,
            ns,
            metrics: Vec::new(),
        }
    }

    pub fn absent(why: &'static str) -> Answer {
        Answer::Absent(why)
    }

    pub fn failed(what: &'static str) -> Answer {
        Answer::Failed(what)
    }

    /// This one, unless something was wrong with what was done.
    pub fn if_right(self, right: bool, what: &'static str) -> Answer {
        if right { self } else { Answer::Failed(what) }
    }

    pub fn line(&self) -> String {
        match self {
            Answer::Absent(why) => format!("{{\"absent\": \"{why}\"}}"),
            Answer::Failed(what) => format!("{{\"failed\": \"{what}\"}}"),
            Answer::Measured { ops, ns, metrics } => {
                let metrics: Vec<_> = metrics
                    .iter()
                    .map(|(k, v)| format!("\"{k}\": {v}"))
                    .collect();
                let process = match system::peak_rss() {
                    Some(bytes) => format!(", \"process\": {{\"peak_rss\": {bytes}}}"),
                    None => String::new(),
                };
                format!(
                    "{{\"ops\": {ops}, \"ns\": {ns}, \"metrics\": {{{}}}{process}}}",
                    metrics.join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"type": "batch", "schema": 1, "subject": "slotmap", "case": "churn-2",
        "new": {"a": [1, 2]}, "size": 0, "ops": 7, "once": false, "threads": 2, "smoke": true}"#;

    #[test]
    fn what_is_wanted_is_read() {
        let wanted = Wanted::read(LINE).unwrap();

        assert_eq!(
            (wanted.subject.as_str(), wanted.case.as_str()),
            ("slotmap", "churn")
        );
        assert_eq!(
            (wanted.size, wanted.ops, wanted.threads, wanted.smoke),
            (0, 7, 2, true)
        );
        assert!(Wanted::read("{\"subject\": \"vec\"}").is_none());
        assert_eq!(family("get-pinned"), "get-pinned");
    }

    #[test]
    fn answers_are_objects() {
        assert_eq!(Answer::absent("no").line(), "{\"absent\": \"no\"}");
        assert!(
            Answer::of(1, 2)
                .line()
                .starts_with("{\"ops\": 1, \"ns\": 2, \"metrics\": {}")
        );
        assert_eq!(
            Answer::of(1, 2).if_right(false, "sum").line(),
            "{\"failed\": \"sum\"}"
        );
    }
}
