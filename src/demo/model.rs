//! Statistical model of the demo's candidates and customers. The seed is fixed, so that every run
//! creates the same organisation.
//!
//! A candidate has a general attitude g ~ N(0, 1) and in each facet theta = sqrt(0.6) g + sqrt(0.4)
//! e, e ~ N(0, 1). Answers follow a graded response model with slope 1.7 and intercepts 4.2, 2.9,
//! 1.0 and -1.6. A customer's score is good with probability logistic(1.45 + 0.35 g + 0.35 u +
//! issue effect), where u ~ N(0, 1) is what the questionnaire does not measure.

use std::fmt::Write as _;

use chrono::Duration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use crate::{
    stats::distributions::normal_quantile,
    types::{Id, Instant},
};

const FIRST: [&str; 24] = [
    "Ada", "Bram", "Chidi", "Dora", "Emil", "Farah", "Goran", "Hana", "Idris", "Juno", "Kofi",
    "Lena", "Marek", "Nadia", "Oskar", "Priya", "Quinn", "Rosa", "Sami", "Tilda", "Umar", "Vera",
    "Wen", "Yara",
];
const LAST: [&str; 20] = [
    "Abara",
    "Brandt",
    "Castell",
    "Dufour",
    "Ekström",
    "Fiala",
    "Grange",
    "Holm",
    "Ivanov",
    "Jansen",
    "Kaya",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petit",
    "Quist",
    "Rahman",
    "Sousa",
    "Tanaka",
];
pub const TEAMS: [&str; 5] = ["Breakwater", "Lantern", "Compass", "Anchor", "Ferry"];
const ISSUES: [(&str, f64); 6] = [
    ("Order status", 0.3),
    ("Late delivery", -0.7),
    ("Refund", -0.4),
    ("Product question", 0.4),
    ("Invoice", -0.1),
    ("App", -0.2),
];

/// Customers' sentences by theme: praise, then complaints.
const SENTENCES: [(&str, &[&str], &[&str]); 14] = [
    (
        "courtesy",
        &[
            "She was very polite and respectful throughout",
            "A courteous and well mannered person",
        ],
        &[
            "He was rude to me from the first minute",
            "The tone was arrogant and I felt talked down to",
        ],
    ),
    (
        "warmth",
        &[
            "Such a friendly and cheerful voice",
            "A warm welcome and a pleasant conversation",
        ],
        &["The agent sounded bored and robotic"],
    ),
    (
        "empathy",
        &[
            "He understood my situation and reassured me",
            "I felt that she really cared and was so supportive",
        ],
        &[
            "Nobody seemed to care that my mother was waiting for it",
            "I was dismissed as if my problem did not exist",
        ],
    ),
    (
        "listening",
        &[
            "She listened carefully and asked the right questions",
            "Finally someone attentive who understood my question",
        ],
        &[
            "I had to repeat myself three times on one call",
            "My question was misunderstood and I had to start again",
        ],
    ),
    (
        "patience",
        &[
            "He stayed calm and took the time I needed",
            "Very patient with all my questions",
        ],
        &[
            "I felt she rushed me and then hung up",
            "He was impatient and in a hurry to end the call",
        ],
    ),
    (
        "ownership",
        &[
            "She took ownership and called me back as promised",
            "He went above and beyond to follow up",
        ],
        &[
            "I was promised a call and got no reply",
            "Nobody called me back although they said so",
        ],
    ),
    (
        "clarity",
        &[
            "She explained everything clearly step by step",
            "Good explanation, easy to understand",
        ],
        &[
            "The explanation was confusing and I still do not know what to do",
            "It was not clear what happens next",
        ],
    ),
    (
        "knowledge",
        &[
            "A knowledgeable and professional agent",
            "He knew exactly what to do",
        ],
        &[
            "I was given wrong information about the form",
            "The agent had no idea about my contract",
        ],
    ),
    (
        "resolution",
        &[
            "My problem was solved in one go",
            "Very helpful, all sorted out now",
        ],
        &[
            "The issue is still not solved",
            "It is still pending and nobody could help",
        ],
    ),
    (
        "pace",
        &["Quick and efficient", "I got a fast answer"],
        &["It took too long to find my order", "A very slow process"],
    ),
    (
        "access",
        &["They answered right away"],
        &[
            "I was on hold for forty minutes",
            "I waited too long in the queue before anyone picked up",
        ],
    ),
    (
        "product",
        &["Great product and fast delivery"],
        &[
            "The parcel arrived damaged",
            "A late delivery again and the wrong item in the box",
        ],
    ),
    (
        "policy",
        &["A hassle free return"],
        &[
            "The refund is still not there and the return policy is complicated",
            "No refund without paperwork",
        ],
    ),
    (
        "digital",
        &["The app is easy to use"],
        &[
            "The app keeps crashing when I log in",
            "The website showed an error",
        ],
    ),
];
const PLAIN_GOOD: [&str; 6] = [
    "Good service",
    "Thank you",
    "Great",
    "All fine, thanks",
    "Excellent support",
    "Very good",
];
const PLAIN_BAD: [&str; 4] = [
    "Worst service",
    "Bad experience",
    "Disappointed",
    "Not happy at all",
];

