//! Scope of negation: which opinion words a negation turns into their opposite.
//!
//! A negation applies to the first opinion after it, and to those joined to that one ("not polite,
//! friendly or kind"). It reaches over insertions between commas ("was not, despite three
//! reminders, polite") and ends at a conjunction or at another statement. At the end of a clause it
//! applies to what precedes ("courteous she was not"). Two negations of the same word cancel. A
//! negation with a comparative is the highest degree and none ("nobody could have been kinder"),
//! and so is "never" with "so" or "such" ("never had such a rude answer") and "nobody" with "as"
//! ("nobody is as patient as she was"). What "could have been" was not. [`double_negation`] and
//! [`denial`] tell where a negation has another scope.

use super::{
    cues::Cue,
    denial, double_negation,
    opinion::{Kind, Opinion, at, segment_end},
    words::{CueMatch, Words},
};

/// Most words between a negation and what it negates.
const REACH: usize = 9;
/// The same of "no" and its like, and of "less".
const REACH_OF_NO: usize = 4;
const REACH_OF_LESS: usize = 2;
/// Most words between the opinions that one negation negates.
const JOINED: usize = 3;
/// Longest insertion between commas, in words.
const INSERTION: usize = 9;
/// Most words between a comparative's negation and the comparative.
const COMPARATIVE: usize = 7;

/// Marks the opinions that are negated.
pub fn negate(words: &Words, opinions: &mut [Opinion]) {
    let pairs = double_negation::pairs(words);
    for cue in words.cues(&[Cue::Not, Cue::No, Cue::Less]) {
        let is_second = pairs.iter().any(|pair| pair.second == cue.words.start);
        let pair = pairs.iter().find(|pair| pair.first == cue.words.start);
        if words.is_warning(cue.words.start)
            || words.is(cue.words.start, &[Cue::Absent, Cue::NotSomething])
            || is_second
            || denial::repeats(words, cue)
            || denial::deny_explanation(words, opinions, cue)
            || negate_inside(words, opinions, cue)
            || is_emphasis(words, opinions, cue)
            || is_of_time(words, opinions, cue)
        {
            continue;
        }
        let end = pair.map_or(words.len(), |pair| pair.second);
        if !negate_after(words, opinions, cue, end) && cue.cue != Cue::No {
            negate_before(words, opinions, cue);
        }
        denial::deny_answer(words, opinions, cue);
        if let Some(pair) = pair {
            double_negation::assert_enclosed(words, opinions, pair);
        }
    }
    for cue in words.cues(&[Cue::Counterfactual, Cue::CouldBe]) {
        let before = cue.words.start.saturating_sub(2)..cue.words.start;
        if !before
            .into_iter()
            .any(|word| words.is(word, &[Cue::Highest, Cue::Not]))
        {
            counterfactual(words, opinions, cue);
        }
    }
}

/// Negates the opinions that share words with a phrase that contains a negation; false when no
/// phrase does. The phrase itself has the negation in its meaning ("did not listen", "no problem"),
/// unless it is praise around a negation ("communication was not clear").
fn negate_inside(words: &Words, opinions: &mut [Opinion], cue: &CueMatch) -> bool {
    let contains = |o: &Opinion| {
        let is_cue = o.words.start >= cue.words.start && o.words.end <= cue.words.end;
        // "Not one call" is no "one call".
        let goes_on = o.words.start > cue.words.start && o.kind == Kind::Praise;
        o.kind != Kind::Aspect && !o.is_dropped && !is_cue && !goes_on && o.overlaps(&cue.words)
    };
    let Some(phrase) = opinions.iter().position(contains) else {
        return false;
    };
    let span = opinions[phrase].words.clone();
    let mut is_denial = false;
    if opinions[phrase].kind == Kind::Praise
        && opinions[phrase].theme.is_some()
        && cue.words.start > span.start + 1
    {
        opinions[phrase].is_negated = !opinions[phrase].is_negated;
    }
    for opinion in opinions.iter_mut() {
        let first = opinion.words.start;
        // "No help no reply": the next "no" speaks for itself.
        let speaks = words.is(first, &[Cue::No, Cue::Not]);
        let follows = first >= cue.words.end && first <= span.end && !speaks;
        if follows && opinion.direction() != 0 && !words.is_stop(opinion.words.start) {
            opinion.is_negated = !opinion.is_negated;
            is_denial |= opinion.direction() < 0 && opinion.words.start == span.end;
        }
    }
    // "Never got impatient": what was never got was nothing good.
    let phrase = &mut opinions[phrase];
    phrase.is_dropped |= is_denial && phrase.kind == Kind::Blame;
    true
}

