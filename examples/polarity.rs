//! Polarity against people's judgement: gold clauses by phenomenon, further clauses, files with
//! ratings, and the coefficients that fit them best.
//!
//! ```sh
//! cargo run --release --example polarity                          # gold clauses to develop with
//! cargo run --release --example polarity -- held_out              # the third set aside
//! cargo run --release --example polarity -- develop reviews.csv   # and files with columns rating, text
//! cargo run --release --example polarity -- judged                # what the comment's score adds
//! ```
//!
//! Ratings are means of several people, negative to positive; those below 0.5 in size have no
//! polarity. The coefficients are those of `text::calibration` and `text::mood`: logistic
//! regressions on the mentions of gold clauses and of rated texts, and on the moods of rated texts.

use std::{collections::BTreeMap, error::Error, io::Write};

use rapport::text::{
    calibration::{Evidence, FEATURES},
    lexicon::Lexicon,
    mention::{Polarity, ThemeMention},
    normalise::tidy,
    tagger::LexiconTagger,
};

/// Ratings smaller than this have no polarity.
const POLAR: f64 = 0.5;

/// Weight of a mention in a rated text, beside that of a gold clause: the rating is of the text.
const RATED: f64 = 0.5;

/// Precision of the normal prior of what a score adds, in log odds.
const PRIOR: f64 = 0.5;

/// A predictor row, whether the event happened, and its weight.
type Row = (Vec<f64>, bool, f64);

/// Clauses read right, wrong, and all.
#[derive(Default)]
struct Count {
    right: usize,
    wrong: usize,
    all: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let set = args.next().unwrap_or_else(|| "develop".to_owned());
    let mut out = std::io::stdout().lock();
    if set == "judged" {
        return judged_with_scores(&mut out);
    }
    let (mut mentions, mut moods) = (Vec::new(), Vec::new());
    gold(&set, &mut mentions, &mut out)?;
    for file in [
        "mixed_clauses.csv",
        "varied_clauses.csv",
        "later_clauses.csv",
    ] {
        further(file, &set, &mut out)?;
    }
    reliability("gold clauses", &mentions, &mut out)?;
    let of_gold = mentions.len();
    for file in args {
        rated(&file, &mut mentions, &mut moods, &mut out)?;
    }
    reliability("all", &mentions, &mut out)?;
    let rows: Vec<Row> = mentions
        .into_iter()
        .enumerate()
        .map(|(at, (row, right, _))| (row, right, if at < of_gold { 1.0 } else { RATED }))
        .collect();
    writeln!(out, "mention coefficients {:.2?}", fit(&rows))?;
    if !moods.is_empty() {
        writeln!(out, "mood coefficients {:.2?}", fit(&moods))?;
    }
    Ok(())
}

/// Features of a mention, whether it is right, and its probability.
type Judged = (Vec<f64>, bool, f64);

/// Judges a mention, also where its polarity was too uncertain to be given.
fn judgement(evidence: &Evidence, expected: Option<Polarity>) -> Judged {
    let polarity = if evidence.is_praise {
        Polarity::Positive
    } else {
        Polarity::Negative
    };
    let features = evidence.features().to_vec();
    (features, Some(polarity) == expected, evidence.probability())
}

