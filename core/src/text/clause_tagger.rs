//! Theme mentions of a clause, by the words of a lexicon.
//!
//! The matches of the lexicon and the words of general praise and blame are the opinions of a
//! clause. Stage after stage decides what they say here: [`word_sense`], [`subject`],
//! [`assertion`], [`negation`], [`absence`], [`comparison`], [`change`], [`contrast`] and
//! [`irony`]. An aspect has the polarity of what is [attached](aspect) to it, or stays neutral.

use std::{borrow::Cow, ops::Range};

use super::{
    absence, aspect, assertion,
    calibration::{self, Evidence, Source},
    change,
    clauses::Clause,
    comparison, contrast,
    cues::Cue,
    irony,
    lexicon::{GeneralList, Lexicon, THEME_LISTS},
    matcher::{Haystack, ListMatch, matches_of},
    mention::{Polarity, ThemeMention},
    mood::{Mood, MoodEvidence},
    negation,
    normalise::fold_into,
    opinion::{Kind, Opinion, ThemeMatch, segment_end, segment_start},
    spelling, subject,
    taxonomy::Control,
    word_sense,
    words::{MoodMatch, Words},
};

/// Weight of the mood of other clauses beside that of the clause.
const OTHER_CLAUSES: f64 = 0.2;
/// Weight of the mood of a mention's sub-clause beside that of the clause.
const OWN_SEGMENT: f64 = 0.75;
/// Fewest words of a sub-clause that counts as a clause.
const LEAST_SEGMENT: usize = 3;
/// Most words of a clause whose sub-clauses count as clauses.
const SHORT_CLAUSE: usize = 12;
/// What the strength of blame is divided by that "never" or "nobody" negates in a short clause.
const TOTALLY_NEGATED: f64 = 2.3;
/// Most words of such a clause, and between the negation and the blame.
const SHORT: usize = 9;
const TOTAL: usize = 5;
/// Most words of a question that only names a theme: "any empathy?".
const NAME: usize = 2;
/// Strength of a theme's word, and of a word of an organisation's general lists.
const STRENGTH: i32 = 2;

/// Analyses clause after clause, reusing its memory.
pub struct ClauseTagger<'a> {
    lexicon: &'a Lexicon,
    folded: String,
    /// The same before misspellings were corrected, if there were any.
    written: String,
    text: Haystack,
    matches: Vec<ListMatch>,
    words: Words,
    opinions: Vec<Opinion>,
    /// Of each mention of a comment.
    evidence: Vec<Option<Evidence>>,
    /// Words of the sub-clause of each mention of a comment.
    segments: Vec<Range<usize>>,
    /// Praise less blame of the clause before.
    last: f64,
}

/// Polarity, evidence words, and evidence of a polarity of a theme.
type Judgement = (Polarity, String, Option<Evidence>);

/// What is read from a clause beside its mentions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClauseMood {
    pub mood: Mood,
    /// Words of praise less words of blame.
    pub balance: i32,
}

impl<'a> ClauseTagger<'a> {
    pub fn new(lexicon: &'a Lexicon) -> Self {
        Self {
            lexicon,
            folded: String::new(),
            written: String::new(),
            text: Haystack::default(),
            matches: Vec::new(),
            words: Words::default(),
            opinions: Vec::new(),
            evidence: Vec::new(),
            segments: Vec::new(),
            last: 0.0,
        }
    }

    /// Forgets the evidence and the mood of the last comment.
    pub fn begin(&mut self) {
        self.evidence.clear();
        self.segments.clear();
        self.last = 0.0;
    }

