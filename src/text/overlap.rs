//! Whether a word of a list can begin in two places at once, and end in one: "(very )?helpful" in "very helpful". Where it
//! cannot, a machine that has forgotten where words began still tells whether one is going on.

use std::collections::BTreeSet;

use regex_automata::{
    nfa::thompson::{NFA, State},
    util::{look::Look, primitives::StateID},
};

/// Whether a word of this machine that goes on across a space can come to where another stands that begins behind that space.
/// Looks around count as passed, but for that to the start of the text, so that the answer may be yes too often.
pub fn can_overlap(machine: &NFA) -> bool {
    let start = machine.start_anchored();
    let begun = closure(machine, [start], false);
    let mut reached = closure(machine, [start], true);
    let mut fresh: Vec<StateID> = reached.iter().copied().collect();
    while let Some(state) = fresh.pop() {
        let next = leaps(machine.state(state)).into_iter().map(|leap| leap.to);
        for state in closure(machine, next, true) {
            if reached.insert(state) {
                fresh.push(state);
            }
        }
    }
    let of = |states: &BTreeSet<StateID>| -> Vec<Leap> {
        states
            .iter()
            .flat_map(|s| leaps(machine.state(*s)))
            .collect()
    };
    let after = |leaps: &[Leap], byte: u8| {
        let taken = leaps
            .iter()
            .filter(|leap| (leap.first..=leap.last).contains(&byte));
        closure(machine, taken.map(|leap| leap.to), true)
    };
    let going_on = of(&after(&of(&reached), b' '));
    let beginning = of(&begun);
    (0..0x80).any(|byte| !after(&beginning, byte).is_disjoint(&after(&going_on, byte)))
}

/// A step that takes a byte.
struct Leap {
    first: u8,
    last: u8,
    to: StateID,
}

fn leaps(state: &State) -> Vec<Leap> {
    let leap = |first, last, to| Leap { first, last, to };
    match state {
        State::ByteRange { trans: t } => vec![leap(t.start, t.end, t.next)],
        State::Sparse(steps) => {
            let steps = steps.transitions.iter();
            steps.map(|t| leap(t.start, t.end, t.next)).collect()
        }
        State::Dense(steps) => (0..=u8::MAX)
            .filter_map(|byte| Some(leap(byte, byte, steps.matches_byte(byte)?)))
            .collect(),
        _ => Vec::new(),
    }
}

/// These states and all that are reached from them without a byte; those that ask for the start of the text only `at_start`.
fn closure(
    machine: &NFA,
    from: impl IntoIterator<Item = StateID>,
    at_start: bool,
) -> BTreeSet<StateID> {
    let mut found = BTreeSet::new();
    let mut fresh: Vec<StateID> = from.into_iter().collect();
    while let Some(state) = fresh.pop() {
        if !found.insert(state) {
            continue;
        }
        match machine.state(state) {
            State::Look {
                look: Look::Start, ..
            } if !at_start => {}
            State::Look { next, .. } | State::Capture { next, .. } => fresh.push(*next),
            State::Union { alternates } => fresh.extend(alternates.iter().copied()),
            State::BinaryUnion { alt1, alt2 } => fresh.extend([*alt1, *alt2]),
            _ => {}
        }
    }
    found
}
