//! Profiles: how often a store was found in which functions, as data and in the formats of viewers.

mod collapsed;
mod firefox;
#[cfg(test)]
mod tests;

use crate::error::frame::{Frame, safewasm_frame_t};
use crate::error::text::{Text, quoted};
use crate::kinds::{SharedKind, safewasm_profile_t};
use std::time::SystemTime;

/// The index of the frame that stands for a host function, and of the frame that stands for the functions
/// that called the outermost one of a stack that is cut.
pub(crate) const HOST: u32 = 0;
pub(crate) const OUTER: u32 = 1;

/// A moment at which wasm ran, or a host function that wasm had called.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct safewasm_sample_t {
    /// The nanoseconds since the profile was started.
    pub time: u64,
    /// The number of intervals that have passed since the sample before. It is more than 1 after
    /// instructions and host functions that take long.
    pub weight: u64,
    /// The index of the sample's first frame in `stacks`.
    pub stack: usize,
    /// The number of its frames. The innermost function comes first.
    pub stack_len: usize,
}

/// A profile as data. The arrays live until `safewasm_profile_delete`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_profile_data_t {
    /// The places in the code at which functions were found. The first two stand for no function, and
    /// have the `func_index` `UINT32_MAX`: frame 0 for a host function, and frame 1 for the functions
    /// around the innermost ones of a stack that is cut.
    pub frames: *const safewasm_frame_t,
    /// The number of frames.
    pub frames_len: usize,
    /// The frames of all stacks, as indices of `frames`. Samples with the same stack share them.
    pub stacks: *const u32,
    /// The number of indices in `stacks`.
    pub stacks_len: usize,
    /// The samples, in the order in which they were taken.
    pub samples: *const safewasm_sample_t,
    /// The number of samples.
    pub samples_len: usize,
    /// The nanoseconds between samples.
    pub interval: u64,
    /// The nanoseconds from the start of the profile to its end.
    pub duration: u64,
    /// The weight of the samples for which there was no room.
    pub dropped: u64,
}

/// The object behind the handle of a profile.
pub(crate) struct Profile {
    pub(crate) frames: Frames,
    pub(crate) stacks: Vec<u32>,
    pub(crate) samples: Vec<safewasm_sample_t>,
    pub(crate) start: SystemTime,
    pub(crate) interval: u64,
    pub(crate) duration: u64,
    pub(crate) dropped: u64,
}

impl SharedKind for safewasm_profile_t {
    type Object = Profile;
}

/// The frames of a profile, with their views.
pub(crate) struct Frames {
    frames: Vec<Frame>,
    views: Vec<safewasm_frame_t>,
}

// SAFETY: the views point to texts of `frames`, which don't change.
unsafe impl Send for Frames {}
// SAFETY: as above.
unsafe impl Sync for Frames {}

impl Frames {
    /// `found` are the frames after those that stand for no function.
    pub(crate) fn new(found: Vec<Frame>) -> Self {
        let mut frames =
            vec![no_function("(host function)"), no_function("(outer functions, left out)")];
        frames.extend(found);
        let views = frames.iter().map(Frame::view).collect();
        Self { frames, views }
    }

    /// The name of each frame's function for a viewer: in one line, and cut.
    fn labels(&self) -> Vec<String> {
        self.frames.iter().map(label).collect()
    }
}

fn no_function(name: &str) -> Frame {
    Frame {
        module_name: None,
        func_name: Some(Text::new(name)),
        file: None,
        module_offset: 0,
        func_offset: 0,
        func_index: u32::MAX,
        line: 0,
        column: 0,
    }
}

fn label(frame: &Frame) -> String {
    let mut label = match &frame.func_name {
        Some(name) => quoted(name.as_str()).into_owned(),
        None => format!("wasm function {}", frame.func_index),
    };
    if let Some(module) = &frame.module_name {
        label.push_str(" in ");
        label.push_str(&quoted(module.as_str()));
    }
    label
}

impl Profile {
    pub(crate) fn data(&self) -> safewasm_profile_data_t {
        let frames = &self.frames.views;
        safewasm_profile_data_t {
            frames: frames.as_ptr(),
            frames_len: frames.len(),
            stacks: self.stacks.as_ptr(),
            stacks_len: self.stacks.len(),
            samples: self.samples.as_ptr(),
            samples_len: self.samples.len(),
            interval: self.interval,
            duration: self.duration,
            dropped: self.dropped,
        }
    }

    /// The frames of a sample, innermost first.
    fn stack(&self, sample: &safewasm_sample_t) -> &[u32] {
        &self.stacks[sample.stack..][..sample.stack_len]
    }
}
