//! Runs a module in Wasmtime and through the library, and compares the traces.

use crate::library::{self, Route, Way};
use crate::plan::Plan;
use crate::tally::Tally;
use crate::wasmtime_side;

/// The engines that were made so far, one for each configuration.
#[derive(Default)]
pub struct Checker {
    engines: Vec<((bool, bool), library::Engine, wasmtime::Engine)>,
}

impl Checker {
    /// Runs the module with that number. The error describes the first difference.
    pub fn check(
        &mut self,
        seed: u64,
        number: u64,
        mut module: Vec<u8>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let plan = Plan::new(seed, number);
        if plan.damaged {
            plan.damage(&mut module);
        }
        let (ours, theirs) = self.engines(&plan)?;
        let routes = [Route::Plain, Route::Linker, Route::Pre];
        let route = |number: u64| routes[(number % 3) as usize];
        let ways = [
            Way { slots: false, route: route(number) },
            Way { slots: true, route: route(number / 3) },
        ];
        let expected = wasmtime_side::run(theirs, &plan, &module);
        tally.add(&expected);
        for (way, trace) in ways.iter().zip(ours.run(&plan, &module, ways)) {
            trace.compare(&expected).map_err(|difference| {
                format!("module {number} of seed {seed}, {way:?}: {difference}")
            })?;
        }
        Ok(())
    }

    fn engines(&mut self, plan: &Plan) -> Result<(&library::Engine, &wasmtime::Engine), String> {
        let key = (plan.epochs, plan.optimised);
        let index = match self.engines.iter().position(|(known, ..)| *known == key) {
            Some(index) => index,
            None => {
                let theirs = wasmtime_side::engine(plan).map_err(|error| format!("{error:?}"))?;
                self.engines.push((key, library::Engine::new(plan)?, theirs));
                self.engines.len() - 1
            }
        };
        let (_, ours, theirs) = &self.engines[index];
        Ok((ours, theirs))
    }
}