    /// Completes the probabilities of a comment's mentions, now that its mood is known. A polarity
    /// that is too uncertain becomes neutral.
    pub fn calibrate(
        &mut self,
        mood: Mood,
        of_comment: &MoodEvidence,
        mentions: &mut [ThemeMention],
    ) {
        let balance = mood.praise - mood.blame;
        for (evidence, mention) in self.evidence.iter_mut().zip(mentions) {
            if let Some(evidence) = evidence {
                let whole = if evidence.is_praise {
                    balance
                } else {
                    -balance
                };
                evidence.mood += (whole - evidence.mood) * OTHER_CLAUSES;
                let own = evidence.probability();
                mention.probability =
                    of_comment.adjusted(own, evidence.is_praise, evidence.by_agent);
                if mention.probability < calibration::GIVEN {
                    mention.polarity = Polarity::Neutral;
                    mention.probability = calibration::NAMED;
                }
            }
        }
    }

    /// Evidence of each mention since [`Self::begin`]; `None` without a polarity.
    pub fn found(&self) -> &[Option<Evidence>] {
        &self.evidence
    }

    /// Adds the mentions of a clause of a tidy, redacted comment; `number` is its position. Returns
    /// its mood.
    pub fn tag(
        &mut self,
        number: usize,
        clause: &Clause<'_>,
        mentions: &mut Vec<ThemeMention>,
    ) -> ClauseMood {
        fold_into(clause.text, &mut self.folded);
        leave_out_lost_emoji(&mut self.folded);
        if spelling::correct(&self.folded, &mut self.written) {
            std::mem::swap(&mut self.folded, &mut self.written);
        } else {
            self.written.clear();
        }
        self.text.set(&self.folded, self.lexicon.is_plain());
        self.lexicon.matcher().find(&self.text, &mut self.matches);
        self.words.set(&self.text);
        self.collect();
        if self.opinions.is_empty() {
            self.last = 0.0;
            return ClauseMood::default();
        }
        let (words, opinions) = (&self.words, &mut self.opinions);
        let themes = &self.lexicon.taxonomy().themes;
        let by_agent = |theme: usize| themes[theme].control != Control::Process;
        word_sense::drop_other_senses(words, opinions, by_agent);
        subject::drop_others(words, opinions, self.text.bytes(), by_agent);
        drop_mood_of_dropped(opinions);
        assertion::find_requests(clause, words, opinions);
        negation::negate(words, opinions);
        absence::find_absences(words, opinions);
        if clause.is_denied {
            for opinion in opinions.iter_mut() {
                match opinion.kind {
                    Kind::Praise | Kind::Wanted => opinion.is_negated = !opinion.is_negated,
                    // "Empathy? None."
                    Kind::Aspect if words.len() <= NAME => opinion.kind = Kind::Blame,
                    Kind::Aspect | Kind::Blame | Kind::Trouble => {}
                }
            }
        }
        if clause.is_refuted {
            // "It would not break, and it has not" agrees.
            let stated = |o: &&mut Opinion| o.direction() != 0 && !o.is_negated;
            for opinion in opinions.iter_mut().filter(stated) {
                opinion.is_negated = true;
                opinion.is_requested = false;
            }
        }
        comparison::compare(words, opinions);
        change::find_changes(words, opinions);
        contrast::find_exceptions(clause, self.last > 0.0, words, opinions);
        irony::find_irony(words, opinions);
        let first = self.evidence.len();
        self.mention(number, clause, mentions);
        let found = self.mood();
        let balance = found.mood.praise - found.mood.blame;
        for at in first..self.evidence.len() {
            let Some(segment) = self.segments.get(at).cloned() else {
                break;
            };
            let own = self.mood_within(&segment).mood;
            let weight = if self.words.len() <= SHORT_CLAUSE {
                1.0
            } else {
                OWN_SEGMENT
            };
            let near = balance + (own.praise - own.blame - balance) * weight;
            if let Some(evidence) = &mut self.evidence[at] {
                let near = if evidence.is_disputed { balance } else { near };
                let is_short = self.words.len() <= SHORT_CLAUSE && segment.len() >= LEAST_SEGMENT;
                if !evidence.is_disputed && is_short {
                    evidence.clause_words = evidence.clause_words.min(segment.len());
                }
                evidence.mood = if evidence.is_praise { near } else { -near };
            }
        }
        self.last = balance;
        found
    }

