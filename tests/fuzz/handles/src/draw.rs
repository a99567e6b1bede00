//! How cases are drawn. The numbers before `=>` are weights.

use crate::externkinds::EXTERNS;
use crate::link::NAMES;
use crate::model::{FUNC, I32, REF};
use crate::ops::*;
use proptest::collection::vec;
use proptest::prelude::*;
use safewasm_capi::Kind;
use std::fmt::Debug;

/// Draws an entry of a table, as often as its weight says. A smaller case has an earlier entry.
fn weighted<T: Copy + Debug>(table: &'static [(T, u8)]) -> impl Strategy<Value = T> {
    let total: u8 = table.iter().map(|(_, weight)| weight).sum();
    (0..total).prop_map(move |mut number| {
        for &(entry, weight) in table {
            match number.checked_sub(weight) {
                Some(rest) => number = rest,
                None => return entry,
            }
        }
        unreachable!("the number is less than the sum of the weights")
    })
}

fn sel() -> impl Strategy<Value = Sel> {
    let choice = prop_oneof![4 => Just(Choice::Suitable), 1 => weighted(Choice::WEIGHTS)];
    (choice, any::<u16>()).prop_map(|(choice, index)| Sel { choice, index })
}

fn sels<const N: usize>() -> impl Strategy<Value = [Sel; N]> {
    std::array::from_fn(|_| sel().boxed())
}

fn num() -> impl Strategy<Value = Num> {
    let hostile = [u64::MAX, u64::MAX - 1, u64::from(u32::MAX), 1 << 32, 1 << 63, 0x1_0000, 65_535];
    prop_oneof![
        5 => (0..4u64).prop_map(Num),
        2 => (0..20u64).prop_map(Num),
        1 => proptest::sample::select(hostile.to_vec()).prop_map(Num),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![6 => Just(I32), 2 => REF..FUNC + 1, 2 => 0..10u8];
    // Functions divide by small numbers and grow memories by them.
    let number = prop_oneof![3 => any::<i32>(), 1 => -3..4i32];
    (kind, number, proptest::bool::weighted(0.2), sel())
        .prop_map(|(kind, number, null, of)| Value { kind: ValueKind(kind), number, null, of })
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        5 => Just(End::Return),
        1 => Just(End::Fail),
        2 => sel().prop_map(End::Throw),
        1 => Just(End::Nonsense),
    ]
}

fn script(depth: u32) -> BoxedStrategy<Script> {
    if depth == 0 {
        return end().prop_map(|end| Script { steps: Vec::new(), end }).boxed();
    }
    (steps(depth - 1, 4), end()).prop_map(|(steps, end)| Script { steps, end }).boxed()
}

/// Draws a kind of object that can be deleted.
fn deletable() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::DELETABLE)
}

fn race() -> impl Strategy<Value = Op> {
    let op = prop_oneof![
        3 => (deletable(), any::<u16>()).prop_map(|(kind, sel)| RaceOp::Delete(kind, sel)),
        2 => any::<u16>().prop_map(RaceOp::GetGlobal),
        2 => (any::<u16>(), any::<i32>()).prop_map(|(sel, x)| RaceOp::SetGlobal(sel, x)),
        2 => any::<u16>().prop_map(RaceOp::Call),
        1 => any::<u16>().prop_map(RaceOp::MemoryLen),
        1 => any::<u16>().prop_map(RaceOp::CloneRef),
        1 => any::<u16>().prop_map(RaceOp::NewExtern),
        1 => any::<u16>().prop_map(RaceOp::NewStore),
        1 => any::<u16>().prop_map(RaceOp::Collect),
        1 => any::<u16>().prop_map(RaceOp::ExportsLen),
        1 => any::<u16>().prop_map(RaceOp::LinkerLen),
        1 => any::<u16>().prop_map(RaceOp::Interrupt),
        1 => any::<u16>().prop_map(RaceOp::Message),
    ];
    vec(vec(op, 1..12), 2..4).prop_map(Op::Race)
}

fn call(depth: u32) -> impl Strategy<Value = Op> {
    (sel(), any::<bool>(), value(), script(depth))
        .prop_map(|(func, slots, value, script)| Op::Call(Call { func, slots, value, script }))
}

fn instantiate(is_short: impl Strategy<Value = bool>, depth: u32) -> impl Strategy<Value = Op> {
    (sel(), sel(), sels(), is_short, script(depth)).prop_map(
        |(store, module, imports, is_short, script)| {
            Op::Instantiate(Instantiate { store, module, imports, is_short, script })
        },
    )
}

