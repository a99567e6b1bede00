//! Settings that contradict each other. An engine with both is refused with an error that names both.

use crate::engine::features::Feature;
use crate::engine::options::Id;
use crate::engine::settings::Settings;
use crate::error::{Error, ErrorKind, Result};

/// A setting in a message.
enum Setting {
    Option(Id),
    Feature(Feature, bool),
    /// The end of a setter's name, and its argument.
    Setter(&'static str, bool),
    Pooling,
    /// A member of `safewasm_pooling_t`, and its value.
    Pool(&'static str, usize),
}

use Setting::{Option as Of, Pool, Pooling, Setter};

/// Whether two settings contradict each other, the settings, and why.
type Rule = (bool, Setting, Setting, &'static str);

const THREADS: &str = "threads run in any order";
const WINCH: &str = "Winch can't do that";
const ONE_POOL: &str = "in a pool, heaps of collected objects have the same space as memories";

/// Checks that no two settings contradict each other.
pub(crate) fn check(settings: &Settings) -> Result<()> {
    let rules = [deterministic(settings), winch(settings), debugging(settings), features(settings)];
    let rules = rules.into_iter().flatten().chain(pool(settings));
    for (is_contradiction, first, second, why) in rules {
        if is_contradiction {
            let (first, second) = (settings.shown(&first), settings.shown(&second));
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                format!("{first} and {second} contradict each other: {why}"),
            ));
        }
    }
    Ok(())
}

fn deterministic(settings: &Settings) -> Vec<Rule> {
    let (options, features) = (&settings.options, &settings.features);
    if !options.is_on(Id::DETERMINISTIC) {
        return Vec::new();
    }
    let rule =
        |is_contradiction, setting, why| (is_contradiction, Of(Id::DETERMINISTIC), setting, why);
    let nan = options.given(Id::NAN_CANONICALIZATION) == Some(0);
    let relaxed = options.given(Id::RELAXED_SIMD_DETERMINISTIC) == Some(0);
    let threads = features.is_turned_on(Feature::THREADS);
    vec![
        rule(nan, Of(Id::NAN_CANONICALIZATION), "the bits of NaN differ between machines"),
        rule(relaxed, Of(Id::RELAXED_SIMD_DETERMINISTIC), "their results differ between machines"),
        rule(threads, Setting::Feature(Feature::THREADS, true), THREADS),
        rule(settings.shared_memory, Setter("shared_memory", true), THREADS),
        rule(options.is_winch(), Of(Id::STRATEGY), "Winch can't canonicalize NaN"),
    ]
}

fn winch(settings: &Settings) -> Vec<Rule> {
    let options = &settings.options;
    if !options.is_winch() {
        return Vec::new();
    }
    let rule = |is_contradiction, setting| (is_contradiction, Of(Id::STRATEGY), setting, WINCH);
    let mut rules = vec![
        rule(options.is_on(Id::NAN_CANONICALIZATION), Of(Id::NAN_CANONICALIZATION)),
        rule(options.is_on(Id::INLINING), Of(Id::INLINING)),
        rule(options.is_on(Id::SINGLE_PASS_REGALLOC), Of(Id::SINGLE_PASS_REGALLOC)),
        rule(options.is_on(Id::BRANCH_HINTING), Of(Id::BRANCH_HINTING)),
        rule(!options.is_on(Id::TABLE_LAZY_INIT), Of(Id::TABLE_LAZY_INIT)),
        rule(settings.debug_info, Setter("debug_info", true)),
        rule(!settings.signals_based_traps, Setter("signals_based_traps", false)),
    ];
    for feature in [
        Feature::RELAXED_SIMD,
        Feature::TAIL_CALL,
        Feature::FUNCTION_REFERENCES,
        Feature::GC,
        Feature::EXCEPTIONS,
    ] {
        let is_on = settings.features.is_turned_on(feature);
        rules.push(rule(is_on, Setting::Feature(feature, true)));
    }
    rules
}

fn debugging(settings: &Settings) -> Vec<Rule> {
    let options = &settings.options;
    let (symbols, map) = (options.is_on(Id::DEBUG_SYMBOLS), options.is_on(Id::ADDRESS_MAP));
    let (debug_info, lines) = (settings.debug_info, settings.backtrace_lines);
    vec![
        (
            debug_info && !symbols,
            Setter("debug_info", true),
            Of(Id::DEBUG_SYMBOLS),
            "debug info is about symbols",
        ),
        (
            debug_info && !map,
            Setter("debug_info", true),
            Of(Id::ADDRESS_MAP),
            "debug info is found by addresses in the module",
        ),
        (
            lines && !map,
            Setter("backtrace_lines", true),
            Of(Id::ADDRESS_MAP),
            "lines are found by addresses in the module",
        ),
        (
            lines && options.max_frames() == 0,
            Setter("backtrace_lines", true),
            Of(Id::BACKTRACE_FRAMES),
            "no frame has a line",
        ),
    ]
}

fn features(settings: &Settings) -> Vec<Rule> {
    let features = &settings.features;
    let relaxed = !features.is_turned_off(Feature::RELAXED_SIMD) && !settings.options.is_winch();
    vec![
        (
            settings.shared_memory && features.is_turned_off(Feature::THREADS),
            Setter("shared_memory", true),
            Setting::Feature(Feature::THREADS, false),
            "shared memories are a part of threads",
        ),
        (
            features.is_turned_off(Feature::SIMD) && relaxed,
            Setting::Feature(Feature::SIMD, false),
            Setting::Feature(Feature::RELAXED_SIMD, true),
            "relaxed SIMD is a part of SIMD",
        ),
    ]
}

fn pool(settings: &Settings) -> Vec<Rule> {
    let options = &settings.options;
    let Some(pooling) = settings.pooling else { return Vec::new() };
    let reservation = options.get(Id::MEMORY_RESERVATION);
    let max = pooling.max_memory_size(reservation);
    let pool_size = || Pool("max_memory_size", max);
    let mut rules = vec![
        (
            max as u64 > reservation,
            pool_size(),
            Of(Id::MEMORY_RESERVATION),
            "a memory of a pool can't grow beyond its reservation",
        ),
        (
            options.get(Id::GC_HEAP_INITIAL_SIZE) > max as u64,
            pool_size(),
            Of(Id::GC_HEAP_INITIAL_SIZE),
            ONE_POOL,
        ),
    ];
    for (memory, heap) in [
        (Id::MEMORY_RESERVATION, Id::GC_HEAP_RESERVATION),
        (Id::MEMORY_GUARD_SIZE, Id::GC_HEAP_GUARD_SIZE),
        (Id::MEMORY_RESERVATION_FOR_GROWTH, Id::GC_HEAP_RESERVATION_FOR_GROWTH),
        (Id::MEMORY_MAY_MOVE, Id::GC_HEAP_MAY_MOVE),
    ] {
        rules.push((options.get(memory) != options.get(heap), Pooling, Of(heap), ONE_POOL));
    }
    rules
}

impl Settings {
    fn shown(&self, setting: &Setting) -> String {
        match setting {
            Setting::Option(option) => self.options.shown(*option),
            Setting::Feature(feature, enabled) => format!("SAFEWASM_FEATURE_{feature:?}={enabled}"),
            Setting::Setter(name, enabled) => {
                format!("`safewasm_config_set_{name}(config, {enabled})`")
            }
            Setting::Pooling => "`safewasm_config_set_pooling`".to_owned(),
            Setting::Pool(member, value) => format!("`pooling->{member}={value}`"),
        }
    }
}