    /// Collects the opinions, in the order of the text.
    fn collect(&mut self) {
        let Self {
            lexicon,
            matches,
            words,
            opinions,
            ..
        } = self;
        opinions.clear();
        for found in &*matches {
            let (theme, list) = (found.list / THEME_LISTS, found.list % THEME_LISTS);
            if theme >= lexicon.taxonomy().themes.len() {
                break;
            }
            let kind = [
                Kind::Blame,
                Kind::Praise,
                Kind::Aspect,
                Kind::Wanted,
                Kind::Trouble,
            ][list];
            let theme = Some(ThemeMatch {
                theme,
                found: *found,
            });
            opinions.push(Opinion::new(
                words.within(found.range()),
                kind,
                theme,
                STRENGTH,
            ));
        }
        drop_overruled(opinions, is_contained);
        let themes = &lexicon.taxonomy().themes;
        let by_agent = |o: &Opinion| {
            o.theme_number()
                .is_some_and(|theme| is_agents(themes[theme].control))
        };
        drop_overruled(opinions, |other, o| {
            is_part_of_longer(other, o)
                || by_agent(other) && by_agent(o) && is_part_of_longer_praise(other, o)
        });
        let general = |list| matches_of(matches, lexicon.number(list));
        for (list, kind) in [
            (GeneralList::IdiomPositive, Kind::Praise),
            (GeneralList::IdiomNeutral, Kind::Aspect),
            (GeneralList::Intensifier, Kind::Aspect),
        ] {
            for found in general(list) {
                let span = words.within(found.range());
                words.cancel(&span);
                opinions.retain(|opinion| !opinion.overlaps(&span));
                opinions.push(Opinion::new(span, kind, None, STRENGTH));
            }
        }
        for found in words.mood() {
            if opinions
                .iter()
                .any(|o| o.theme.is_none() && o.overlaps(&found.words))
            {
                continue;
            }
            let kind = if found.strength > 0 {
                Kind::Praise
            } else {
                Kind::Blame
            };
            opinions.push(Opinion::new(
                found.words.clone(),
                kind,
                None,
                found.strength.abs(),
            ));
        }
        for (list, kind) in [
            (GeneralList::Negative, Kind::Blame),
            (GeneralList::Positive, Kind::Praise),
        ] {
            for found in general(list) {
                let span = words.within(found.range());
                if !opinions
                    .iter()
                    .any(|o| o.theme.is_none() && o.overlaps(&span))
                {
                    opinions.push(Opinion::new(span, kind, None, STRENGTH));
                }
            }
        }
        // "can't fault" is no fault, and "thanks for nothing" nothing for nothing.
        let phrases = || words.mood().iter().filter(|m| m.words.len() > 1);
        let contradicts = |o: &Opinion| {
            let within = |m: &&MoodMatch| {
                let opposes = match o.kind {
                    Kind::Blame => m.strength > 0,
                    Kind::Praise => m.strength < 0,
                    Kind::Aspect | Kind::Wanted | Kind::Trouble => false,
                };
                opposes && is_within(&o.words, &m.words) && o.words.len() < m.words.len()
            };
            o.theme.is_some() && phrases().any(|m| within(&m))
        };
        opinions.retain(|opinion| !contradicts(opinion));
        drop_overruled(opinions, is_general_inside_opposite);
        opinions.sort_by_key(|opinion| (opinion.words.start, opinion.words.end));
    }

    /// Adds a mention of each theme, in the order of the taxonomy.
    fn mention(&mut self, number: usize, clause: &Clause<'_>, mentions: &mut Vec<ThemeMention>) {
        let mut themes: Vec<usize> = self
            .opinions
            .iter()
            .filter_map(Opinion::theme_number)
            .collect();
        themes.sort_unstable();
        themes.dedup();
        for theme in themes {
            let Some((polarity, words, evidence)) = self.judge(theme) else {
                continue;
            };
            self.segments.push(self.segment_of(theme));
            let probability = match evidence {
                Some(evidence) => evidence.probability(),
                None if polarity == Polarity::Request => calibration::REQUESTED,
                None => calibration::NAMED,
            };
            self.evidence.push(evidence);
            mentions.push(ThemeMention {
                clause: number,
                clause_text: clause.text.to_owned(),
                theme: self.lexicon.taxonomy().themes[theme].id.clone(),
                polarity,
                words,
                probability,
            });
        }
    }