fn define() -> impl Strategy<Value = Op> {
    let name = proptest::sample::select(&NAMES[..]);
    let flags = (proptest::bool::weighted(0.1), proptest::bool::weighted(0.75));
    (weighted(Define::WEIGHTS), sels(), name, flags).prop_map(
        |(what, [linker, from, item], name, (is_other, is_on))| {
            Op::Define(what, Definition { linker, from, item, name, is_other, is_on })
        },
    )
}

fn link(depth: u32) -> impl Strategy<Value = Op> {
    (weighted(Link::WEIGHTS), sels(), script(depth))
        .prop_map(|(what, sels, script)| Op::Link(what, sels, script))
}

fn component_link(depth: u32) -> impl Strategy<Value = Op> {
    (weighted(ComponentLink::WEIGHTS), sels(), value(), script(depth))
        .prop_map(|(what, sels, value, script)| Op::ComponentLink(what, sels, value, script))
}

/// Draws an operation without nested steps: a host function that it reaches ends at once.
fn flat() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (deletable(), sel()).prop_map(|(kind, of)| Op::Delete(kind, of)),
        1 => (proptest::sample::select(&EXTERNS[..]), sel()).prop_map(|(kind, of)| Op::DeleteExtern(kind.kind, of)),
        1 => sel().prop_map(Op::TakeError),
        12 => (weighted(New::WEIGHTS), sel(), sel(), num(), value())
            .prop_map(|(what, a, b, n, v)| Op::New(what, a, b, n, v)),
        1 => (weighted(SetConfig::WEIGHTS), sel(), num())
            .prop_map(|(what, of, n)| Op::SetConfig(what, of, n)),
        4 => (weighted(SetStore::WEIGHTS), sel(), num())
            .prop_map(|(what, of, n)| Op::SetStore(what, of, n)),
        1 => (weighted(SetWasi::WEIGHTS), sel(), num())
            .prop_map(|(what, of, n)| Op::SetWasi(what, of, n)),
        1 => (sel(), sel()).prop_map(|(store, wasi)| Op::GiveWasi(store, wasi)),
        20 => (weighted(Question::WEIGHTS), sel(), num())
            .prop_map(|(what, of, n)| Op::Ask(what, of, n)),
        8 => (weighted(Change::WEIGHTS), sel(), num(), num(), value())
            .prop_map(|(what, of, a, b, v)| Op::Change(what, of, a, b, v)),
        1 => (sel(), sel(), num(), num(), num())
            .prop_map(|(a, b, x, y, z)| Op::CopyTable(a, b, x, y, z)),
        2 => (weighted(Same::WEIGHTS), sel(), sel()).prop_map(|(what, a, b)| Op::Same(what, a, b)),
        3 => instantiate((0..8u8).prop_map(|number| number == 7), 0),
        5 => define(),
        3 => link(0),
        4 => call(0),
        4 => (weighted(ResourceOp::WEIGHTS), sel(), sel(), value())
            .prop_map(|(what, a, b, v)| Op::Resource(what, a, b, v)),
        2 => (sel(), any::<bool>(), value())
            .prop_map(|(func, in_columns, value)| Op::CallComponent(func, in_columns, value)),
        6 => component_link(0),
    ]
}

fn step(depth: u32) -> BoxedStrategy<Step> {
    let op = if depth == 0 {
        flat().boxed()
    } else {
        prop_oneof![
            40 => flat(),
            9 => call(depth),
            2 => instantiate(Just(false), depth),
            1 => link(depth),
            4 => component_link(depth),
            3 => steps(depth - 1, 5).prop_map(Op::Elsewhere),
            1 => race(),
        ]
        .boxed()
    };
    (op, proptest::bool::weighted(0.3)).prop_map(|(op, keep)| Step { op, keep }).boxed()
}

fn steps(depth: u32, most: usize) -> BoxedStrategy<Vec<Step>> {
    vec(step(depth), 0..=most).boxed()
}

fn features() -> impl Strategy<Value = Features> {
    let features = |fuel, epochs, shared| Features { fuel, epochs, shared };
    proptest::sample::select(vec![
        features(false, false, false),
        features(false, false, true),
        features(false, false, true),
        features(true, false, true),
        features(false, true, true),
        features(true, true, true),
        features(false, true, false),
        features(true, false, false),
    ])
}

pub fn case() -> impl Strategy<Value = Case> {
    ([features().boxed(), features().boxed()], vec(step(3), 1..60), any::<u64>())
        .prop_map(|(engines, steps, order)| Case { engines, steps, order })
}
