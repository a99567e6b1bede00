//! Collapsed stacks: the text that programs for flame graphs read. A line has the functions of a stack, outermost
//! first, and a number.

use super::Profile;
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::rc::Rc;

/// The most bytes of the text.
const MAX_BYTES: usize = 256 << 20;

impl Profile {
    pub(crate) fn collapsed(&self) -> Result<Vec<u8>> {
        // Frames with the same label are one function here.
        let labels: Vec<_> =
            self.frames.labels().iter().map(|label| label.replace(';', ":")).collect();
        let mut functions = HashMap::new();
        let functions: Vec<u32> = labels
            .iter()
            .zip(0..)
            .map(|(label, index)| *functions.entry(label).or_insert(index))
            .collect();
        // The stacks of functions in the order of their first samples, with their weights.
        let mut stacks: Vec<(Rc<[u32]>, u64)> = Vec::new();
        let (mut of_functions, mut of_frames) = (HashMap::new(), HashMap::new());
        for sample in &self.samples {
            let index = *of_frames.entry((sample.stack, sample.stack_len)).or_insert_with(|| {
                let frames = self.stack(sample).iter().rev();
                let stack: Rc<[u32]> = frames.map(|&frame| functions[frame as usize]).collect();
                *of_functions.entry(Rc::clone(&stack)).or_insert_with(|| {
                    stacks.push((stack, 0));
                    stacks.len() - 1
                })
            });
            stacks[index].1 += sample.weight;
        }
        let mut text = Vec::new();
        for (stack, weight) in &stacks {
            let bytes: usize = stack.iter().map(|&of| labels[of as usize].len() + 1).sum();
            if text.len() + bytes + 32 > MAX_BYTES {
                let why = format!("the collapsed stacks have more than {} MiB", MAX_BYTES >> 20);
                return Err(Error::new(ErrorKind::LIMIT, why));
            }
            let names: Vec<_> = stack.iter().map(|&of| labels[of as usize].as_str()).collect();
            text.extend_from_slice(format!("{} {weight}\n", names.join(";")).as_bytes());
        }
        Ok(text)
    }
}