fn gold(set: &str, judged: &mut Vec<Judged>, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut tagger = LexiconTagger::new(Lexicon::shipped());
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut neither: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut found: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for row in csv::Reader::from_path("tests/data/gold_clauses.csv")?.records() {
        let row = row?;
        let (text, theme, phenomenon) = (tidy(&row[1]), &row[2], &row[4]);
        if &row[5] != set {
            continue;
        }
        let expected = Polarity::parse(&row[3]);
        let comment = tagger.tag(&text, None);
        let (mut positive, mut negative) = (false, false);
        if theme == "general" {
            let mood = comment.sentiment.is_positive();
            positive = mood.is_some_and(|(positive, _)| positive);
            negative = mood.is_some_and(|(positive, _)| !positive);
        }
        for (mention, evidence) in comment.mentions.iter().zip(tagger.evidence()) {
            if mention.theme != theme {
                continue;
            }
            positive |= mention.polarity == Polarity::Positive;
            negative |= mention.polarity == Polarity::Negative;
            let right = Some(mention.polarity) == expected;
            if let Some(evidence) = evidence {
                judged.push(judgement(evidence, expected));
            }
            if mention.polarity.mood() != 0 {
                let count = found.entry(mention.polarity.as_str()).or_default();
                count[0] += usize::from(right);
                count[1] += 1;
            } else {
                let count = neither.entry(mention.polarity.as_str()).or_default();
                count[0] += usize::from(right);
                count[1] += 1;
            }
        }
        let (right, wrong) = match expected {
            Some(Polarity::Positive) => (positive && !negative, negative),
            Some(Polarity::Negative) => (negative && !positive, positive),
            _ => (!positive && !negative, positive || negative),
        };
        for key in [phenomenon, "all"] {
            let count = counts.entry(key.to_owned()).or_default();
            count.right += usize::from(right);
            count.wrong += usize::from(wrong);
            count.all += 1;
        }
    }
    writeln!(out, "{:20} {:>5} {:>6} {:>6}", set, "n", "right", "wrong")?;
    for (key, Count { right, wrong, all }) in counts {
        let share = |n: usize| n as f64 / all as f64;
        writeln!(
            out,
            "{key:20} {all:5} {:6.3} {:6.3}",
            share(right),
            share(wrong)
        )?;
    }
    for (polarity, [right, all]) in found.into_iter().chain(neither) {
        let share = right as f64 / all as f64;
        writeln!(out, "{polarity}: {share:.3} of {all} mentions are right")?;
    }
    Ok(())
}

/// Prints shares of the further clauses of a set: right, wrong, and with the opposite polarity.
fn further(file: &str, set: &str, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut tagger = LexiconTagger::new(Lexicon::shipped());
    let (mut count, mut opposite) = (Count::default(), 0);
    for row in csv::Reader::from_path(format!("tests/data/{file}"))?.records() {
        let row = row?;
        let theme = &row[2];
        if &row[5] != set {
            continue;
        }
        let expected = Polarity::parse(&row[3]).map_or(0, Polarity::mood);
        let comment = tagger.tag(&tidy(&row[1]), None);
        let has = |polarity: Polarity| {
            let is_mood = comment
                .clear_mood()
                .is_some_and(|(mood, _)| mood == polarity);
            let of_theme = |m: &&ThemeMention| theme == "any" || m.theme == theme;
            let mut mentions = comment.mentions.iter().filter(of_theme);
            let is_mention = mentions.any(|m| m.polarity == polarity);
            matches!(theme, "general" | "any") && is_mood || theme != "general" && is_mention
        };
        let (positive, negative) = (has(Polarity::Positive), has(Polarity::Negative));
        let read = i32::from(positive) - i32::from(negative);
        let is_wrong = match expected {
            1 => negative,
            -1 => positive,
            _ => positive || negative,
        };
        count.all += 1;
        count.right += usize::from(!is_wrong && read == expected);
        count.wrong += usize::from(is_wrong);
        opposite += usize::from(is_wrong && expected != 0);
    }
    if count.all > 0 {
        let share = |n: usize| n as f64 / count.all as f64;
        writeln!(
            out,
            "{file}, {set}: {} clauses, right {:.3}, wrong {:.3}, opposite {:.3}",
            count.all,
            share(count.right),
            share(count.wrong),
            share(opposite)
        )?;
    }
    Ok(())
}

fn rated(
    file: &str,
    judged: &mut Vec<Judged>,
    moods: &mut Vec<Row>,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut tagger = LexiconTagger::new(Lexicon::shipped());
    let mut reader = csv::Reader::from_path(file)?;
    let place = |name: &str, header: &csv::StringRecord| header.iter().position(|h| h == name);
    let header = reader.headers()?.clone();
    let columns = place("rating", &header).zip(place("text", &header));
    let (rating, text) = columns.ok_or("columns rating and text")?;
    let (mut polar, mut praise, mut blame) = (0, [0; 2], [0; 2]);
    for row in reader.records() {
        let row = row?;
        let rating: f64 = row[rating].parse()?;
        if rating.abs() < POLAR {
            continue;
        }
        polar += 1;
        let comment = tagger.tag(&tidy(&row[text]), None);
        let expected = if rating > 0.0 {
            Polarity::Positive
        } else {
            Polarity::Negative
        };
        let evidence = tagger.evidence().iter().flatten();
        judged.extend(evidence.map(|evidence| judgement(evidence, Some(expected))));
        let mood = comment.sentiment;
        if mood.praise + mood.blame > 0.0 {
            moods.push((mood.features().to_vec(), rating > 0.0, 1.0));
        }
        if let Some((positive, _)) = mood.is_positive() {
            let count = if positive { &mut praise } else { &mut blame };
            count[0] += usize::from(positive == (rating > 0.0));
            count[1] += 1;
        }
    }
    let given = praise[1] + blame[1];
    let share = |right: usize, all: usize| right as f64 / all as f64;
    writeln!(
        out,
        "{file}: {polar} polar texts, mood given for {:.3}; right {:.3}, praise {:.3}, blame {:.3}",
        share(given, polar),
        share(praise[0] + blame[0], given),
        share(praise[0], praise[1]),
        share(blame[0], blame[1]),
    )?;
    Ok(())
}

