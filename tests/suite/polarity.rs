//! Polarity of theme mentions against clauses that people judged (`tests/data/README.md`).

use std::path::Path;

use rapport::text::{
    lexicon::Lexicon,
    mention::{Polarity, ThemeMention},
    normalise::tidy,
    tagger::{LexiconTagger, tag},
};

struct Gold {
    text: String,
    theme: String,
    polarity: Option<Polarity>,
    held_out: bool,
}

/// The clauses of `gold_clauses.csv` or `mixed_clauses.csv`.
fn gold(file: &str) -> Vec<Gold> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut reader = csv::Reader::from_path(folder.join(file)).expect("gold clauses");
    let row = |row: csv::StringRecord| Gold {
        text: row[1].to_owned(),
        theme: row[2].to_owned(),
        polarity: Polarity::parse(&row[3]),
        held_out: &row[5] == "held_out",
    };
    reader.records().map(|r| row(r.expect("row"))).collect()
}

/// Shares of the gold clauses of one set that are read right and wrong; the rest is not read.
fn shares(file: &str, held_out: bool) -> (f64, f64) {
    let mut tagger = LexiconTagger::new(Lexicon::shipped());
    let (mut all, mut right, mut wrong) = (0.0, 0.0, 0.0);
    for gold in gold(file).iter().filter(|g| g.held_out == held_out) {
        let comment = tagger.tag(&tidy(&gold.text), None);
        let has = |p| match gold.theme.as_str() {
            "general" => comment.clear_mood().is_some_and(|(mood, _)| mood == p),
            theme => {
                let mut mentions = comment.mentions.iter();
                mentions.any(|m| m.theme == theme && m.polarity == p)
            }
        };
        let (positive, negative) = (has(Polarity::Positive), has(Polarity::Negative));
        all += 1.0;
        match gold.polarity {
            Some(Polarity::Positive) if negative => wrong += 1.0,
            Some(Polarity::Negative) if positive => wrong += 1.0,
            Some(Polarity::Positive) => right += f64::from(positive),
            Some(Polarity::Negative) => right += f64::from(negative),
            _ if positive || negative => wrong += 1.0,
            _ => right += 1.0,
        }
    }
    (right / all, wrong / all)
}

#[test]
fn gold_clauses_are_read() {
    for held_out in [false, true] {
        let (right, wrong) = shares("gold_clauses.csv", held_out);
        assert!(right > 0.85 && wrong < 0.03, "{right} right, {wrong} wrong");
    }
}

#[test]
fn mixed_clauses_are_read() {
    for held_out in [false, true] {
        let (right, wrong) = shares("mixed_clauses.csv", held_out);
        let least = if held_out { 0.75 } else { 0.93 };
        assert!(
            right > least && wrong < 0.06,
            "{right} right, {wrong} wrong"
        );
    }
}

/// Clauses by an author who knew the stages but not the words that they look for.
#[test]
fn varied_clauses_are_read() {
    for held_out in [false, true] {
        let (right, wrong) = shares("varied_clauses.csv", held_out);
        let least = if held_out { 0.68 } else { 0.8 };
        assert!(
            right > least && wrong < 0.06,
            "{right} right, {wrong} wrong"
        );
    }
}

/// Share of right mentions by reported probability: in each tenth it is at most two standard errors
/// below the mean probability. The clauses have fewer words than comments and are
/// read better, so that it may be three and .06 above.
#[test]
fn probabilities_are_calibrated() {
    let mut tagger = LexiconTagger::new(Lexicon::shipped());
    let mut tenths = vec![(0.0, 0.0, 0.0); 10];
    for gold in gold("gold_clauses.csv").iter().filter(|g| !g.held_out) {
        for mention in tagger.tag(&tidy(&gold.text), None).mentions {
            if mention.theme != gold.theme || mention.polarity.mood() == 0 {
                continue;
            }
            let tenth = &mut tenths[(mention.probability * 10.0) as usize];
            tenth.0 += mention.probability;
            tenth.1 += f64::from(Some(mention.polarity) == gold.polarity);
            tenth.2 += 1.0;
        }
    }
    for (probability, right, n) in tenths.into_iter().filter(|t| t.2 >= 30.0) {
        let (mean, share) = (probability / n, right / n);
        let error = (mean * (1.0 - mean) / n).sqrt();
        assert!(
            mean - share <= 2.0 * error && share - mean <= 3.0 * error + 0.06,
            "{share:.3} of {n} mentions with {mean:.3} are right"
        );
    }
}

