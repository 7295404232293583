//! Pictures as accessible SVG: a title, a description, plain shapes, and no colour that carries meaning alone.
//!
//! Colours stand as attributes, so that a PDF shows them, and every shape has a class, so that a page's stylesheet
//! can set its own for a dark screen.

use std::fmt::Write;

use super::model::Picture;
use crate::stats::{funnel::Funnel, intervals::Interval};

/// Escapes text for XML and HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

const FONT: &str = "Libertinus Serif, Georgia, serif";

/// An SVG under construction; coordinates in CSS pixels, rounded to a tenth.
struct Svg {
    body: String,
    width: f64,
    height: f64,
}

impl Svg {
    fn new(width: f64, height: f64) -> Self {
        Self {
            body: String::new(),
            width,
            height,
        }
    }

    fn push(&mut self, shape: std::fmt::Arguments<'_>) {
        let _infallible = self.body.write_fmt(shape);
    }

    fn rect(&mut self, class: &str, fill: &str, x: f64, y: f64, w: f64, h: f64) {
        if w <= 0.0 || h <= 0.0 {
            return;
        }
        self.push(format_args!(
            r#"<rect class="{class}" fill="{fill}" x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}" rx="2"/>"#
        ));
    }

    fn line(&mut self, class: &str, stroke: &str, width: f64, from: (f64, f64), to: (f64, f64)) {
        self.push(format_args!(
            r#"<line class="{class}" stroke="{stroke}" stroke-width="{width:.1}" x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}"/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    fn circle(&mut self, class: &str, fill: &str, x: f64, y: f64, r: f64) {
        self.push(format_args!(r##"<circle class="{class}" fill="{fill}" stroke="#ffffff" stroke-width="1" cx="{x:.1}" cy="{y:.1}" r="{r:.1}"/>"##));
    }

    fn text(&mut self, anchor: &str, size: f64, x: f64, y: f64, text: &str) {
        let text = escape(text);
        self.push(format_args!(
            r##"<text class="ink" fill="#222222" font-family="{FONT}" font-size="{size:.0}" text-anchor="{anchor}" x="{x:.1}" y="{y:.1}">{text}</text>"##
        ));
    }

    fn finish(self, title: &str, description: &str) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {w:.0} {h:.0}" width="{w:.0}" height="{h:.0}" aria-label="{label}"><title>{title}</title><desc>{desc}</desc>{body}</svg>"#,
            w = self.width,
            h = self.height,
            label = escape(title),
            title = escape(title),
            desc = escape(description),
            body = self.body
        )
    }
}

/// Comments for and against one theme.
#[derive(Clone, Debug)]
pub struct BalanceBar {
    pub label: String,
    pub positive: u64,
    pub negative: u64,
    /// Whether the agent can act on it; the others are drawn hatched-light.
    pub own: bool,
}

/// Theme balance: praise to the right, trouble to the left of a middle line, each under its theme's name, the counts at
/// the ends. Narrow enough for a phone.
pub fn theme_balance(bars: &[BalanceBar]) -> Picture {
    let (row, half, top) = (29.0, 180.0, 19.0);
    let most = bars
        .iter()
        .map(|b| b.positive.max(b.negative))
        .max()
        .unwrap_or(1)
        .max(1) as f64;
    let bottom = top + row * bars.len() as f64;
    let mut svg = Svg::new(2.0 * half, bottom + 20.0);
    svg.text("end", 11.0, half - 7.0, 11.0, "trouble");
    svg.text("start", 11.0, half + 7.0, 11.0, "praise");
    for (i, bar) in bars.iter().enumerate() {
        let y = top + row * i as f64;
        let reach = half - 24.0;
        let (left, right) = (
            bar.negative as f64 / most * reach,
            bar.positive as f64 / most * reach,
        );
        svg.text("middle", 12.0, half, y + 13.0, &bar.label);
        let (class, colour) = if bar.own {
            ("bad", "#b4572a")
        } else {
            ("bad pale", "#d9b29c")
        };
        svg.rect(class, colour, half - left, y + 16.5, left - 0.5, 9.0);
        let (class, colour) = if bar.own {
            ("good", "#2b6a6e")
        } else {
            ("good pale", "#9fc0c2")
        };
        svg.rect(class, colour, half + 0.5, y + 16.5, right - 0.5, 9.0);
        if bar.negative > 0 {
            svg.text(
                "end",
                11.0,
                half - left - 4.0,
                y + 23.5,
                &bar.negative.to_string(),
            );
        }
        if bar.positive > 0 {
            svg.text(
                "start",
                11.0,
                half + right + 4.0,
                y + 23.5,
                &bar.positive.to_string(),
            );
        }
        svg.line("axis", "#555555", 1.0, (half, y + 15.5), (half, y + 26.5));
    }
    svg.text(
        "middle",
        10.0,
        half,
        bottom + 14.0,
        "strong: own behaviour · pale: shared with others, or process",
    );
    let title = "What customers talked about".to_owned();
    let said: Vec<String> = bars
        .iter()
        .map(|b| format!("{}: {} praise, {} trouble", b.label, b.positive, b.negative))
        .collect();
    let description = format!("Comments by theme. {}.", said.join("; "));
    Picture {
        svg: svg.finish(&title, &description),
        width: 360,
        header: ["Theme", "Praise", "Trouble", "Whose"]
            .map(str::to_owned)
            .to_vec(),
        rows: bars
            .iter()
            .map(|b| {
                let whose = if b.own {
                    "own behaviour"
                } else {
                    "shared or process"
                };
                vec![
                    b.label.clone(),
                    b.positive.to_string(),
                    b.negative.to_string(),
                    whose.to_owned(),
                ]
            })
            .collect(),
        title,
        description,
    }
}

/// A rate with its interval above a band to compare it with, on a scale from 0 to 100 %.
pub fn rate_beside_band(rate: f64, interval: Interval, band: Option<(&str, Interval)>) -> Picture {
    let (left, width) = (22.0, 310.0);
    let low = (interval.low.min(band.map_or(1.0, |b| b.1.low)) * 10.0 - 0.5)
        .floor()
        .max(0.0)
        / 10.0;
    let x = |p: f64| left + (p - low) / (1.0 - low) * width;
    let mut svg = Svg::new(left + width + 28.0, 92.0);
    if let Some((label, band)) = band {
        svg.rect(
            "band",
            "#dfe7e7",
            x(band.low),
            14.0,
            x(band.high) - x(band.low),
            50.0,
        );
        svg.text(
            "middle",
            12.0,
            f64::midpoint(x(band.low), x(band.high)),
            11.0,
            label,
        );
    }
    svg.line(
        "mark",
        "#2b6a6e",
        3.0,
        (x(interval.low), 39.0),
        (x(interval.high), 39.0),
    );
    svg.circle("mark", "#2b6a6e", x(rate), 39.0, 6.0);
    svg.line("axis", "#555555", 1.0, (left, 70.0), (left + width, 70.0));
    let steps = (((1.0 - low) * 10.0).round() as i32).max(1);
    for step in 0..=steps {
        let p = low + f64::from(step) / 10.0;
        svg.line("axis", "#555555", 1.0, (x(p), 70.0), (x(p), 74.0));
        svg.text("middle", 11.0, x(p), 87.0, &format!("{:.0} %", p * 100.0));
    }
    let percent = |p: f64| format!("{:.0} %", p * 100.0);
    let span = |i: Interval| format!("{} to {}", percent(i.low), percent(i.high));
    let mut rows = vec![vec!["This agent".to_owned(), percent(rate), span(interval)]];
    rows.extend(band.map(|(label, b)| vec![label.to_owned(), String::new(), span(b)]));
    let title = "Rate of good scores beside the team".to_owned();
    let description = format!(
        "Estimated rate {}, 80 % interval {}{}.",
        percent(rate),
        span(interval),
        band.map_or_else(String::new, |(label, b)| format!("; {label}: {}", span(b)))
    );
    Picture {
        svg: svg.finish(&title, &description),
        width: 360,
        header: ["", "Estimate", "80 % range"].map(str::to_owned).to_vec(),
        rows,
        title,
        description,
    }
}

/// Everybody's rates by number of scores, without names, inside the limits that chance and the usual spread leave.
pub fn funnel_plot(funnel: &Funnel) -> Picture {
    let (left, width, top, height) = (34.0, 310.0, 8.0, 150.0);
    let points: Vec<_> = funnel.points.iter().flatten().collect();
    let most = points.iter().map(|p| p.n).max().unwrap_or(1).max(2) as f64;
    // Few scores take half the room: there is where the funnel opens.
    let x = |n: f64| left + width * (n / most).sqrt();
    let y = |rate: f64| top + height * (1.0 - rate);
    let mut svg = Svg::new(360.0, 196.0);
    let half = |n: f64| (funnel.rate * (1.0 - funnel.rate) / n + funnel.tau2).sqrt();
    for (z, class, colour) in [(1.96, "axis", "#555555"), (3.09, "axis", "#999999")] {
        let at = |i: u32, sign: f64| {
            let n = (f64::from(i) / 40.0).powi(2) * most;
            let n = n.max(1.0);
            (x(n), y((funnel.rate + sign * z * half(n)).clamp(0.0, 1.0)))
        };
        for sign in [-1.0, 1.0] {
            for i in 1..=40 {
                svg.line(class, colour, 1.0, at(i - 1, sign), at(i, sign));
            }
        }
    }
    svg.line(
        "mark",
        "#2b6a6e",
        1.0,
        (left, y(funnel.rate)),
        (left + width, y(funnel.rate)),
    );
    for point in &points {
        svg.circle("mark", "#2b6a6e", x(point.n as f64), y(point.rate), 2.0);
    }
    for rate in [0.0, 0.5, 1.0] {
        svg.text(
            "end",
            10.0,
            left - 4.0,
            y(rate) + 4.0,
            &format!("{:.0} %", 100.0 * rate),
        );
    }
    svg.text("start", 11.0, left, top + height + 16.0, "1 score");
    svg.text(
        "end",
        11.0,
        left + width,
        top + height + 16.0,
        &format!("{most:.0} scores"),
    );
    svg.text(
        "middle",
        10.0,
        180.0,
        top + height + 32.0,
        "dots: agents, without names · lines: 95 % and 99.8 % limits",
    );
    let outside = points
        .iter()
        .filter(|p| !p.limits_998.contains(p.rate))
        .count();
    let within = points.len() - outside;
    let title = "Rates by number of scores".to_owned();
    let description = format!(
        "A funnel of {} agents around {:.0} %: {within} inside the 99.8 % limits, {outside} outside.",
        points.len(),
        100.0 * funnel.rate
    );
    let within_95 = points
        .iter()
        .filter(|p| p.limits_95.contains(p.rate))
        .count();
    Picture {
        svg: svg.finish(&title, &description),
        width: 360,
        header: ["Limits", "Agents inside", "Agents outside"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![
            vec![
                "95 %".to_owned(),
                within_95.to_string(),
                (points.len() - within_95).to_string(),
            ],
            vec!["99.8 %".to_owned(), within.to_string(), outside.to_string()],
        ],
        title,
        description,
    }
}

/// Shares of good scores week by week as a small line, with what may be said of it.
pub fn sparkline(weeks: &[(chrono::NaiveDate, u64, u64)], said: &str) -> Picture {
    let (left, width, top, height) = (8.0, 306.0, 8.0, 44.0);
    let mut svg = Svg::new(360.0, 84.0);
    let rate = |good: u64, n: u64| good as f64 / n.max(1) as f64;
    let step = width / (weeks.len().max(2) - 1) as f64;
    let point = |i: usize| {
        let (_, good, n) = weeks[i];
        (left + step * i as f64, top + height * (1.0 - rate(good, n)))
    };
    svg.line(
        "axis",
        "#555555",
        1.0,
        (left, top + height),
        (left + width, top + height),
    );
    for i in 1..weeks.len() {
        svg.line("mark", "#2b6a6e", 1.5, point(i - 1), point(i));
    }
    for (i, (_, _, n)) in weeks.iter().enumerate() {
        let (x, y) = point(i);
        // A week with few scores is a small dot: it says little.
        svg.circle(
            "mark",
            "#2b6a6e",
            x,
            y,
            (1.0 + (*n as f64).sqrt() / 2.0).min(4.0),
        );
    }
    svg.text("end", 10.0, 358.0, top + 4.0, "100 %");
    svg.text("end", 10.0, 358.0, top + height + 4.0, "0");
    if let (Some(first), Some(last)) = (weeks.first(), weeks.last()) {
        svg.text(
            "start",
            11.0,
            left,
            top + height + 16.0,
            &first.0.format("%-d %b").to_string(),
        );
        svg.text(
            "end",
            11.0,
            left + width,
            top + height + 16.0,
            &last.0.format("%-d %b").to_string(),
        );
    }
    svg.text(
        "middle",
        11.0,
        left + width / 2.0,
        top + height + 28.0,
        said,
    );
    let title = "Good scores week by week".to_owned();
    let description = format!("{} weeks: {said}.", weeks.len());
    Picture {
        svg: svg.finish(&title, &description),
        width: 360,
        header: ["Week of", "Good", "Scores"].map(str::to_owned).to_vec(),
        rows: weeks
            .iter()
            .map(|(day, good, n)| {
                vec![
                    day.format("%-d %b %Y").to_string(),
                    good.to_string(),
                    n.to_string(),
                ]
            })
            .collect(),
        title,
        description,
    }
}

/// One score with its interval on a T scale of 20 to 80, over a shaded interval to compare with. For list rows: the
/// numbers stand beside it, so it has no table of its own.
pub fn interval_strip(
    score: f64,
    interval: Interval,
    compare: Option<Interval>,
    label: &str,
) -> String {
    let width = 260.0;
    let x = |t: f64| 4.0 + (t.clamp(20.0, 80.0) - 20.0) / 60.0 * (width - 8.0);
    let mut svg = Svg::new(width, 26.0);
    if let Some(c) = compare {
        svg.rect("band", "#dfe7e7", x(c.low), 2.0, x(c.high) - x(c.low), 22.0);
    }
    svg.line("axis", "#999999", 1.0, (x(50.0), 2.0), (x(50.0), 24.0));
    svg.line(
        "mark",
        "#2b6a6e",
        3.0,
        (x(interval.low), 13.0),
        (x(interval.high), 13.0),
    );
    svg.circle("mark", "#2b6a6e", x(score), 13.0, 5.0);
    svg.finish(
        label,
        &format!(
            "Score {score:.0}, 95 % interval {:.0} to {:.0}",
            interval.low, interval.high
        ),
    )
}

/// A profile at a glance, for list rows: one bar a facet, up from the norm's middle or down from it. The numbers stand on
/// the candidate's own page.
pub fn facet_glance(facets: &[(String, f64, f64)], label: &str) -> String {
    let (width, height, middle) = (260.0, 44.0, 22.0);
    let step = width / facets.len().max(1) as f64;
    let mut svg = Svg::new(width, height);
    for (i, (_, t, _)) in facets.iter().enumerate() {
        let reach = (t.clamp(20.0, 80.0) - 50.0) / 30.0 * (middle - 2.0);
        let top = if reach >= 0.0 { middle - reach } else { middle };
        let (class, colour) = if reach >= 0.0 {
            ("good", "#2b6a6e")
        } else {
            ("bad", "#b4572a")
        };
        svg.rect(
            class,
            colour,
            step * i as f64 + 4.0,
            top,
            step - 8.0,
            reach.abs().max(1.0),
        );
    }
    svg.line("axis", "#999999", 1.0, (0.0, middle), (width, middle));
    let said: Vec<String> = facets
        .iter()
        .map(|(name, t, _)| format!("{name} {t:.0}"))
        .collect();
    svg.finish(
        label,
        &format!(
            "T scores from the middle of the norm, 50: {}",
            said.join(", ")
        ),
    )
}

/// A profile: one row a facet, T score with its 95 % interval, on 20 to 80.
pub fn facet_profile(facets: &[(String, f64, f64)]) -> Picture {
    let (row, left, width) = (38.0, 12.0, 330.0);
    let x = |t: f64| left + (t.clamp(20.0, 80.0) - 20.0) / 60.0 * width;
    let bottom = row * facets.len() as f64 + 4.0;
    let mut svg = Svg::new(left + width + 18.0, bottom + 22.0);
    svg.rect("band", "#e8eeee", x(40.0), 0.0, x(60.0) - x(40.0), bottom);
    svg.line("axis", "#999999", 1.0, (x(50.0), 0.0), (x(50.0), bottom));
    for (i, (name, t, se)) in facets.iter().enumerate() {
        let y = row * i as f64;
        svg.text("start", 13.0, left, y + 15.0, name);
        svg.line(
            "mark",
            "#2b6a6e",
            3.0,
            (x(t - 1.96 * se), y + 27.0),
            (x(t + 1.96 * se), y + 27.0),
        );
        svg.circle("mark", "#2b6a6e", x(*t), y + 27.0, 5.5);
    }
    for t in [20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0] {
        svg.text("middle", 11.0, x(t), bottom + 16.0, &format!("{t:.0}"));
    }
    let title = "Facet profile".to_owned();
    let said: Vec<String> = facets
        .iter()
        .map(|(n, t, se)| format!("{n} {t:.0} ± {:.0}", 1.96 * se))
        .collect();
    let description = format!(
        "T scores with 95 % intervals; 40 to 60 is the middle of the norm. {}.",
        said.join("; ")
    );
    Picture {
        svg: svg.finish(&title, &description),
        width: 360,
        header: ["Facet", "T score", "95 % interval"]
            .map(str::to_owned)
            .to_vec(),
        rows: facets
            .iter()
            .map(|(n, t, se)| {
                vec![
                    n.clone(),
                    format!("{t:.1}"),
                    format!("{:.1} to {:.1}", t - 1.96 * se, t + 1.96 * se),
                ]
            })
            .collect(),
        title,
        description,
    }
}

/// A scatter of pairs; the size of a point is its weight (0 to 1].
pub fn scatter(points: &[(f64, f64, f64)], x_label: &str, y_label: &str) -> Picture {
    let (left, top, width, height) = (36.0, 26.0, 310.0, 240.0);
    let range = |values: &mut dyn Iterator<Item = f64>| {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
            (l.min(v), h.max(v))
        });
        let pad = ((high - low) * 0.06).max(1e-6);
        (low - pad, high + pad)
    };
    let (x0, x1) = range(&mut points.iter().map(|p| p.0));
    let (y0, y1) = range(&mut points.iter().map(|p| p.1));
    let x = |v: f64| left + (v - x0) / (x1 - x0) * width;
    let y = |v: f64| top + height - (v - y0) / (y1 - y0) * height;
    let mut svg = Svg::new(left + width + 16.0, top + height + 44.0);
    svg.line("axis", "#555555", 1.0, (left, top), (left, top + height));
    svg.line(
        "axis",
        "#555555",
        1.0,
        (left, top + height),
        (left + width, top + height),
    );
    for i in 0..=4 {
        let (vx, vy) = (
            x0 + (x1 - x0) * f64::from(i) / 4.0,
            y0 + (y1 - y0) * f64::from(i) / 4.0,
        );
        svg.text(
            "middle",
            11.0,
            x(vx),
            top + height + 16.0,
            &format!("{vx:.0}"),
        );
        svg.text("end", 11.0, left - 6.0, y(vy) + 4.0, &format!("{vy:.0}"));
    }
    for (px, py, weight) in points {
        svg.push(format_args!(
            r##"<circle class="dot" fill="#2b6a6e" fill-opacity="0.65" cx="{:.1}" cy="{:.1}" r="{:.1}"/>"##,
            x(*px),
            y(*py),
            2.5 + 4.5 * weight.sqrt()
        ));
    }
    svg.text(
        "middle",
        12.0,
        left + width / 2.0,
        top + height + 36.0,
        x_label,
    );
    svg.text("start", 12.0, 2.0, 13.0, y_label);
    let title = format!("{y_label} by {x_label}");
    let description = format!(
        "{} pairs; larger points rest on more customer scores.",
        points.len()
    );
    Picture {
        svg: svg.finish(&title, &description),
        width: 362,
        header: vec![
            x_label.to_owned(),
            y_label.to_owned(),
            "Reliability".to_owned(),
        ],
        rows: points
            .iter()
            .map(|(a, b, w)| vec![format!("{a:.1}"), format!("{b:.1}"), format!("{w:.2}")])
            .collect(),
        title,
        description,
    }
}