/// A candidate with the true parameters.
pub struct Person {
    pub name: String,
    pub g: f64,
    pub facets: Vec<f64>,
}

/// Random draws from the model.
pub struct Draws(ChaCha12Rng);

impl Draws {
    /// A generator with the fixed seed.
    pub fn seeded() -> Self {
        Self(ChaCha12Rng::seed_from_u64(2_026))
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n)
    }

    pub fn uniform(&mut self) -> f64 {
        self.0.random_range(1e-12..1.0)
    }

    pub fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }

    pub fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let i = self.0.random_range(0..from.len());
        &from[i]
    }

    pub fn person(&mut self, number: usize, facets: usize) -> Person {
        let g = self.normal();
        let name = format!(
            "{} {}",
            FIRST[number % FIRST.len()],
            LAST[(number / FIRST.len() + number * 7) % LAST.len()]
        );
        Person {
            name,
            g,
            facets: (0..facets)
                .map(|_| 0.6_f64.sqrt() * g + 0.4_f64.sqrt() * self.normal())
                .collect(),
        }
    }

    /// An answer from 1 to 5 by the graded response model. A reversed item gets the mirrored value.
    pub fn answer(&mut self, theta: f64, reversed: bool) -> i32 {
        let u = self.uniform();
        let at_least = |d: f64| 1.0 / (1.0 + (-(1.7 * theta + d)).exp());
        let value = 1 + [4.2, 2.9, 1.0, -1.6]
            .into_iter()
            .filter(|d| u < at_least(*d))
            .count() as i32;
        if reversed { 6 - value } else { value }
    }
}

/// An agent with the true parameters.
pub struct Truth {
    pub id: Id,
    pub reference: String,
    pub name: String,
    pub team: &'static str,
    pub g: f64,
    pub u: f64,
    /// Index of the theme that customers praise more often than for others.
    pub strong: usize,
    /// Index of the theme that customers complain about more often than for others.
    pub weak: Option<usize>,
}

/// A year of feedback as a CSV file for the shipped mapping `contact-centre`.
pub fn feedback_file(draws: &mut Draws, agents: &[Truth], each: usize, now: Instant) -> String {
    let mut csv =
        String::from("id,channel,category,subcategory,remark,responded_at,agent,supervisor,csat\n");
    let mut number = 0;
    for agent in agents {
        for _ in 0..each {
            number += 1;
            let (issue, effect) = *draws.pick(&ISSUES);
            let p = 1.0 / (1.0 + (-(1.45 + 0.35 * agent.g + 0.35 * agent.u + effect)).exp());
            let good = draws.chance(p);
            let csat = if good {
                4 + i32::from(draws.chance(0.75))
            } else {
                1 + i32::from(draws.chance(0.4)) + i32::from(draws.chance(0.2))
            };
            let remark = remark(draws, agent, good);
            let at = now
                .plus(Duration::minutes(-(draws.uniform() * 525_000.0) as i64))
                .0
                .format("%d/%m/%Y %H:%M");
            let channel = *draws.pick(&["Phone", "Chat", "Email"]);
            let quoted = remark.replace('"', "\"\"");
            // Writing to a string cannot fail.
            let _infallible = writeln!(
                csv,
                "S{number:06},{channel},Service,{issue},\"{quoted}\",{at},{},{},{csat}",
                agent.reference, agent.team
            );
        }
    }
    csv
}

fn remark(draws: &mut Draws, agent: &Truth, good: bool) -> String {
    if !draws.chance(if good { 0.3 } else { 0.45 }) {
        return String::new();
    }
    if draws.chance(0.3) {
        return (*draws.pick(if good {
            &PLAIN_GOOD[..]
        } else {
            &PLAIN_BAD[..]
        }))
        .to_owned();
    }
    let theme = |draws: &mut Draws, good: bool| {
        if good && draws.chance(0.25) {
            return agent.strong;
        }
        if let (false, Some(weak)) = (good, agent.weak)
            && draws.chance(0.45)
        {
            return weak;
        }
        // Most complaints are about processes and unsolved problems.
        if good {
            draws.0.random_range(0..11)
        } else {
            draws
                .0
                .random_range(0..SENTENCES.len() + 4)
                .clamp(4, SENTENCES.len() + 3)
                - 4
        }
    };
    let sentence = |draws: &mut Draws, theme: usize, good: bool| {
        let (_, praise, complaints) = SENTENCES[theme.min(SENTENCES.len() - 1)];
        (*draws.pick(if good { praise } else { complaints })).to_owned()
    };
    let main = theme(draws, good);
    let mut text = sentence(draws, main, good);
    if draws.chance(0.3) {
        let other = theme(draws, !good);
        text = format!("{text}, but {}", lower(&sentence(draws, other, !good)));
    }
    if draws.chance(0.1) {
        text = format!(
            "{text}. Thank you {}",
            agent.name.split(' ').next().unwrap_or_default()
        );
    }
    if draws.chance(0.02) {
        text.push_str(". Please ring me on +49 151 2345 6789");
    }
    text
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars
        .next()
        .map(|c| c.to_lowercase().to_string())
        .unwrap_or_default();
    if text.starts_with("I ") {
        text.to_owned()
    } else {
        first + chars.as_str()
    }
}