/// Log odds by which the words' probabilities of mentions must move to fit a reader's judgement, by
/// polarity, whether the theme is the agent's own behaviour and whether the comment's score is
/// good, with their standard errors.
fn judged_with_scores(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut cells: BTreeMap<[String; 3], Vec<(f64, f64)>> = BTreeMap::new();
    for row in csv::Reader::from_path("tests/data/judged_mentions.csv")?.records() {
        let row = row?;
        let probability: f64 = row[2].parse()?;
        let odds = (probability / (1.0 - probability)).ln();
        for by_agent in [&row[1], "all"] {
            let cell = [&row[0], by_agent, &row[3]].map(str::to_owned);
            let right = f64::from(&row[4] == "1");
            cells.entry(cell).or_default().push((odds, right));
        }
    }
    for ([polarity, by_agent, good], mentions) in cells {
        let (mut shift, mut information) = (0.0, PRIOR);
        for _ in 0..30 {
            let mut gradient = -PRIOR * shift;
            information = PRIOR;
            for (odds, right) in &mentions {
                let p = 1.0 / (1.0 + (-odds - shift).exp());
                gradient += right - p;
                information += p * (1.0 - p);
            }
            shift += gradient / information;
        }
        let error = information.powf(-0.5);
        let (all, right) = (
            mentions.len(),
            mentions.iter().filter(|m| m.1 > 0.0).count(),
        );
        writeln!(
            out,
            "{polarity}, by agent {by_agent}, good {good}: {right} of {all} right, {shift:.2} (s.e. {error:.2})"
        )?;
    }
    Ok(())
}

/// Prints how many mentions with a probability about .6, .7, .8, .9 and 1 are right.
fn reliability(of: &str, judged: &[Judged], out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut bins: BTreeMap<u32, (usize, f64, usize)> = BTreeMap::new();
    for (_, right, probability) in judged {
        let bin = bins.entry((probability * 20.0).floor() as u32).or_default();
        *bin = (bin.0 + usize::from(*right), bin.1 + probability, bin.2 + 1);
    }
    writeln!(out, "reliability, {of}: probability, share right, mentions")?;
    for (right, probability, all) in bins.into_values() {
        let (mean, share) = (probability / all as f64, right as f64 / all as f64);
        writeln!(out, "  {mean:.3} {share:.3} {all}")?;
    }
    Ok(())
}

/// Logistic regression by Newton's method, with a penalty of half the squared coefficients.
fn fit(rows: &[Row]) -> Vec<f64> {
    let width = rows.first().map_or(FEATURES, |(row, ..)| row.len());
    let mut weights = vec![0.0; width];
    for _ in 0..30 {
        let mut gradient: Vec<f64> = weights.iter().map(|w| -w).collect();
        let mut hessian = vec![vec![0.0; width]; width];
        (0..width).for_each(|i| hessian[i][i] = 1.0);
        for (row, happened, weight) in rows {
            let odds: f64 = row.iter().zip(&weights).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + (-odds).exp());
            for i in 0..width {
                gradient[i] += weight * row[i] * (f64::from(*happened) - p);
                for j in 0..width {
                    hessian[i][j] += weight * row[i] * row[j] * p * (1.0 - p);
                }
            }
        }
        let step = solve(hessian, gradient);
        weights.iter_mut().zip(step).for_each(|(w, s)| *w += s);
    }
    weights
}

/// Solves a positive definite system by elimination.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for i in 0..n {
        let (done, rest) = matrix.split_at_mut(i + 1);
        let (pivot, known) = (&done[i], right[i]);
        for (row, value) in rest.iter_mut().zip(&mut right[i + 1..]) {
            let factor = row[i] / pivot[i];
            row.iter_mut()
                .zip(pivot)
                .for_each(|(x, p)| *x -= factor * p);
            *value -= factor * known;
        }
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    right
}