    /// The sub-clause of the words that decide about a theme.
    fn segment_of(&self, theme: usize) -> Range<usize> {
        let of_theme = |o: &&Opinion| !o.is_dropped && o.theme_number() == Some(theme);
        let own = self.opinions.iter().filter(of_theme);
        let deciding = own.clone().find(|o| o.sign() < 0);
        let deciding = deciding.or_else(|| own.clone().find(|o| o.sign() > 0));
        let word = deciding.or_else(|| own.clone().next());
        let word = word.map_or(0, |o| o.words.start);
        segment_start(&self.words, word)..segment_end(&self.words, word)
    }

    /// Polarity, evidence words and evidence of a theme.
    fn judge(&self, theme: usize) -> Option<Judgement> {
        let own = |o: &&Opinion| !o.is_dropped && o.theme_number() == Some(theme);
        let opinions: Vec<&Opinion> = self.opinions.iter().filter(own).collect();
        let of = |sign: i32| -> Vec<&Opinion> {
            let same = opinions.iter().filter(|o| o.sign() == sign);
            same.copied().collect()
        };
        let (praise, blame) = (of(1), of(-1));
        let is_praise = blame.is_empty();
        let deciding = if is_praise { &praise } else { &blame };
        let Some(first) = deciding.first() else {
            return self.judge_aspects(&opinions);
        };
        if deciding.iter().all(|o| o.is_doubtful) {
            return Some((Polarity::Neutral, self.evidence(first), None));
        }
        let source = match (first.is_negated || first.is_reversed, first.kind) {
            (false, _) => Source::Word,
            (true, Kind::Praise) => Source::Negated,
            (true, Kind::Wanted) => Source::Missing,
            (true, _) => Source::NegatedTrouble,
        };
        let words: Vec<String> = deciding.iter().map(|o| self.evidence(o)).collect();
        let evidence = self.weigh(source, is_praise, deciding, !praise.is_empty());
        let polarity = if is_praise {
            Polarity::Positive
        } else {
            Polarity::Negative
        };
        Some((polarity, words.join(", "), Some(evidence)))
    }

    fn is_by_agent(&self, opinion: &Opinion) -> bool {
        opinion
            .theme
            .is_some_and(|found| is_agents(self.lexicon.taxonomy().themes[found.theme].control))
    }

    /// Whether a phrase of praise or blame is that of another theme, of what agents do: "wrong
    /// information about the refund" says nothing about refunds.
    fn is_of_agent(&self, phrase: &Opinion, aspect: &Opinion) -> bool {
        let is_other = |o: &Opinion| {
            o.theme_number() != aspect.theme_number()
                && self.is_by_agent(o)
                && is_within(&phrase.words, &o.words)
        };
        phrase.words.len() > 1 && self.opinions.iter().any(is_other)
    }

    fn weigh(
        &self,
        source: Source,
        is_praise: bool,
        deciding: &[&Opinion],
        praised: bool,
    ) -> Evidence {
        let mut asking = self.words.cues(&[Cue::Request, Cue::Wish, Cue::WouldHelp]);
        let phrases = deciding.iter().map(|o| o.words.len());
        Evidence {
            source,
            is_praise,
            further_words: deciding.len() - 1,
            is_disputed: praised && !is_praise,
            clause_words: self.words.len(),
            phrase_words: phrases.max().unwrap_or(1),
            by_agent: deciding.iter().any(|o| self.is_by_agent(o)),
            is_asking: asking.next().is_some(),
            mood: 0.0,
        }
    }

