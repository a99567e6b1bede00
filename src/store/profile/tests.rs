use super::*;
use crate::error::ErrorKind;
use std::time::Duration;

fn frame(name: Option<&str>, module: Option<&str>, line: u32) -> Frame {
    let text = |text: &str| Text::new(text);
    Frame {
        func_name: name.map(text),
        module_name: module.map(text),
        func_index: 7,
        line,
        ..no_function("")
    }
}

/// A profile of frames, with a sample of each stack of their indices, innermost first, and its weight.
fn profile(frames: Vec<Frame>, samples: &[(&[u32], u64)]) -> Profile {
    let mut stacks = Vec::new();
    let mut taken = Vec::new();
    for (index, (stack, weight)) in samples.iter().enumerate() {
        let time = 1_500_000 * index as u64;
        taken.push(safewasm_sample_t {
            time,
            weight: *weight,
            stack: stacks.len(),
            stack_len: stack.len(),
        });
        stacks.extend_from_slice(stack);
    }
    Profile {
        frames: Frames::new(frames),
        stacks,
        samples: taken,
        start: SystemTime::UNIX_EPOCH + Duration::from_secs(3),
        interval: 1_000_000,
        duration: 9_000_000,
        dropped: 0,
    }
}

fn collapsed(profile: &Profile) -> String {
    String::from_utf8(profile.collapsed().unwrap()).unwrap()
}

fn firefox(profile: &Profile) -> String {
    String::from_utf8(profile.firefox().unwrap()).unwrap()
}

#[test]
fn collapsed_stacks_add_the_weights_of_the_same_functions() {
    let frames = vec![
        frame(Some("inner"), Some("guest"), 1),
        frame(Some("outer"), None, 2),
        // The same function at another place.
        frame(Some("inner"), Some("guest"), 3),
        frame(None, None, 0),
    ];
    let profile = profile(
        frames,
        &[(&[2, 3], 1), (&[HOST, 2, 3], 5), (&[4, 3], 2), (&[5, OUTER], 1), (&[], 1)],
    );
    assert_eq!(
        collapsed(&profile),
        "outer;inner in guest 3\n\
         outer;inner in guest;(host function) 5\n\
         (outer functions, left out);wasm function 7 1\n \
         1\n"
    );
}

#[test]
fn the_json_has_the_samples_as_a_tree_of_stacks() {
    let frames = vec![frame(Some("inner"), None, 1), frame(Some("outer"), None, 0)];
    let profile = profile(frames, &[(&[2, 3], 1), (&[3], 4), (&[2, 3], 1), (&[], 1)]);
    let json = firefox(&profile);
    for part in [
        r#""stackTable":{"length":2,"prefix":[null,0],"frame":[3,2]}"#,
        r#""stack":[1,0,1,null],"timeDeltas":[0,1.5,1.5,1.5],"weight":[1,4,1,1]"#,
        r#""line":[null,null,1,null]"#,
        r#""stringArray":["(host function)","(outer functions, left out)","inner","outer"]"#,
        r#""interval":1,"#,
        r#""startTime":3000,"#,
    ] {
        assert!(json.contains(part), "{part} isn't in {json}");
    }
}

#[test]
fn hostile_names_are_cut_and_forge_nothing() {
    let bomb = format!("_ZN{}E", "4abcdI".repeat(160));
    let names =
        ["a;b\nc 9", "\"],\"x\":[\"\\", "\u{1b}[2J\0\r\u{202e}", &bomb, &"\u{7}".repeat(1000)];
    let frames = names.iter().map(|name| frame(Some(name), Some(name), 0)).collect();
    let stacks: Vec<[u32; 1]> = (2..7).map(|index| [index]).collect();
    let samples: Vec<(&[u32], u64)> = stacks.iter().map(|stack| (&stack[..], 1)).collect();
    let profile = profile(frames, &samples);

    let lines = collapsed(&profile);
    assert_eq!(lines.lines().count(), 5);
    assert!(lines.starts_with("a:b\\nc 9 in a:b\\nc 9 1\n"), "{lines}");
    assert!(lines.lines().all(|line| line.ends_with(" 1") && line.len() < 2000));
    assert!(lines.contains("_ZN4abcdI4abcdI") && lines.contains('…'));
    assert!(!lines.contains('\u{1b}') && !lines.contains('\u{202e}'));

    let json = firefox(&profile);
    assert!(json.contains(r#""\"],\"x\":[\"\\ in \"],\"x\":[\"\\""#), "{json}");
    assert!(json.chars().all(|c| !c.is_control()) && json.len() < 20_000);
}

#[test]
fn collapsed_stacks_that_are_too_long_are_refused() {
    let name = "n".repeat(1000);
    let frames = (0..100).map(|n| frame(Some(&format!("{n}{name}")), None, 0)).collect();
    let mut stacks = Vec::new();
    for n in 0..20_000u32 {
        let stack: Vec<u32> =
            (0..100).map(|depth| 2 + (n >> (depth % 15) & 1) * 50 + depth % 50).collect();
        stacks.push(stack);
    }
    let samples: Vec<(&[u32], u64)> = stacks.iter().map(|stack| (&stack[..], 1)).collect();
    let error = profile(frames, &samples).collapsed().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LIMIT);
    assert_eq!(error.message(), "the collapsed stacks have more than 256 MiB");
}

#[test]
fn a_profile_that_is_too_large_for_the_firefox_profiler_is_refused() {
    let mut profile = profile(vec![frame(Some("f"), None, 0)], &[(&[2], 1)]);
    profile.samples = vec![profile.samples[0]; 2_000_001];
    let error = profile.firefox().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LIMIT);
    assert!(error.message().contains("more than 2000000 samples"), "{}", error.message());
    profile.samples.truncate(1000);
    profile.firefox().unwrap();
}