/// Whether a negation denies a duration and not what lasted: "never waits less than an hour".
fn is_of_time(words: &Words, opinions: &[Opinion], cue: &CueMatch) -> bool {
    let end = segment_end(words, cue.words.end);
    let is_duration = |c: &CueMatch| {
        let near = c.words.end..c.words.end + JOINED;
        let is_less = c.words.len() > 1 && words.is(c.words.start, &[Cue::Less]);
        let is_opinion = || opinions.iter().any(|o| near.contains(&o.words.start));
        is_less
            && c.words.start > cue.words.end
            && c.words.end < end
            && (words.is(c.words.end, &[Cue::Determiner]) && !is_opinion())
    };
    let mut later = words.cues(&[Cue::Not]);
    cue.cue == Cue::Not && later.any(is_duration)
}

/// Whether a negation with a comparative, "so" or "such" says the highest degree.
fn is_emphasis(words: &Words, opinions: &[Opinion], cue: &CueMatch) -> bool {
    let is_highest = words
        .cues(&[Cue::Highest])
        .any(|found| found.words.start <= cue.words.start && cue.words.start < found.words.end);
    if !is_highest {
        return false;
    }
    let from = cue.words.end;
    // "Cannot recommend this branch enough"
    let segment = from..segment_end(words, from);
    let is_enough = segment.len() > 1 && words.is(segment.end - 1, &[Cue::Enough]);
    let praised = |o: &Opinion| o.direction() > 0 && (from..from + 2).contains(&o.words.start);
    if is_enough && opinions.iter().any(praised) {
        return true;
    }
    if is_unequalled(words, opinions, cue) {
        return true;
    }
    let could_not_have = words.is(from, &[Cue::Copula])
        && (cue.words.start.saturating_sub(1)..from).any(|word| words.is(word, &[Cue::Question]));
    let end = (from + COMPARATIVE).min(words.len());
    for word in from..end {
        if words.is_stop(word) || words.is(word, &[Cue::Boundary]) {
            return false;
        }
        let near = |o: &Opinion| {
            !o.is_dropped
                && o.direction() != 0
                && o.words.end > word
                && o.words.start <= word + JOINED
        };
        // "Less than" is a negation itself: "never less than polite".
        let is_comparative = words.is(word, &[Cue::More]) && !words.is(word, &[Cue::Not]);
        if is_comparative && opinions.iter().any(near) {
            return true;
        }
        // "could not have listened more closely", but not "could not help me any more"
        let precedes = |o: &Opinion| {
            o.words.start > from && o.words.end <= word && o.direction() != 0 && !o.is_dropped
        };
        let is_degree = is_comparative && !words.is(word - 1, &[Cue::Determiner]);
        if is_degree && could_not_have && opinions.iter().any(precedes) {
            return true;
        }
        let is_such = words.is(word, &[Cue::So]) && word > from;
        if is_such && opinions.iter().any(|o| near(o) && o.direction() < 0) {
            return true;
        }
    }
    false
}

/// Whether nobody is "as" something "as": the opinion is between two of the word.
fn is_unequalled(words: &Words, opinions: &[Opinion], cue: &CueMatch) -> bool {
    let others = words.is(cue.words.start, &[Cue::Nothing, Cue::NoOther]);
    let end = (cue.words.end + COMPARATIVE).min(words.len());
    let is_as = |word: usize| words.is(word, &[Cue::As]);
    // "nobody else was so patient"
    let is_other = words.is(cue.words.start, &[Cue::NoOther]);
    let is_equal = |word: usize| is_as(word) || is_other && words.is(word, &[Cue::So]);
    let is_like = |o: &Opinion| {
        let mut after = o.words.end..o.words.end + JOINED;
        after.any(|word| words.is(word, &[Cue::Like]) && words.is(word + 1, &[Cue::Pronoun]))
    };
    // "Nobody explains it like she does."
    let near = |o: &Opinion| o.words.start >= cue.words.end && o.words.start <= cue.words.end + 1;
    if others && opinions.iter().any(|o| near(o) && is_like(o)) {
        return true;
    }
    others
        && opinions.iter().any(|o| {
            let mut after = o.words.end..o.words.end + JOINED;
            // "nobody was as polite as I had hoped"
            let hoped = after
                .any(|w| is_as(w) && words.is(w + 1, &[Cue::Customer, Cue::Request, Cue::Wish]));
            o.words.start > cue.words.end
                && o.words.start < end
                && is_equal(o.words.start - 1)
                && !hoped
        })
}

