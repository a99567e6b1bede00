//! Collapsed stacks: the text that programs for flame graphs read. A line has the functions of a stack, outermost
//! first, and a number.

use super::Profile;
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// The most bytes of the text.
const MAX_BYTES: usize = 256 << 20;

impl Profile {
    pub(crate) fn collapsed(&self) -> Result<Vec<u8>> {
        // Frames with the same label are one function here.
        let labels: Vec<_> =
            self.frames.labels().iter().map(|label| label.replace(';', ":")).collect();
        let mut functions = HashMap::new();
        let functions: Vec<usize> = labels
            .iter()
            .enumerate()
            .map(|(i, label)| *functions.entry(label).or_insert(i))
            .collect();
        let mut counts = HashMap::new();
        let mut order = Vec::new();
        for sample in &self.samples {
            let stack: Vec<_> =
                self.stack(sample).iter().rev().map(|&frame| functions[frame as usize]).collect();
            let count = counts.entry(stack.clone()).or_insert_with(|| {
                order.push(stack);
                0
            });
            *count += sample.weight;
        }
        let mut text = Vec::new();
        for stack in &order {
            let bytes: usize = stack.iter().map(|&of| labels[of].len() + 1).sum();
            if text.len() + bytes + 32 > MAX_BYTES {
                let why = format!("the collapsed stacks have more than {} MiB", MAX_BYTES >> 20);
                return Err(Error::new(ErrorKind::LIMIT, why));
            }
            let names: Vec<_> = stack.iter().map(|&of| labels[of].as_str()).collect();
            text.extend_from_slice(format!("{} {}\n", names.join(";"), counts[stack]).as_bytes());
        }
        Ok(text)
    }
}
