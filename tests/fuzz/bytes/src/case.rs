//! The cases. A seed and a number determine an input, which goes to every function that takes bytes.

use crate::call::{Verdict, ensure};
use crate::engine::{Engine, engines};
use crate::mutate::{self, pick};
use crate::names::World;
use crate::seeds::Seeds;
use crate::{artifact, binary, component, extreme, file, run, text};
use fastrand::Rng;
use safewasm_fuzz_runner::{Args, Folder};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A kind of input.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Binary,
    Text,
    Artefact,
    Artifact,
    Random,
    Extreme,
    Names,
    MissingFile,
    Component,
    ComponentText,
    ComponentArtifact,
}

impl Kind {
    /// Draws a kind; the ranges are percentages.
    fn draw(rng: &mut Rng) -> Self {
        match rng.u8(..100) {
            0..44 => Self::Binary,
            44..46 => Self::Component,
            46..50 => Self::ComponentText,
            50 => Self::ComponentArtifact,
            51..80 => Self::Text,
            80..83 => Self::Artefact,
            83..86 => Self::Artifact,
            86..88 => Self::Random,
            88 => Self::Extreme,
            89..98 => Self::Names,
            _ => Self::MissingFile,
        }
    }
}

/// Numbers of inputs.
#[derive(Default)]
pub struct Tally {
    pub inputs: u64,
    /// Inputs that are modules.
    pub modules: u64,
    /// Inputs that are components.
    pub components: u64,
    /// Modules that were run.
    pub instances: u64,
    pub failed: u64,
}

/// The engines, seeds and folder that all cases share.
pub struct Cases<'a> {
    engines: Vec<Engine>,
    seeds: Seeds,
    folder: &'a Folder,
}

impl<'a> Cases<'a> {
    pub fn new(folder: &'a Folder) -> Verdict<Self> {
        let engines = engines()?;
        let seeds = Seeds::new(&engines)?;
        Ok(Self { engines, seeds, folder })
    }

    /// Runs the cases of the seed.
    pub fn round(&self, args: &Args) -> Verdict<Tally> {
        let mut tally = Tally::default();
        let world = World::new(&self.engines[0])?;
        for number in (args.first..).take(usize::try_from(args.cases).unwrap_or(usize::MAX)) {
            tally.inputs += 1;
            // A panic of the library or of Wasmtime is a failure like others.
            let done =
                catch_unwind(AssertUnwindSafe(|| self.case(args, number, &world, &mut tally)));
            let done = done.unwrap_or_else(|_| Err("a panic, whose message is above".to_owned()));
            if let Err(why) = done {
                tally.failed += 1;
                println!("{}\n{why}", head(args, number));
                if let Ok(Some(path)) = self.folder.keep(&format!("bytes-{}-{number}", args.seed)) {
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

    fn case(&self, args: &Args, number: u64, world: &World<'_>, tally: &mut Tally) -> Verdict {
        // Seeded twice: the generators of two consecutive numbers would otherwise begin alike.
        let mut rng = Rng::with_seed(args.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number);
        let mut rng = Rng::with_seed(rng.u64(..));
        let kind = Kind::draw(&mut rng);
        let engine = match rng.u8(..10) {
            0..7 => 0,
            7 | 8 => 1,
            _ => 2,
        };
        let note = |input: &[u8]| {
            let case = format!("{}\n{kind:?}, engine {engine}", head(args, number));
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
        if matches!(kind, Kind::Component | Kind::ComponentText | Kind::ComponentArtifact) {
            let seeds = &self.seeds.component_artifacts;
            let is_component = component::check(engine, rng, folder, seeds, &input)?;
            tally.components += u64::from(is_component);
            return Ok(());
        }
        let of_bytes = binary::check(engine, &input)?;
        let of_text = text::check(engine, &input)?;
        artifact::check(engine, &self.seeds.artifacts, &input)?;
        if rng.u8(..8) == 0 {
            artifact::round(engine, &input, &of_bytes)?;
            let whole = pick::<Vec<u8>>(rng, &self.seeds.artifacts);
            artifact::file(engine, folder, whole)?;
        }
        if rng.u8(..8) == 0 {
            file::check(engine, rng, folder, &input)?;
        }
        ensure!(of_bytes.is_err() || of_text.is_err(), "both a module and the text of one");
        let Ok(module) = of_bytes.or(of_text) else { return Ok(()) };
        let is_compiled = matches!(kind, Kind::Artefact | Kind::Artifact);
        ensure!(!is_compiled, "compiled code was taken for a module");
        tally.modules += 1;
        if rng.u8(..3) == 0 {
            tally.instances += 1;
            run::run(engine, rng, &module)?;
        }
        module.ours.end()
    }

    fn input<'s>(&'s self, kind: Kind, rng: &mut Rng) -> Vec<u8> {
        let Seeds { binaries, texts, artefacts, artifacts, .. } = &self.seeds;
        let Seeds { components, component_texts, component_artifacts, .. } = &self.seeds;
        let mut seed = |from: &'s [Vec<u8>]| &**pick(rng, from);
        let (binary, other_binary) = (seed(binaries), seed(binaries));
        let (text, other_text, artefact) = (seed(texts), seed(texts), seed(artefacts));
        match kind {
            Kind::Binary => mutate::wasm::mutated(rng, binary, other_binary),
            Kind::Text => mutate::text::mutated(rng, text, other_text),
            Kind::Artefact => mutate::bytes::artefact(rng, artefact, other_binary),
            Kind::Artifact => {
                let artifact = &**pick(rng, artifacts);
                mutate::bytes::artifact(rng, artifact, binary)
            }
            Kind::Component => {
                let mut bytes = seed(components).to_vec();
                let other = seed(components);
                for _ in 0..mutate::count(rng) {
                    mutate::bytes::mutate(rng, &mut bytes, other);
                }
                bytes
            }
            Kind::ComponentText => {
                let (text, other) = (seed(component_texts), seed(component_texts));
                mutate::text::mutated(rng, text, other)
            }
            Kind::ComponentArtifact => {
                let artifact = seed(component_artifacts);
                mutate::bytes::artifact(rng, artifact, binary)
            }
            Kind::Extreme => extreme::text(rng).into_bytes(),
            _ => {
                let mut bytes = if rng.bool() { b"\0asm\x01\0\0\0".to_vec() } else { Vec::new() };
                bytes.extend(mutate::bytes::random(rng, 300));
                bytes
            }
        }
    }
}

/// Two lines that name the case and say how to run it again.
fn head(args: &Args, number: u64) -> String {
    format!("case {number} of seed {}\n{}", args.seed, args.repeat_case(number))
}