/// Negates what follows up to `limit`; false when there is nothing.
fn negate_after(words: &Words, opinions: &mut [Opinion], cue: &CueMatch, limit: usize) -> bool {
    let reach = match cue.cue {
        Cue::No => REACH_OF_NO,
        Cue::Less => REACH_OF_LESS,
        _ => REACH,
    };
    // Direction of the first opinion negated, and where the last one ends.
    let mut first: Option<(i32, usize)> = None;
    let mut word = cue.words.end;
    let mut distance = 0;
    while word < limit {
        if first.is_none()
            && at(opinions, word).next().is_some()
            && denial::is_topic(words, opinions, cue, word)
        {
            word += 1;
            distance = 0;
            continue;
        }
        // "No reply no refund": each "no" speaks for itself.
        let is_other_no = words.cues(&[Cue::No]).any(|c| c.words.start == word);
        if is_other_no && word > cue.words.end {
            break;
        }
        let here: Vec<usize> = at(opinions, word)
            .filter(|o| opinions[*o].direction() != 0 && reaches(words, cue, &opinions[*o]))
            .collect();
        if let Some(&o) = here.first() {
            let direction = opinions[o].direction();
            let joined = first.is_none_or(|(same, end)| same == direction && word <= end + JOINED);
            if !joined {
                // "not solving the problem quickly": what is not solved is no other statement.
                let is_object = at(opinions, word).any(|o| opinions[o].kind == Kind::Trouble);
                if is_object && word <= end_of(first) + JOINED {
                    word = opinions[o].words.end.max(word + 1);
                    continue;
                }
                break;
            }
            let end = here
                .iter()
                .map(|o| opinions[*o].words.end)
                .max()
                .unwrap_or(word + 1);
            for o in here {
                opinions[o].is_negated = !opinions[o].is_negated;
            }
            // Opinions that begin inside count as the same.
            for opinion in opinions.iter_mut() {
                let inside = opinion.words.start > word && opinion.words.start < end;
                if inside && opinion.direction() != 0 && reaches(words, cue, opinion) {
                    opinion.is_negated = !opinion.is_negated;
                }
            }
            first = Some((first.map_or(direction, |(same, _)| same), end));
            word = end;
            distance = 0;
            continue;
        }
        if words.is_sign(word, b',') {
            match behind_comma(words, opinions, cue, word, first) {
                Some(next) => word = next,
                None => break,
            }
            continue;
        }
        // "Without sleep this was not good": what is missing ends at the verb.
        let is_without = words.is(cue.words.start, &[Cue::Without]) && cue.words.len() == 1;
        if is_duration(words, word) || is_without && words.is(word, &[Cue::Report]) {
            break;
        }
        // "Can't say that I am annoyed" goes on.
        let said = word.saturating_sub(2).max(cue.words.start)..word;
        let is_said = said
            .into_iter()
            .any(|word| words.is(word, &[Cue::Say, Cue::NotThat]));
        // "Not everything was good": "everything was" begins no statement here.
        let is_predicate = word == cue.words.end && words.is(word, &[Cue::Copula]);
        let is_boundary = words.is(word, &[Cue::Boundary]) && !is_said && !is_predicate;
        if words.is_stop(word) || is_boundary {
            break;
        }
        let is_other_negation = words.cues(&[Cue::Not]).any(|c| c.words.start == word);
        if first.is_some() && is_other_negation || words.is(word, &[Cue::And]) && first.is_none() {
            break;
        }
        if words.is(word, &[Cue::Or]) && !is_other_negation {
            distance = 0;
        } else if words.is(word, &[Cue::Or]) {
            break;
        }
        distance += 1;
        if distance > reach {
            break;
        }
        word += 1;
    }
    first.is_some()
}

/// Whether "more than" and a duration begin at a word: "it never took more than a minute to get
/// help".
fn is_duration(words: &Words, word: usize) -> bool {
    words.is(word, &[Cue::More])
        && words.is(word + 1, &[Cue::Than])
        && (word + 2..word + 2 + JOINED).any(|word| words.is(word, &[Cue::Duration]))
}

/// Where the last opinion that was negated ends.
fn end_of(first: Option<(i32, usize)>) -> usize {
    first.map_or(0, |(_, end)| end)
}