    fn judge_aspects(&self, opinions: &[&Opinion]) -> Option<Judgement> {
        let requested = opinions.iter().find(|o| o.is_requested);
        if let Some(requested) = requested {
            return Some((Polarity::Request, self.evidence(requested), None));
        }
        let is_name = |o: &&&Opinion| {
            let is_trouble = o.kind == Kind::Trouble && !o.is_negated;
            is_trouble || matches!(o.kind, Kind::Aspect | Kind::Wanted)
        };
        let named: Vec<&&Opinion> = opinions.iter().filter(is_name).collect();
        for aspect in &named {
            let attached = aspect::attached(&self.words, &self.opinions, aspect);
            let own = |(_, at): &(i32, usize)| !self.is_of_agent(&self.opinions[*at], aspect);
            if let Some((sign, at)) = attached.filter(own) {
                let (name, word) = (self.evidence(aspect), self.evidence(&self.opinions[at]));
                let words = if self.opinions[at].words.start < aspect.words.start {
                    format!("{word} {name}")
                } else {
                    format!("{name}, {word}")
                };
                let evidence = self.weigh(Source::Attached, sign > 0, &[**aspect], false);
                return Some((Polarity::of_mood(sign), words, Some(evidence)));
            }
        }
        let any = named.first().copied().or(opinions.first())?;
        Some((Polarity::Neutral, self.evidence(any), None))
    }

    fn evidence(&self, opinion: &Opinion) -> String {
        let part = match opinion.theme {
            Some(found) => found.found.range(),
            None => self.words.part(opinion.words.clone()),
        };
        let words = if self.written.is_ascii() && !self.written.is_empty() {
            let part = spelling::as_written(&self.folded, &self.written, part);
            Cow::Borrowed(self.written.get(part).unwrap_or_default())
        } else {
            self.text.slice(&self.folded, part)
        };
        if opinion.is_negated {
            format!("not {words}")
        } else {
            words.into_owned()
        }
    }

    /// Whether a negation of all negates an opinion in a short clause: "nothing went wrong".
    fn is_total(&self, opinion: &Opinion) -> bool {
        let before = opinion.words.start.saturating_sub(TOTAL)..opinion.words.start;
        self.words.len() <= SHORT
            && before
                .into_iter()
                .any(|word| self.words.is(word, &[Cue::Total]))
    }

    fn mood(&self) -> ClauseMood {
        self.mood_within(&(0..self.words.len()))
    }

    /// The mood of the opinions that begin within some words.
    fn mood_within(&self, within: &Range<usize>) -> ClauseMood {
        let mut all = ClauseMood::default();
        for (at, opinion) in self.opinions.iter().enumerate() {
            if !within.contains(&opinion.words.start) {
                continue;
            }
            if opinion.is_requested && !opinion.is_dropped {
                all.mood.requests += 1.0;
            }
            // The general word for the same words has the better strength.
            let counted = |o: &Opinion| {
                o.sign() != 0
                    && (o.theme.is_none() || opinion.theme.is_some())
                    && o.overlaps(&opinion.words)
            };
            let twice = self.opinions.iter().enumerate().any(|(other, o)| {
                other != at
                    && counted(o)
                    && (opinion.theme.is_some() && o.theme.is_none() || other < at)
            });
            if opinion.sign() == 0 || twice {
                continue;
            }
            // "Not rude" is weaker than "polite".
            let is_negated_blame = opinion.direction() < 0 && opinion.sign() > 0;
            let weight = f64::from(opinion.strength)
                / match (is_negated_blame, self.is_total(opinion)) {
                    (false, _) => 2.0,
                    (true, true) => TOTALLY_NEGATED,
                    (true, false) => 4.0,
                };
            let is_process = opinion.theme.is_some_and(|found| {
                self.lexicon.taxonomy().themes[found.theme].control == Control::Process
            });
            let is_half = is_process || opinion.is_doubtful;
            let weight = if is_half { weight / 2.0 } else { weight };
            if opinion.sign() > 0 {
                all.mood.praise += weight;
            } else {
                all.mood.blame += weight;
            }
            all.balance += opinion.sign() * i32::from(opinion.strength >= STRENGTH);
        }
        all
    }
}

