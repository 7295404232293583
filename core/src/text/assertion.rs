//! Requests, wishes, conditions, questions and expectations: what a comment asks for has not
//! happened, so that it is neither praise nor blame.

use super::{
    clauses::Clause,
    cues::Cue,
    opinion::{Kind, Opinion, segment_end, segment_start},
    words::Words,
};

/// Most words between a request and what it asks for.
const REACH: usize = 12;
/// Most words of a question that needs no question word: "any update?".
const SHORT_QUESTION: usize = 4;
/// Most words from "when it" to the verb: "when the second payment is".
const DONE: usize = 6;
/// Least strength of a general word that says more than it asks.
const CLEAR: i32 = 2;

/// Marks the opinions that are not asserted.
pub fn find_requests(clause: &Clause<'_>, words: &Words, opinions: &mut [Opinion]) {
    if opinions.is_empty() {
        return;
    }
    let all = 0..words.len();
    let asks = is_question(clause, words) && !clause.is_denied && !is_lost_emoji(clause, opinions);
    if asks || is_imperative(words) {
        let end = if clause.is_question {
            all.end
        } else {
            request_end(words, opinions, 0, true)
        };
        request(opinions, 0, end);
    }
    // "refund ??"
    if clause.has_several_marks && words.len() <= SHORT_QUESTION && only_names(opinions) {
        request(opinions, 0, words.len());
    }
    for cue in words.cues(&[Cue::Request, Cue::Wish, Cue::If, Cue::Until, Cue::WouldHelp]) {
        let start = cue.words.end;
        match cue.cue {
            Cue::Request => {
                let stop = request_end(words, opinions, start, true);
                request(opinions, start, stop.min(start + REACH));
            }
            Cue::Wish => {
                let stop = request_end(words, opinions, start, false);
                request(opinions, start, stop.min(start + REACH));
            }
            Cue::If => {
                let stop = if cue.words.start == 0 {
                    conditional_end(words, start)
                } else {
                    segment_end(words, start)
                };
                request(opinions, start, stop);
                let from = segment_start(words, cue.words.start);
                if (from..cue.words.start).any(|word| words.is(word, &[Cue::Would])) {
                    request(opinions, from, cue.words.start);
                }
            }
            Cue::Until => {
                let end = segment_end(words, start).min(start + REACH);
                let stop = (start..end)
                    .find(|word| words.is(*word, &[Cue::And]))
                    .unwrap_or(end);
                for opinion in opinions
                    .iter_mut()
                    .filter(|o| o.words.start >= start && o.words.start < stop)
                {
                    if opinion.direction() > 0 {
                        opinion.is_requested = true;
                    }
                }
                // "once it is resolved I will change my rating"
                let from = segment_start(words, cue.words.start);
                if (from..cue.words.start).any(|word| words.is(word, &[Cue::Would])) {
                    request(opinions, from, cue.words.start);
                }
            }
            _ => {
                let from = segment_start(words, cue.words.start);
                let by_customer =
                    cue.words.start > from && words.is(cue.words.start - 1, &[Cue::Customer]);
                let reported = (from..cue.words.start).any(|word| words.is(word, &[Cue::Report]));
                if !by_customer && !reported {
                    request(opinions, from, cue.words.start);
                }
            }
        }
    }
    find_promises(words, opinions);
    find_hypotheses(words, opinions);
    find_warnings(words, opinions);
}

/// What somebody will do once something is done: "I will give five stars when it is fixed".
fn find_promises(words: &Words, opinions: &mut [Opinion]) {
    for cue in words.cues(&[Cue::OnceDone]) {
        let from = segment_start(words, cue.words.start);
        let end = segment_end(words, cue.words.end);
        let is_done = |word: usize| words.is(word, &[Cue::Report, Cue::Copula]);
        let will = (from..cue.words.start).find(|word| words.is(*word, &[Cue::Would]));
        if let Some(will) = will.filter(|_| (cue.words.start..end).take(DONE).any(is_done)) {
            request(opinions, will, end);
        }
    }
}

/// What a comparative would do: "a clearer letter would have my vote"; and a condition without
/// "if": "had it been explained, I would have understood".
fn find_hypotheses(words: &Words, opinions: &mut [Opinion]) {
    let is_would = |word: &usize| words.is(*word, &[Cue::Would]);
    let inverted = words.cues(&[Cue::HadIt]).find(|cue| cue.words.start == 0);
    if inverted.is_some() && (1..words.len()).any(|word| is_would(&word)) {
        request(opinions, 0, words.len());
        return;
    }
    let Some(would) = (0..words.len()).find(is_would) else {
        return;
    };
    let from = segment_start(words, would);
    let is_more = (from..would).any(|word| words.is(word, &[Cue::More]));
    let others = [
        Cue::Pronoun,
        Cue::Customer,
        Cue::Than,
        Cue::Not,
        Cue::Report,
    ];
    if is_more && !(from..would).any(|word| words.is(word, &others)) {
        request(opinions, from, would);
    }
}

