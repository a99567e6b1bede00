//! What a case does: plain data, so that a failing case can be made smaller. Which handle an operation
//! is about is settled when it is executed, among those that there are then.

use proptest::collection::vec;
use proptest::prelude::*;

/// Chooses a handle: mostly a living one of the right kind. Smaller numbers are tamer.
#[derive(Clone, Copy, Debug)]
pub struct Sel {
    pub how: u8,
    pub index: u16,
}

/// A number where a length or an index is wanted: small, or hostile.
#[derive(Clone, Copy, Debug)]
pub struct Num(pub u64);

/// A value, of whatever kind.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    pub kind: u8,
    pub number: i32,
    pub null: bool,
    pub of: Sel,
}

/// How a host function ends.
#[derive(Clone, Debug)]
pub enum End {
    Return,
    Fail,
    Throw(Sel),
    /// With an error handle that is none.
    Nonsense,
}

/// What the host function does that a call leads to, if one does.
#[derive(Clone, Debug)]
pub struct Script {
    pub steps: Vec<Step>,
    pub end: End,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub op: Op,
    /// Whether the handle of an error that comes out is kept.
    pub keep: bool,
}

/// A way to ask about one object, or to set something of it.
#[derive(Clone, Debug)]
pub enum Op {
    /// Of the kind of the first number.
    Delete(u8, Sel),
    DeleteExtern(u8, Sel),
    New(u8, Sel, Sel, Num, Value),
    SetConfig(u8, Sel, Num),
    SetStore(u8, Sel, Num),
    /// A question, by its number, about an object.
    Ask(u8, Sel, Num),
    /// Changes a memory, table or global.
    Change(u8, Sel, Num, Num, Value),
    CopyTable(Sel, Sel, Num, Num, Num),
    Same(u8, Sel, Sel),
    Instantiate(Sel, Sel, [Sel; 4], u8, Script),
    Link(u8, Sel, Sel, Sel, u8, u8),
    LinkInstance(u8, Sel, Sel, Sel, Script),
    Call(Sel, bool, Value, Script),
    /// Executed by another thread, while this one waits.
    Elsewhere(Vec<Step>),
    /// Executed by several threads at once.
    Race(Vec<Vec<RaceOp>>),
}

/// An operation on shared handles, whose answer depends on who comes first.
#[derive(Clone, Debug)]
pub enum RaceOp {
    Delete(u8, u16),
    GetGlobal(u16),
    SetGlobal(u16, i32),
    Call(u16),
    MemoryLen(u16),
    CloneRef(u16),
    NewExtern(u16),
    NewStore(u16),
    Collect(u16),
    ExportsLen(u16),
    LinkerLen(u16),
    Interrupt(u16),
    Message(u16),
}

fn sel() -> impl Strategy<Value = Sel> {
    (prop_oneof![4 => Just(0u8), 1 => 0..100u8], any::<u16>())
        .prop_map(|(how, index)| Sel { how, index })
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
    let kind = prop_oneof![6 => Just(1u8), 2 => 6..8u8, 2 => 0..10u8];
    (kind, any::<i32>(), proptest::bool::weighted(0.2), sel())
        .prop_map(|(kind, number, null, of)| Value { kind, number, null, of })
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

fn race() -> impl Strategy<Value = Op> {
    let op = prop_oneof![
        3 => (0..20u8, any::<u16>()).prop_map(|(kind, sel)| RaceOp::Delete(kind, sel)),
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

fn step(depth: u32) -> BoxedStrategy<Step> {
    let sels = || (sel(), sel(), sel(), sel()).prop_map(|(a, b, c, d)| [a, b, c, d]);
    let link = || (0..8u8, sel(), sel(), sel(), 0..8u8, 0..8u8);
    let leaf = prop_oneof![
        6 => (0..20u8, sel()).prop_map(|(kind, of)| Op::Delete(kind, of)),
        1 => (0..6u8, sel()).prop_map(|(kind, of)| Op::DeleteExtern(kind, of)),
        12 => (0..24u8, sel(), sel(), num(), value())
            .prop_map(|(what, a, b, n, v)| Op::New(what, a, b, n, v)),
        1 => (0..13u8, sel(), num()).prop_map(|(what, of, n)| Op::SetConfig(what, of, n)),
        4 => (0..14u8, sel(), num()).prop_map(|(what, of, n)| Op::SetStore(what, of, n)),
        20 => (0..70u8, sel(), num()).prop_map(|(what, of, n)| Op::Ask(what, of, n)),
        8 => (0..9u8, sel(), num(), num(), value())
            .prop_map(|(what, of, a, b, v)| Op::Change(what, of, a, b, v)),
        1 => (sel(), sel(), num(), num(), num())
            .prop_map(|(a, b, x, y, z)| Op::CopyTable(a, b, x, y, z)),
        2 => (0..3u8, sel(), sel()).prop_map(|(what, a, b)| Op::Same(what, a, b)),
        3 => (sel(), sel(), sels(), 0..8u8, script(0))
            .prop_map(|(a, b, c, n, s)| Op::Instantiate(a, b, c, n, s)),
        5 => link().prop_map(|(what, a, b, c, x, y)| Op::Link(what, a, b, c, x, y)),
        3 => (0..5u8, sel(), sel(), sel(), script(0))
            .prop_map(|(what, a, b, c, s)| Op::LinkInstance(what, a, b, c, s)),
        4 => (sel(), any::<bool>(), value(), script(0))
            .prop_map(|(of, slots, v, s)| Op::Call(of, slots, v, s)),
    ];
    let op = if depth == 0 {
        leaf.boxed()
    } else {
        prop_oneof![
            40 => leaf,
            9 => (sel(), any::<bool>(), value(), script(depth))
                .prop_map(|(of, slots, v, s)| Op::Call(of, slots, v, s)),
            2 => (sel(), sel(), sels(), Just(0u8), script(depth))
                .prop_map(|(a, b, c, n, s)| Op::Instantiate(a, b, c, n, s)),
            1 => (0..5u8, sel(), sel(), sel(), script(depth))
                .prop_map(|(what, a, b, c, s)| Op::LinkInstance(what, a, b, c, s)),
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

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the two engines can do, a bit each: fuel, epochs, shared memories.
    pub engines: [u8; 2],
    pub steps: Vec<Step>,
    /// In which order all is deleted at the end.
    pub order: u64,
}

pub fn case() -> impl Strategy<Value = Case> {
    let engine = || proptest::sample::select(vec![0u8, 4, 4, 5, 6, 7, 2, 1]);
    ((engine(), engine()), vec(step(3), 1..60), any::<u64>())
        .prop_map(|((a, b), steps, order)| Case { engines: [a, b], steps, order })
}