/// Mentions in the clauses set aside that are sure enough to be printed are right.
#[test]
fn sure_mentions_of_clauses_set_aside_are_right() {
    let mut tagger = LexiconTagger::new(Lexicon::shipped());
    for (least, below) in [(0.9, 0.95), (0.95, 1.0)] {
        let (mut all, mut right) = (0, 0);
        for gold in gold("gold_clauses.csv").iter().filter(|g| g.held_out) {
            let mentions = tagger.tag(&tidy(&gold.text), None).mentions;
            let sure = |m: &&ThemeMention| {
                m.theme == gold.theme
                    && m.polarity.mood() != 0
                    && (least..below).contains(&m.probability)
            };
            for mention in mentions.iter().filter(sure) {
                all += 1;
                right += usize::from(Some(mention.polarity) == gold.polarity);
            }
        }
        let share = f64::from(right as u32) / f64::from(all as u32);
        assert!(
            all >= 80 && share >= least,
            "{right} of {all} from {least} on"
        );
    }
}

/// The probability of the only mention of a theme, if it has this polarity.
fn probability(text: &str, good: Option<bool>, theme: &str, polarity: Polarity) -> f64 {
    let mentions = tag(&tidy(text), good, Lexicon::shipped()).mentions;
    let mut found = mentions.iter().filter(|m| m.theme == theme);
    let found = found.find(|m| m.polarity == polarity);
    found.map_or(0.0, |m| m.probability)
}

#[test]
fn plain_clauses_that_the_score_supports_are_sure() {
    use Polarity::{Negative, Positive};
    for (text, theme, polarity) in [
        ("I was on hold for an hour", "access", Negative),
        ("my problem is still not solved", "resolution", Negative),
        ("they did not help me", "resolution", Negative),
        ("I received the wrong product", "product", Negative),
        ("explained everything clearly", "clarity", Positive),
        ("she was very polite", "courtesy", Positive),
        ("he solved my problem quickly", "resolution", Positive),
    ] {
        let with = |good| probability(text, good, theme, polarity);
        let supports = polarity == Positive;
        let (supported, alone, against) = (with(Some(supports)), with(None), with(Some(!supports)));
        assert!(supported >= 0.95, "{text}: {supported}");
        assert!(
            supported >= alone && alone >= against && supported > against,
            "{text}: {supported} {alone} {against}"
        );
    }
}

#[test]
fn an_apology_given_repeatedly_is_no_hand_off() {
    for text in [
        "all of them say sorry repeatedly",
        "she apologised repeatedly",
    ] {
        assert_eq!(themes(text, Polarity::Negative), [""; 0], "{text}");
    }
    assert_eq!(
        themes("I had to call repeatedly", Polarity::Negative),
        ["handoffs"]
    );
}

/// Sentences in the style of reviews of restaurants and laptops, tweets to airlines and remarks to
/// telephone companies, written before the words of praise and blame were extended.
#[test]
fn sentences_of_other_trades_are_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/unseen_sentences.csv");
    let mut reader = csv::Reader::from_path(path).expect("sentences");
    let mut tagger = LexiconTagger::new(Lexicon::shipped());
    let (mut all, mut given, mut right) = (0.0, 0.0, 0.0);
    for row in reader.records().map(|row| row.expect("row")) {
        all += 1.0;
        if let Some((mood, _)) = tagger.tag(&tidy(&row[3]), None).clear_mood() {
            given += 1.0;
            right += f64::from(Some(mood) == Polarity::parse(&row[2]));
        }
    }
    assert!(given / all > 0.5, "{given} of {all}");
    assert!(right / given > 0.93, "{right} of {given}");
}

/// Themes spoken of with this polarity.
fn themes(text: &str, polarity: Polarity) -> Vec<String> {
    let mentions = tag(&tidy(text), None, Lexicon::shipped()).mentions;
    let of = mentions.into_iter().filter(|m| m.polarity == polarity);
    of.map(|m| m.theme).collect()
}

#[test]
fn requests_are_told_apart() {
    for text in [
        "please be polite",
        "should be more polite",
        "I wish they were polite",
        "if you were polite I would come back",
        "a polite word would help",
    ] {
        assert_eq!(themes(text, Polarity::Request), ["courtesy"], "{text}");
    }
    assert_eq!(
        themes("must say he was polite", Polarity::Positive),
        ["courtesy"]
    );
}

#[test]
fn negations_reach_over_insertions_and_lists() {
    for text in [
        "she was not, despite three reminders, polite",
        "not helpful, friendly or polite",
        "less than polite",
        "polite? no",
        "courteous she was not",
        "could have been more polite",
    ] {
        assert_eq!(themes(text, Polarity::Positive), [""; 0], "{text}");
        assert!(
            themes(text, Polarity::Negative).contains(&"courtesy".to_owned()),
            "{text}"
        );
    }
    for text in [
        "nobody could have been more polite",
        "not only polite",
        "never rude",
        "she was not impolite",
        "without a doubt polite",
    ] {
        assert_eq!(themes(text, Polarity::Negative), [""; 0], "{text}");
        assert_eq!(themes(text, Polarity::Positive), ["courtesy"], "{text}");
    }
}

/// Polarity of each mention, without neutral ones.
fn told(text: &str) -> Vec<(String, Polarity)> {
    let mentions = tag(&tidy(text), None, Lexicon::shipped()).mentions;
    let told = mentions.into_iter().filter(|m| m.polarity.mood() != 0);
    told.map(|m| (m.theme, m.polarity)).collect()
}

