//! Charts of a shortlist: for each candidate the score with its interval, and below it the facets.
//! Hundreds of them are on one page, so what is the same in all of them is drawn once and shared.

use std::fmt::Write;

use super::svg::{ACCENT, AXIS_LIGHT, BAND, NEGATIVE};
use crate::{
    documents::escape::escape,
    locale::{Locale, decimal},
    msg,
    stats::intervals::Interval,
};

const WIDTH: f64 = 260.0;
/// Height of the score, and of the facets below it.
const SCORE: f64 = 26.0;
const FACETS: f64 = 44.0;

/// Place of a T score on the scale from 20 to 80.
fn x(t: f64) -> f64 {
    4.0 + (t.clamp(20.0, 80.0) - 20.0) / 60.0 * (WIDTH - 8.0)
}

/// A coordinate, rounded to a tenth.
fn at(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// What the charts of a page share: the averages, and a shaded interval to compare with. The page
/// has it once, before the charts.
pub fn shortlist_scale(reference: Option<Interval>) -> String {
    let middle = SCORE + FACETS / 2.0;
    let band = reference.map_or_else(String::new, |band| {
        let (from, width) = (at(x(band.low)), at(x(band.high) - x(band.low)));
        format!(r#"<rect class="band" fill="{BAND}" x="{from}" y="2" width="{width}" height="22" rx="2"/>"#)
    });
    format!(
        r#"<svg class="shared" width="0" height="0" aria-hidden="true"><defs><g id="scale">{band}<path class="axis" stroke="{AXIS_LIGHT}" d="M{} 2V24M0 {middle}H{WIDTH}"/></g></defs></svg>"#,
        at(x(50.0)),
    )
}

/// A candidate's T score with its interval, and one bar per facet, up or down from the norm mean.
/// Facets have their name and T score.
pub fn shortlist_chart(
    locale: &Locale,
    name: &str,
    score: f64,
    interval: Interval,
    facets: &[(String, f64)],
) -> String {
    let description = msg!(
        "chart-score-description",
        score = decimal(score, 0),
        low = decimal(interval.low, 0),
        high = decimal(interval.high, 0)
    );
    let item = |(facet, t): &(String, f64)| {
        msg!("chart-facets-item", facet = facet, score = decimal(*t, 0))
    };
    let facets_in_words = std::iter::once(msg!("chart-facets-description"));
    let description = std::iter::once(description)
        .chain(facets_in_words)
        .chain(facets.iter().map(item));
    format!(
        r##"<svg class="chart" role="img" viewBox="0 0 {WIDTH} {}"><title>{}</title><desc>{}</desc><use href="#scale"/><path class="mark" stroke="{ACCENT}" stroke-width="3" d="M{} 13H{}"/><circle class="mark" fill="{ACCENT}" cx="{}" cy="13" r="5"/>{}</svg>"##,
        SCORE + FACETS,
        escape(&locale.format(&msg!("chart-score-title", name = name))),
        escape(&locale.sentences(description)),
        at(x(interval.low)),
        at(x(interval.high)),
        at(x(score)),
        bars(facets),
    )
}

/// The bars of the facets above the norm mean, and of those below it.
fn bars(facets: &[(String, f64)]) -> String {
    let step = WIDTH / facets.len().max(1) as f64;
    let (mut above, mut below) = (String::new(), String::new());
    for (i, (_, t)) in facets.iter().enumerate() {
        let reach = (t.clamp(20.0, 80.0) - 50.0) / 30.0 * (FACETS / 2.0 - 2.0);
        let (path, reach) = if reach >= 0.0 {
            (&mut above, reach.max(1.0))
        } else {
            (&mut below, reach.min(-1.0))
        };
        let (from, width, base) = (
            at(step * i as f64 + 4.0),
            at(step - 8.0),
            SCORE + FACETS / 2.0,
        );
        let _infallible = write!(path, "M{from} {base}h{width}v{}h-{width}z", at(-reach));
    }
    let drawn = |class: &str, colour: &str, path: &str| {
        if path.is_empty() {
            String::new()
        } else {
            format!(r#"<path class="{class}" fill="{colour}" d="{path}"/>"#)
        }
    };
    drawn("good", ACCENT, &above) + &drawn("bad", NEGATIVE, &below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_reach_up_from_the_average_or_down_from_it() {
        let facets = [("Patience", 80.0), ("Honesty", 35.0), ("Calm", 50.0)]
            .map(|(name, t)| (name.to_owned(), t));
        let bars = bars(&facets);
        assert_eq!(bars.matches("class=\"good\"").count(), 1);
        assert!(bars.contains("M4 48h78.7v-20h-78.7z"), "{bars}");
        assert!(bars.contains("M90.7 48h78.7v10h-78.7z"), "{bars}");
        assert!(bars.contains("v-1h"), "an average facet is visible: {bars}");
    }

    #[test]
    fn the_chart_says_in_words_what_it_shows() {
        let interval = Interval {
            low: 50.2,
            high: 61.6,
        };
        let facets = [("Calm & kind".to_owned(), 44.6)];
        let chart = shortlist_chart(Locale::english(), "<Ann>", 55.9, interval, &facets);
        for part in [
            "&lt;Ann&gt;",
            "Score 56, 95 % range 50 to 62.",
            "Calm &amp; kind: 45.",
        ] {
            assert!(chart.contains(part), "{part} is not in {chart}");
        }
    }
}