/// Whether a theme is the agent's own behaviour.
fn is_agents(control: Control) -> bool {
    matches!(control, Control::Agent | Control::AgentWithTraining)
}

/// Leaves out the question marks that stand for an emoji inside a clause: "polite ?? and patient".
fn leave_out_lost_emoji(folded: &mut String) {
    while let Some(at) = folded.find(" ??") {
        let marks = folded[at + 1..].bytes().take_while(|b| *b == b'?').count();
        folded.replace_range(at..at + 1 + marks, "");
    }
}

/// Keeps the opinions that no other one overrules.
fn drop_overruled(opinions: &mut Vec<Opinion>, overrules: impl Fn(&Opinion, &Opinion) -> bool) {
    let all = opinions.iter();
    let is_kept = |o: &Opinion| !opinions.iter().any(|other| overrules(other, o));
    let mut keep = all.map(is_kept).collect::<Vec<bool>>().into_iter();
    opinions.retain(|_| keep.next().unwrap_or(true));
}

/// Whether `o` is a match of a theme inside a stronger match of the theme: "listen" in "did not
/// listen".
fn is_contained(other: &Opinion, o: &Opinion) -> bool {
    let rank = |kind| match kind {
        Kind::Blame => 0,
        Kind::Praise => 1,
        Kind::Trouble => 2,
        Kind::Wanted => 3,
        Kind::Aspect => 4,
    };
    other.theme_number() == o.theme_number()
        && rank(other.kind) < rank(o.kind)
        && other.overlaps(&o.words)
}

/// Whether `o` is part of a longer phrase of another theme: "available" in "size not available" is
/// about the product. Praise is only part of blame: "quickly" in "drains quickly".
fn is_part_of_longer(other: &Opinion, o: &Opinion) -> bool {
    other.theme_number() != o.theme_number()
        && is_within(&o.words, &other.words)
        && o.words.len() < other.words.len()
        && match o.kind {
            Kind::Wanted | Kind::Blame | Kind::Trouble => true,
            Kind::Praise => other.kind == Kind::Blame,
            Kind::Aspect => false,
        }
}

/// Whether `o` is praise inside much longer praise of another theme: "professional" in "a
/// professional manner".
fn is_part_of_longer_praise(other: &Opinion, o: &Opinion) -> bool {
    other.theme_number() != o.theme_number()
        && (o.kind == Kind::Praise && other.kind == Kind::Praise)
        && is_within(&o.words, &other.words)
        && o.words.len() + 2 <= other.words.len()
}

/// Whether `o` is general blame inside a theme's praise, or praise inside blame: "complaint" in
/// "handled the complaint well", "quickly" in "drains quickly".
fn is_general_inside_opposite(other: &Opinion, o: &Opinion) -> bool {
    let is_opposite = matches!(
        (other.kind, o.kind),
        (Kind::Praise, Kind::Blame) | (Kind::Blame, Kind::Praise)
    );
    (o.theme.is_none() && other.theme.is_some() && is_opposite)
        && is_within(&o.words, &other.words)
        && (other.words.start < o.words.start || other.words == o.words)
}

fn is_within(words: &Range<usize>, span: &Range<usize>) -> bool {
    span.start <= words.start && words.end <= span.end
}

/// Drops the general word for words that turned out to be about nobody here.
fn drop_mood_of_dropped(opinions: &mut [Opinion]) {
    for at in 0..opinions.len() {
        let same =
            |o: &Opinion| o.theme.is_some() && o.is_dropped && o.overlaps(&opinions[at].words);
        if opinions[at].theme.is_none() && opinions.iter().any(same) {
            opinions[at].is_dropped = true;
        }
    }
}
