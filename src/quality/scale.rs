//! Scales of scorecards: pass or fail, points, per cent. Pure.

use serde::{Deserialize, Serialize};

use crate::tables::number::{DecimalMark, parse};

/// Share of the points from which a criterion counts as met, where the mapping says nothing else.
pub const MET_FROM: f64 = 0.8;

const PASSED: [&str; 8] = ["pass", "passed", "yes", "y", "met", "ok", "true", "✓"];
const FAILED: [&str; 8] = [
    "fail", "failed", "no", "n", "not met", "not ok", "false", "✗",
];

/// Scale of a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scale {
    /// Words such as "pass" and "fail", "yes" and "no", or 1 and 0.
    PassFail {},
    /// Points from 0 to `max`; met from `met_from` points.
    Points {
        max: f64,
        #[serde(default)]
        met_from: Option<f64>,
    },
    /// Per cent from 0 to 100, with or without a sign; met from `met_from` per cent.
    Percent {
        #[serde(default)]
        met_from: Option<f64>,
    },
}

/// Rating that an evaluator gave for a criterion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Share of the points, 0 to 1.
    pub share: f64,
    pub met: bool,
}

impl Score {
    /// Everything or nothing.
    fn of(met: bool) -> Self {
        Self {
            share: f64::from(u8::from(met)),
            met,
        }
    }
}

impl Scale {
    /// Whether the numbers of the scale are possible.
    pub fn is_valid(self) -> bool {
        let (max, met_from) = match self {
            Self::PassFail {} => return true,
            Self::Points { max, met_from } => (max, met_from),
            Self::Percent { met_from } => (100.0, met_from),
        };
        let within = |from: f64| from > 0.0 && from <= max;
        max > 0.0 && max.is_finite() && met_from.is_none_or(within)
    }

    /// Reads a cell that is not empty. Words for passed and failed are on every scale: many
    /// scorecards mix them with points. `None` if it is not on the scale.
    pub fn read(self, cell: &str, mark: DecimalMark) -> Option<Score> {
        let word = cell.trim().to_lowercase();
        if PASSED.contains(&word.as_str()) {
            return Some(Score::of(true));
        }
        if FAILED.contains(&word.as_str()) {
            return Some(Score::of(false));
        }
        let of = |value: f64, max: f64, met_from: Option<f64>| {
            // 80 % of 3 points is a little more than 2.4 in binary fractions.
            let met_from = met_from.unwrap_or(MET_FROM * max) - 1e-9 * max;
            (0.0..=max).contains(&value).then(|| Score {
                share: value / max,
                met: value >= met_from,
            })
        };
        match self {
            Self::PassFail {} => match parse(cell, mark)? {
                1.0 => Some(Score::of(true)),
                0.0 => Some(Score::of(false)),
                _ => None,
            },
            Self::Points { max, met_from } => {
                // "4/5" names the maximum.
                let mut parts = cell.splitn(2, '/');
                let points = parse(parts.next()?, mark)?;
                match parts.next().map(|of| parse(of, mark)) {
                    Some(written) if written != Some(max) => None,
                    _ => of(points, max, met_from),
                }
            }
            Self::Percent { met_from } => {
                let number = cell.trim().trim_end_matches('%').trim_end();
                of(parse(number, mark)?, 100.0, met_from)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(scale: Scale, cell: &str) -> Option<bool> {
        scale.read(cell, DecimalMark::Comma).map(|score| score.met)
    }

    #[test]
    fn words_and_digits_pass_or_fail() {
        for (cell, expected) in [
            ("Pass", Some(true)),
            ("NO", Some(false)),
            ("not met", Some(false)),
            ("1", Some(true)),
            ("0", Some(false)),
            ("2", None),
            ("maybe", None),
        ] {
            assert_eq!(met(Scale::PassFail {}, cell), expected, "{cell}");
        }
    }

    #[test]
    fn points_are_met_from_a_share_of_the_maximum() {
        let points = |met_from| Scale::Points { max: 3.0, met_from };
        assert_eq!(met(points(None), "2,4"), Some(true));
        assert_eq!(met(points(None), "2"), Some(false));
        assert_eq!(met(points(Some(2.0)), "2/3"), Some(true));
        assert_eq!(met(points(None), "2/5"), None);
        assert_eq!(met(points(None), "4"), None);
        assert_eq!(met(points(None), "-1"), None);
        assert_eq!(met(points(None), "Yes"), Some(true));
        assert!(!points(Some(4.0)).is_valid());
    }

    #[test]
    fn a_percentage_may_have_its_sign() {
        let percent = Scale::Percent {
            met_from: Some(75.0),
        };
        assert_eq!(met(percent, "75 %"), Some(true));
        assert_eq!(met(percent, "74,9"), Some(false));
        assert_eq!(met(percent, "101"), None);
        let score = percent.read("50%", DecimalMark::Dot).expect("a score");
        assert!((score.share - 0.5).abs() < 1e-12);
    }
}
