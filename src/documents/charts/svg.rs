//! Builder for the SVG of a chart.

use std::fmt::Write;

use crate::{
    documents::{escape::escape, model::Picture},
    locale::Locale,
    msg,
};

const FONT: &str = "Libertinus Serif, Georgia, serif";
pub const ACCENT: &str = "#2b6a6e";
pub const NEGATIVE: &str = "#b4572a";
pub const BAND: &str = "#dfe7e7";
pub const AXIS: &str = "#555555";
pub const AXIS_LIGHT: &str = "#999999";

/// An SVG under construction. Coordinates are CSS pixels, rounded to a tenth.
pub struct Svg {
    body: String,
    width: f64,
    height: f64,
}

impl Svg {
    pub fn new(width: f64, height: f64) -> Self {
        Self {
            body: String::new(),
            width,
            height,
        }
    }

    pub fn push(&mut self, shape: std::fmt::Arguments<'_>) {
        let _infallible = self.body.write_fmt(shape);
    }

    pub fn rect(&mut self, class: &str, fill: &str, x: f64, y: f64, w: f64, h: f64) {
        if w <= 0.0 || h <= 0.0 {
            return;
        }
        self.push(format_args!(
            r#"<rect class="{class}" fill="{fill}" x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}" rx="2"/>"#
        ));
    }

    pub fn line(
        &mut self,
        class: &str,
        stroke: &str,
        width: f64,
        from: (f64, f64),
        to: (f64, f64),
    ) {
        self.push(format_args!(
            r#"<line class="{class}" stroke="{stroke}" stroke-width="{width:.1}" x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}"/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    pub fn circle(&mut self, class: &str, fill: &str, x: f64, y: f64, r: f64) {
        self.push(format_args!(r##"<circle class="{class}" fill="{fill}" stroke="#ffffff" stroke-width="1" cx="{x:.1}" cy="{y:.1}" r="{r:.1}"/>"##));
    }

    pub fn text(&mut self, anchor: &str, size: f64, x: f64, y: f64, text: &str) {
        let text = escape(text);
        self.push(format_args!(
            r##"<text class="ink" fill="#222222" font-family="{FONT}" font-size="{size:.0}" text-anchor="{anchor}" x="{x:.1}" y="{y:.1}">{text}</text>"##
        ));
    }

    /// The complete SVG element with its accessible title and description.
    pub fn finish(self, title: &str, description: &str) -> String {
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

    /// The picture with its title, its text alternative, and its numbers as a table.
    pub fn picture(
        self,
        locale: &Locale,
        title: String,
        description: String,
        header: Vec<String>,
        rows: Vec<Vec<String>>,
    ) -> Picture {
        Picture {
            width: self.width.round() as u32,
            svg: self.finish(&title, &description),
            description,
            numbers: locale.text("chart-numbers"),
            caption: locale.format(&msg!("chart-numbers-caption", title = &title)),
            header,
            rows,
            title,
        }
    }
}