/// What a warning is about is blame, and what else it names is no praise: "do not go there if you
/// want good food".
fn find_warnings(words: &Words, opinions: &mut [Opinion]) {
    for warning in words.warnings() {
        let end = segment_end(words, warning.words.start);
        for opinion in opinions.iter_mut() {
            if opinion.overlaps(&warning.words) {
                opinion.is_requested = false;
            } else if opinion.words.start >= warning.words.end
                && opinion.words.start < end
                && opinion.direction() > 0
            {
                opinion.is_requested = true;
            }
        }
    }
}

/// Whether opinions name a theme and say nothing about it.
fn only_names(opinions: &[Opinion]) -> bool {
    let (of_themes, general): (Vec<&Opinion>, Vec<&Opinion>) =
        opinions.iter().partition(|o| o.theme.is_some());
    let is_name = |o: &&Opinion| matches!(o.kind, Kind::Wanted | Kind::Aspect);
    let is_weak = |o: &&Opinion| o.kind == Kind::Blame && o.strength < CLEAR;
    !of_themes.is_empty() && of_themes.iter().all(is_name) && general.iter().all(is_weak)
}

fn request(opinions: &mut [Opinion], from: usize, end: usize) {
    for opinion in opinions.iter_mut() {
        if opinion.words.start < end
            && opinion.words.end > from
            && opinion.words.start >= from.saturating_sub(1)
        {
            opinion.is_requested = true;
        }
    }
}

/// Where a condition ends: at its comma, otherwise with the clause.
fn conditional_end(words: &Words, start: usize) -> usize {
    match segment_end(words, start) {
        // What would follow is not asserted either.
        end if end < words.len()
            && (end..words.len()).any(|word| words.is(word, &[Cue::Would])) =>
        {
            words.len()
        }
        end => end,
    }
}

/// Where a request ends: at a report, or at a comma before another statement.
fn request_end(words: &Words, opinions: &[Opinion], start: usize, until_report: bool) -> usize {
    let mut word = start;
    while word < words.len() {
        if words.is_stop(word) {
            return word;
        }
        if until_report && word > start && words.is(word, &[Cue::Report]) {
            return word;
        }
        if words.is_sign(word, b',') && word > start {
            let next = word + 1;
            let goes_on = opinions
                .iter()
                .any(|o| o.kind == Kind::Praise && o.words.contains(&next));
            let is_list = goes_on && (next..words.len()).any(|w| words.is(w, &[Cue::And, Cue::Or]));
            if !is_list {
                return word;
            }
        }
        word += 1;
    }
    word
}

/// Whether the mark behind a few words of praise may be all that is left of an emoji: "Good service
/// ?".
fn is_lost_emoji(clause: &Clause<'_>, opinions: &[Opinion]) -> bool {
    let is_praise = |o: &Opinion| o.theme.is_none() && o.kind == Kind::Praise;
    let praise = opinions.iter().filter(|o| !o.is_dropped);
    clause.has_spaced_mark
        && opinions
            .iter()
            .any(|o| o.strength >= CLEAR && !o.is_dropped)
        && praise.clone().all(is_praise)
}

/// Whether a clause asks something.
fn is_question(clause: &Clause<'_>, words: &Words) -> bool {
    let starts = words.is(0, &[Cue::Question]);
    if clause.is_question {
        let mut parts = (1..words.len()).filter(|word| words.is_sign(word - 1, b','));
        return starts
            || !clause.has_several_marks && words.len() <= SHORT_QUESTION
            || parts.any(|word| words.is(word, &[Cue::Question]));
    }
    // "could have explained it", "couldn't have been better"
    if words.is(0, &[Cue::Counterfactual, Cue::Not, Cue::Highest]) {
        return false;
    }
    // Without a mark: "when will it be fixed", "can you help me".
    starts
        && words.is(1, &[Cue::Question])
        && words.len() > 3
        && (2..4).any(|word| words.is(word, &[Cue::Pronoun, Cue::Customer, Cue::Determiner]))
        || starts
            && words.len() > 3
            && words.is(0, &[Cue::Would, Cue::CouldBe])
            && words.is(1, &[Cue::Pronoun, Cue::Customer])
}

/// Whether a clause commands.
fn is_imperative(words: &Words) -> bool {
    let mut first = 0;
    while first < words.len()
        && words.is(first, &[Cue::And, Cue::Adverb])
        && !words.is(first, &[Cue::Imperative, Cue::Determiner])
        && first < 2
    {
        first += 1;
    }
    let starts = |cue| {
        words
            .cues(std::slice::from_ref(cue))
            .any(|found| found.words.start == first)
    };
    let has_object = words.is(first + 1, &[Cue::Object]) || words.is_sign(first + 1, b',');
    starts(&Cue::Imperative) || starts(&Cue::ImperativeOrNoun) && has_object
}
