//! The cases: from a seed and a number comes an input, which is given to everything that takes bytes.

use crate::args::Args;
use crate::call::{Verdict, ensure};
use crate::engine::{Engine, engines};
use crate::mutate::{self, pick};
use crate::names::World;
use crate::seeds::Seeds;
use crate::watch::Folder;
use crate::{binary, extreme, file, run, text};
use fastrand::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Binary,
    Text,
    Artefact,
    Random,
    Extreme,
    Names,
    MissingFile,
}

impl Kind {
    /// One in so many of a hundred.
    fn of(rng: &mut Rng) -> Self {
        match rng.u8(..100) {
            0..48 => Self::Binary,
            48..80 => Self::Text,
            80..86 => Self::Artefact,
            86..88 => Self::Random,
            88 => Self::Extreme,
            89..98 => Self::Names,
            _ => Self::MissingFile,
        }
    }
}

/// How many inputs there were, and how many of them were modules.
#[derive(Default)]
pub struct Tally {
    pub inputs: u64,
    pub modules: u64,
    pub instances: u64,
    pub failed: u64,
}

/// What cases need.
pub struct Cases {
    engines: Vec<Engine>,
    seeds: Seeds,
    folder: Folder,
}

impl Cases {
    pub fn new() -> Verdict<Self> {
        let engines = engines()?;
        let seeds = Seeds::new(&engines)?;
        let folder = Folder::new().map_err(|error| error.to_string())?;
        Ok(Self { engines, seeds, folder })
    }

    /// Runs the cases of a seed.
    pub fn round(&self, args: &Args, seed: u64) -> Verdict<Tally> {
        let mut tally = Tally::default();
        let world = World::new(&self.engines[0])?;
        for number in (args.first..).take(usize::try_from(args.cases).unwrap_or(usize::MAX)) {
            if self.folder.is_abandoned() {
                return Err("nobody watches any more".to_owned());
            }
            tally.inputs += 1;
            // What the library or Wasmtime panics with here is a failure like others.
            let done =
                catch_unwind(AssertUnwindSafe(|| self.case(seed, number, &world, &mut tally)));
            let done = done.unwrap_or_else(|_| Err("a panic, whose message is above".to_owned()));
            if let Err(why) = done {
                tally.failed += 1;
                println!("{}\n{why}", head(seed, number));
                if let Ok(path) = self.folder.keep(&format!("bytes-{seed}-{number}")) {
                    println!("input: {}", path.display());
                }
                if tally.failed == 10 {
                    println!("ten are enough");
                    break;
                }
            }
        }
        Ok(tally)
    }

    fn case(&self, seed: u64, number: u64, world: &World<'_>, tally: &mut Tally) -> Verdict {
        // Numbers that follow one another give choices that have nothing to do with one another.
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number);
        let mut rng = Rng::with_seed(rng.u64(..));
        let kind = Kind::of(&mut rng);
        let engine = match rng.u8(..10) {
            0..7 => 0,
            7 | 8 => 1,
            _ => 2,
        };
        let note = |input: &[u8]| {
            let case = format!("{}\n{kind:?}, engine {engine}", head(seed, number));
            self.folder.note(&case, input)
        };
        let engine = &self.engines[engine];
        let (rng, folder) = (&mut rng, self.folder.path());
        match kind {
            Kind::Names => return world.check(rng, note),
            Kind::MissingFile => {
                note(b"")?;
                return file::missing(engine, rng, folder);
            }
            _ => {}
        }
        let input = self.input(kind, rng);
        note(&input)?;
        let of_bytes = binary::check(engine, &input)?;
        let of_text = text::check(engine, &input)?;
        if rng.u8(..8) == 0 {
            file::check(engine, rng, folder, &input)?;
        }
        ensure!(of_bytes.is_err() || of_text.is_err(), "both a module and the text of one");
        let Ok(module) = of_bytes.or(of_text) else { return Ok(()) };
        ensure!(kind != Kind::Artefact, "compiled code was taken for a module");
        tally.modules += 1;
        if rng.u8(..3) == 0 {
            tally.instances += 1;
            run::run(engine, rng, &module)?;
        }
        module.ours.end()
    }

    fn input<'a>(&'a self, kind: Kind, rng: &mut Rng) -> Vec<u8> {
        let Seeds { binaries, texts, artefacts } = &self.seeds;
        let mut seed = |from: &'a [Vec<u8>]| &**pick(rng, from);
        let (binary, other_binary) = (seed(binaries), seed(binaries));
        let (text, other_text, artefact) = (seed(texts), seed(texts), seed(artefacts));
        match kind {
            Kind::Binary => mutate::wasm::mutated(rng, binary, other_binary),
            Kind::Text => mutate::text::mutated(rng, text, other_text),
            Kind::Artefact => mutate::bytes::artefact(rng, artefact, other_binary),
            Kind::Extreme => extreme::text(rng).into_bytes(),
            _ => {
                let mut bytes = if rng.bool() { b"\0asm\x01\0\0\0".to_vec() } else { Vec::new() };
                bytes.extend(mutate::bytes::random(rng, 300));
                bytes
            }
        }
    }
}

/// The case, and how to see it again.
fn head(seed: u64, number: u64) -> String {
    format!(
        "case {number} of seed {seed}\nrepeat: safewasm-fuzz-bytes --seed {seed} --first {number} \
         --cases 1"
    )
}