/// Asserts that each text speaks of its theme with this polarity, and of no theme with the
/// opposite.
fn all_are(polarity: Polarity, texts: &[(&str, &str)]) {
    for (text, theme) in texts {
        let told = told(text);
        assert!(
            told.contains(&((*theme).to_owned(), polarity))
                && told.iter().all(|(_, p)| *p == polarity),
            "{text}: {told:?}"
        );
    }
}

#[test]
fn praise_that_is_mocked_is_blame() {
    let blame = [
        ("so much for polite staff", "courtesy"),
        ("yeah right, very polite", "courtesy"),
        ("oh great, the app crashed again", "digital"),
        ("fantastic, another hour on hold", "access"),
        ("love how nobody answers the phone", "access"),
    ];
    all_are(Polarity::Negative, &blame);
    let praise = [
        ("great, she was polite", "courtesy"),
        ("wonderful, solved in five minutes", "resolution"),
        ("love how polite they are", "courtesy"),
    ];
    all_are(Polarity::Positive, &praise);
}

#[test]
fn what_was_so_before_is_not_so_now() {
    let blame = [
        ("you used to be polite", "courtesy"),
        ("no longer polite", "courtesy"),
        ("polite at first, then rude", "courtesy"),
        ("in the past they were polite", "courtesy"),
    ];
    all_are(Polarity::Negative, &blame);
    let praise = [
        ("used to be rude, now very polite", "courtesy"),
        ("at first rude, later polite", "courtesy"),
        ("I am used to polite staff", "courtesy"),
    ];
    all_are(Polarity::Positive, &praise);
}

#[test]
fn praise_of_others_is_blame() {
    let blame = [
        ("my old bank was friendlier", "warmth"),
        ("other shops are cheaper", "billing"),
        ("I have seen friendlier staff", "warmth"),
        ("not as polite as last time", "courtesy"),
    ];
    all_are(Polarity::Negative, &blame);
    let praise = [
        ("friendlier than my old bank", "warmth"),
        ("cheaper than other shops", "billing"),
        ("unlike my old bank, they were polite", "courtesy"),
        ("nobody is as polite as she was", "courtesy"),
    ];
    all_are(Polarity::Positive, &praise);
}

#[test]
fn what_is_absent_is_denied() {
    let blame = [
        ("sympathy was in short supply", "empathy"),
        ("politeness: zero", "courtesy"),
        ("a solution is nowhere in sight", "resolution"),
    ];
    all_are(Polarity::Negative, &blame);
    all_are(Polarity::Positive, &[("the crashes stopped", "digital")]);
}

#[test]
fn two_negations_may_make_one_statement() {
    let praise = [
        ("no problem she couldn't solve", "resolution"),
        ("nobody was without respect", "courtesy"),
        ("nothing about the explanation was unclear", "clarity"),
    ];
    all_are(Polarity::Positive, &praise);
    let blame = [
        ("no delivery without damage", "product"),
        ("nobody, and I mean nobody, called me back", "ownership"),
        ("it was solved, they said, it was not", "resolution"),
    ];
    all_are(Polarity::Negative, &blame);
}

#[test]
fn the_organisation_behind_than_is_blamed() {
    let blame = [
        ("the leaflet explained it better than she did", "clarity"),
        ("a machine was friendlier than your staff", "warmth"),
        ("the old website was easier to use", "digital"),
    ];
    all_are(Polarity::Negative, &blame);
    let praise = [
        ("the old lady was friendlier than I am", "warmth"),
        ("cheaper than your competitors", "billing"),
    ];
    all_are(Polarity::Positive, &praise);
}

#[test]
fn adjectives_of_goods_are_no_manners() {
    for text in [
        "the soup was warm",
        "I bought a fast charger",
        "clear glass",
    ] {
        assert_eq!(told(text), [], "{text}");
    }
    all_are(Polarity::Positive, &[("a warm welcome", "warmth")]);
}

#[test]
fn exceptions_from_praise_are_blame() {
    for (text, theme) in [
        ("the only problem was the queue", "access"),
        ("everything was great except the queue", "access"),
    ] {
        let told = told(text);
        let expected = (theme.to_owned(), Polarity::Negative);
        assert!(told.contains(&expected), "{text}: {told:?}");
    }
}

#[test]
fn emoji_are_words_of_their_own() {
    let mood = |text: &str| {
        let comment = tag(&tidy(text), None, Lexicon::shipped());
        comment.clear_mood().map(|(mood, _)| mood)
    };
    for text in ["the agent 😍", "Anna⭐⭐⭐⭐⭐", "done👍👍", "👍", "❤️"] {
        assert_eq!(mood(text), Some(Polarity::Positive), "{text}");
    }
    for text in ["the agent 🤮", "three weeks😡😡", "never again 😡", "😡"] {
        assert_eq!(mood(text), Some(Polarity::Negative), "{text}");
    }
    for text in ["🍕", "😂"] {
        assert_eq!(mood(text), None, "{text}");
    }
}
