//! The format of the Firefox profiler: its "processed profile" of version 55, as JSON.

use super::{Profile, safewasm_sample_t};
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::fmt::{self, Display, Formatter, Write};
use std::time::UNIX_EPOCH;

/// The most samples, and the most rows of the table of stacks. The viewer itself fails long before.
const MAX_ROWS: usize = 2_000_000;

impl Profile {
    pub(crate) fn firefox(&self) -> Result<Vec<u8>> {
        let start = self.start.duration_since(UNIX_EPOCH).unwrap_or_default();
        let meta = Object::new()
            .raw("categories", r#"[{"name":"Other","color":"grey","subcategories":["Other"]}]"#)
            .raw("debug", "false")
            .raw("extensions", r#"{"length":0,"baseURL":[],"id":[],"name":[]}"#)
            .raw("interval", milliseconds(self.interval))
            .raw("preprocessedProfileVersion", 55)
            .raw("processType", 0)
            .raw("product", r#""WebAssembly""#)
            .raw("sampleUnits", r#"{"time":"ms","eventDelay":"ms","threadCPUDelta":"µs"}"#)
            .raw("startTime", start.as_millis())
            .raw("symbolicated", "true")
            .raw("pausedRanges", "[]")
            .raw("version", 24)
            .raw("usesOnlyOneStackType", "true")
            .raw("sourceCodeIsNotOnSearchfox", "true")
            .raw("markerSchema", "[]");
        let profile = Object::new()
            .raw("meta", meta.end())
            .raw("libs", "[]")
            .raw("threads", format_args!("[{}]", self.thread()?))
            .raw("pages", "[]")
            .raw("profilerOverhead", "[]")
            .raw("counters", "[]");
        Ok(profile.end().into_bytes())
    }

    fn thread(&self) -> Result<String> {
        let (stacks, stack_of) = self.stack_table()?;
        let labels = self.frames.labels();
        // A function for each different label.
        let mut known = HashMap::new();
        let mut names = Vec::new();
        let functions: Vec<usize> = labels
            .iter()
            .map(|label| {
                *known.entry(label).or_insert_with(|| {
                    names.push(label);
                    names.len() - 1
                })
            })
            .collect();
        let lines = self.frames.frames.iter().map(|frame| match frame.line {
            0 => Row(None),
            line => Row(Some(line as usize)),
        });
        let frame_table = Table::of(labels.len())
            .all("address", -1)
            .all("inlineDepth", 0)
            .all("category", 0)
            .all("subcategory", 0)
            .column("func", &functions)
            .all("nativeSymbol", "null")
            .all("innerWindowID", 0)
            .column("line", lines)
            .all("column", "null");
        let func_table = Table::of(names.len())
            .column("name", 0..names.len())
            .all("isJS", "false")
            .all("relevantForJS", "false")
            .all("resource", -1)
            .all("fileName", "null")
            .all("lineNumber", "null")
            .all("columnNumber", "null");
        let times = self.samples.iter().map(|sample| sample.time);
        let mut before = 0;
        let deltas = times.map(|time| milliseconds(time - std::mem::replace(&mut before, time)));
        let samples = Table::of(self.samples.len())
            .raw("weightType", r#""samples""#)
            .column("stack", self.samples.iter().map(|sample| Row(stack_of[&key(sample)])))
            .column("timeDeltas", deltas)
            .column("weight", self.samples.iter().map(|sample| sample.weight))
            .all("threadCPUDelta", "null");
        let none = Table::of(0);
        let thread = Object::new()
            .raw("frameTable", frame_table.end())
            .raw("funcTable", func_table.end())
            .raw(
                "markers",
                Table::of(0)
                    .columns(&["category", "data", "endTime", "name", "phase", "startTime"])
                    .end(),
            )
            .raw("name", r#""WebAssembly""#)
            .raw("isMainThread", "true")
            .raw(
                "nativeSymbols",
                Table::of(0).columns(&["address", "functionSize", "libIndex", "name"]).end(),
            )
            .raw("pausedRanges", "[]")
            .raw("pid", r#""0""#)
            .raw("processName", r#""WebAssembly""#)
            .raw("processShutdownTime", milliseconds(self.duration))
            .raw("processStartupTime", 0)
            .raw("processType", r#""default""#)
            .raw("registerTime", 0)
            .raw("resourceTable", none.columns(&["lib", "name", "host", "type"]).end())
            .raw("samples", samples.end())
            .raw("stackTable", stacks.end())
            .raw("stringArray", list(names.iter().map(|name| text(name))))
            .raw("tid", r#""0""#)
            .raw("unregisterTime", milliseconds(self.duration))
            .raw("showMarkersInTimeline", "false");
        Ok(thread.end())
    }

    /// The stacks as a tree, whose rows are a frame and the row of the functions around it; and the row of each
    /// stack.
    fn stack_table(&self) -> Result<(Object, RowsOfStacks)> {
        let (mut rows, mut prefixes, mut frames) = (HashMap::new(), Vec::new(), Vec::new());
        let mut stack_of = HashMap::new();
        for sample in &self.samples {
            stack_of.entry(key(sample)).or_insert_with(|| {
                let mut row = None;
                for &frame in self.stack(sample).iter().rev() {
                    row = Some(*rows.entry((row, frame)).or_insert_with(|| {
                        prefixes.push(Row(row));
                        frames.push(frame);
                        frames.len() - 1
                    }));
                }
                row
            });
            if frames.len().max(self.samples.len()) > MAX_ROWS {
                let why = format!(
                    "the profile has more than {MAX_ROWS} samples, or places in its stacks; limit the \
                     samples by `max_samples`"
                );
                return Err(Error::new(ErrorKind::LIMIT, why));
            }
        }
        let table = Table::of(frames.len()).column("prefix", prefixes).column("frame", frames);
        Ok((table, stack_of))
    }
}

/// The row of each stack in the tree of stacks; none for one without frames.
type RowsOfStacks = HashMap<(usize, usize), Option<usize>>;

/// Where the frames of a sample are. Samples with the same stack share them.
fn key(sample: &safewasm_sample_t) -> (usize, usize) {
    (sample.stack, sample.stack_len)
}

/// A number of JSON, or null.
struct Row(Option<usize>);

impl Display for Row {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(row) => row.fmt(f),
            None => f.write_str("null"),
        }
    }
}

/// An object of JSON that is being written.
struct Object {
    text: String,
    /// The number of rows, if it is a table: an object whose members are columns.
    rows: usize,
}

/// An object whose first member is the number of its rows.
struct Table;

impl Table {
    fn of(rows: usize) -> Object {
        Object { rows, ..Object::new() }.raw("length", rows)
    }
}

impl Object {
    fn new() -> Self {
        Self { text: "{".to_owned(), rows: 0 }
    }

    /// Adds a member whose value is JSON already.
    fn raw(mut self, name: &str, value: impl Display) -> Self {
        let comma = if self.text.len() > 1 { "," } else { "" };
        // Writing to a string can't fail.
        let _ = write!(self.text, "{comma}\"{name}\":{value}");
        self
    }

    fn column<T: Display>(self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.raw(name, list(values))
    }

    /// Adds a column with the same value in each row.
    fn all(self, name: &str, value: impl Display + Clone) -> Self {
        let rows = self.rows;
        self.column(name, std::iter::repeat_n(value, rows))
    }

    /// Adds columns to a table without rows.
    fn columns(self, names: &[&str]) -> Self {
        names.iter().fold(self, |table, name| table.raw(name, "[]"))
    }

    fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

fn list<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    let mut text = "[".to_owned();
    for (index, value) in values.into_iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        // Writing to a string can't fail.
        let _ = write!(text, "{comma}{value}");
    }
    text.push(']');
    text
}

/// A text, which has no control characters.
fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

/// Nanoseconds in milliseconds.
fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}
