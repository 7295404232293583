//! A document as HTML: a fragment for our own pages, or a whole file that stands alone.

use std::fmt::Write;

use super::{
    charts::escape,
    model::{Block, Document, Picture},
};

/// The document's blocks as HTML. Headings begin at `<h2>`: the page has the `<h1>`.
pub fn fragment(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        // Writing to a string cannot fail.
        let _infallible = write_block(&mut out, block);
    }
    out
}

/// The document as one file: style inside, nothing loaded from anywhere.
pub fn page(document: &Document) -> String {
    let banner = document.banner.as_ref().map_or_else(String::new, |b| {
        format!("<p class=\"banner\">{}</p>", escape(b))
    });
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{style}</style></head>\n<body><main>{banner}<h1>{title}</h1><p class=\"subtitle\">{subtitle}</p>\n{body}<footer>{footer}</footer></main></body>\n</html>\n",
        lang = escape(&document.language),
        title = escape(&document.title),
        subtitle = escape(&document.subtitle),
        style = include_str!("document.css"),
        body = fragment(document),
        footer = escape(&document.footer),
    )
}

fn list(out: &mut String, class: &str, items: &[String]) -> std::fmt::Result {
    write!(out, "<ul class=\"{class}\">")?;
    for item in items {
        write!(out, "<li>{}</li>", escape(item))?;
    }
    out.write_str("</ul>\n")
}

fn table(
    out: &mut String,
    caption: &str,
    header: &[String],
    rows: &[Vec<String>],
) -> std::fmt::Result {
    write!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption><thead><tr>",
        escape(caption)
    )?;
    for cell in header {
        let tag = if cell.is_empty() {
            "td"
        } else {
            "th scope=\"col\""
        };
        write!(
            out,
            "<{tag}>{}</{}>",
            escape(cell),
            if cell.is_empty() { "td" } else { "th" }
        )?;
    }
    out.write_str("</tr></thead><tbody>")?;
    for row in rows {
        out.write_str("<tr>")?;
        for (i, cell) in row.iter().enumerate() {
            let (open, close) = if i == 0 {
                ("th scope=\"row\"", "th")
            } else {
                ("td", "td")
            };
            write!(out, "<{open}>{}</{close}>", escape(cell))?;
        }
        out.write_str("</tr>")?;
    }
    out.write_str("</tbody></table></div>\n")
}

/// A picture with its numbers folded away beneath it.
pub fn picture(picture: &Picture) -> String {
    let mut out = String::new();
    let _infallible = write_picture(&mut out, picture);
    out
}

fn write_picture(out: &mut String, p: &Picture) -> std::fmt::Result {
    write!(
        out,
        "<figure><figcaption>{}</figcaption><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}, picture\">{}</div><details><summary>The numbers</summary>",
        escape(&p.title),
        escape(&p.title),
        p.svg
    )?;
    table(
        out,
        &format!("{}: the numbers", p.title),
        &p.header,
        &p.rows,
    )?;
    out.write_str("</details></figure>\n")
}

fn write_block(out: &mut String, block: &Block) -> std::fmt::Result {
    match block {
        Block::Heading { level, text } => {
            let level = level + 1;
            writeln!(out, "<h{level}>{}</h{level}>", escape(text))
        }
        Block::Paragraph { text } => writeln!(out, "<p>{}</p>", escape(text)),
        Block::Note { text } => writeln!(out, "<p class=\"note\">{}</p>", escape(text)),
        Block::Callout { title, text } => {
            writeln!(
                out,
                "<div class=\"callout\"><p><strong>{}</strong> {}</p></div>",
                escape(title),
                escape(text)
            )
        }
        Block::Quote { text, source } => {
            writeln!(
                out,
                "<blockquote><p>“{}”</p><footer>{}</footer></blockquote>",
                escape(text),
                escape(source)
            )
        }
        Block::Bullets { items } => list(out, "bullets", items),
        Block::Checklist { items } => list(out, "checklist", items),
        Block::Facts { rows } => {
            out.write_str("<dl class=\"facts\">")?;
            for (label, value) in rows {
                write!(
                    out,
                    "<div><dt>{}</dt><dd>{}</dd></div>",
                    escape(label),
                    escape(value)
                )?;
            }
            out.write_str("</dl>\n")
        }
        Block::Table {
            caption,
            header,
            rows,
        } => table(out, caption, header, rows),
        Block::Picture(p) => write_picture(out, p),
        Block::WriteIn { label, lines } => {
            writeln!(
                out,
                "<p class=\"write-in lines-{lines}\">{}</p>",
                escape(label)
            )
        }
        Block::PageBreak => Ok(()),
    }
}