/// Whether a negation applies to this kind of opinion. Of trouble it denies the existence ("never
/// had any problem"), not what is done about it ("did not solve the problem").
fn reaches(words: &Words, cue: &CueMatch, opinion: &Opinion) -> bool {
    let mut between = cue.words.end..opinion.words.start;
    opinion.kind != Kind::Trouble
        || between.len() <= REACH_OF_NO
            && between.all(|word| {
                words.is(
                    word,
                    &[
                        Cue::Determiner,
                        Cue::Copula,
                        Cue::Adverb,
                        Cue::More,
                        Cue::Preposition,
                    ],
                )
            })
}

/// Where a scope goes on behind a comma: behind an insertion, or at the next of a list.
fn behind_comma(
    words: &Words,
    opinions: &[Opinion],
    cue: &CueMatch,
    comma: usize,
    first: Option<(i32, usize)>,
) -> Option<usize> {
    let next = comma + 1;
    if first.is_some() {
        let is_list = at(opinions, next).next().is_some()
            && (next..(next + 4).min(words.len())).any(|word| words.is(word, &[Cue::Or]));
        return is_list.then_some(next);
    }
    let close = segment_end(words, next);
    let is_closed = close < words.len() && words.is_sign(close, b',') && close <= next + INSERTION;
    let starts_insertion =
        comma == cue.words.end || words.is(next, &[Cue::Preposition, Cue::If, Cue::Adverb]);
    (is_closed && starts_insertion).then_some(close + 1)
}

/// Negates what precedes a negation without an object: "courteous she was not", "the refund has not
/// arrived".
fn negate_before(words: &Words, opinions: &mut [Opinion], cue: &CueMatch) {
    let from = cue.words.start.saturating_sub(3);
    let is_last = (cue.words.end == words.len() || words.is_stop(cue.words.end))
        && (from..cue.words.start).any(|word| words.is(word, &[Cue::Pronoun]));
    let near = |o: &Opinion, most: usize| {
        o.words.end <= cue.words.start && o.words.end + most >= cue.words.start
    };
    let clean = |from: usize| {
        !(from..cue.words.start).any(|w| {
            words.is_stop(w) || words.is(w, &[Cue::Boundary, Cue::And]) || words.is_sign(w, b',')
        })
    };
    let last = opinions.iter().rposition(|o| {
        !o.is_dropped
            && match o.kind {
                Kind::Wanted => near(o, 4) && clean(o.words.end),
                Kind::Praise => is_last && near(o, 6) && clean(o.words.end),
                Kind::Blame | Kind::Trouble | Kind::Aspect => false,
            }
    });
    // "listened less than a machine"
    if words.is(cue.words.start, &[Cue::Less]) {
        let precedes =
            |o: &&mut Opinion| o.words.end == cue.words.start && o.direction() > 0 && !o.is_dropped;
        let praise = opinions.iter_mut().filter(precedes);
        praise.for_each(|opinion| opinion.is_negated = !opinion.is_negated);
        return;
    }
    let is_object = words.is(cue.words.start, &[Cue::Nothing])
        && (cue.words.end == words.len() || words.is_stop(cue.words.end));
    let to = |o: &Opinion| (o.words.end..cue.words.start).all(|w| words.is(w, &[Cue::Preposition]));
    let object_of = |o: &Opinion| !o.is_dropped && o.kind == Kind::Praise && near(o, 1) && to(o);
    let last = last.or_else(|| opinions.iter().rposition(|o| is_object && object_of(o)));
    let Some(last) = last else {
        denial::find_doubts(words, opinions, cue);
        return;
    };
    let span = opinions[last].words.clone();
    for opinion in opinions
        .iter_mut()
        .filter(|o| o.overlaps(&span) && o.direction() != 0)
    {
        opinion.is_negated = !opinion.is_negated;
    }
}

/// What could have been better was not good.
fn counterfactual(words: &Words, opinions: &mut [Opinion], cue: &CueMatch) {
    let start = cue.words.end;
    let end = segment_end(words, start).min(start + REACH);
    let comparative = (start..(start + 3).min(end)).any(|word| words.is(word, &[Cue::More]));
    if cue.cue == Cue::CouldBe && !comparative {
        return;
    }
    let stop = (start..end)
        .find(|word| words.is(*word, &[Cue::Boundary]))
        .unwrap_or(end);
    for opinion in opinions
        .iter_mut()
        .filter(|o| o.words.end > start && o.words.start < stop)
    {
        // "Could have been better" as a phrase is blame as it is.
        let is_phrase = opinion.words.start < start;
        if opinion.direction() < 0 && !is_phrase {
            opinion.is_dropped = true;
        } else if opinion.direction() > 0 {
            opinion.is_negated = true;
        }
    }
}
