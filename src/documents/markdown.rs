//! Markdown output (CommonMark with tables). Text is escaped.

use std::fmt::Write;

use super::model::{Block, Document};

/// Renders the document.
pub fn render(document: &Document) -> String {
    let mut out = String::new();
    let _infallible = write_document(&mut out, document);
    out
}

/// Escapes Markdown punctuation and replaces control characters by spaces.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~'
        ) {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

fn table(out: &mut String, header: &[String], rows: &[Vec<String>]) -> std::fmt::Result {
    let line = |cells: &[String]| {
        format!(
            "| {} |",
            cells
                .iter()
                .map(|c| escape(c))
                .collect::<Vec<_>>()
                .join(" | ")
        )
    };
    writeln!(out, "{}\n|{}", line(header), " --- |".repeat(header.len()))?;
    for row in rows {
        writeln!(out, "{}", line(row))?;
    }
    writeln!(out)
}

fn write_document(out: &mut String, d: &Document) -> std::fmt::Result {
    writeln!(out, "# {}\n\n{}\n", escape(&d.title), escape(&d.subtitle))?;
    if let Some(banner) = &d.banner {
        writeln!(out, "> **{}**\n", escape(banner))?;
    }
    for block in &d.blocks {
        write_block(out, block)?;
    }
    writeln!(out, "---\n\n{}", escape(&d.footer))
}

fn write_block(out: &mut String, block: &Block) -> std::fmt::Result {
    match block {
        Block::Heading { level, text } => writeln!(
            out,
            "{} {}\n",
            "#".repeat(usize::from(*level) + 1),
            escape(text)
        ),
        Block::Paragraph { text } => writeln!(out, "{}\n", escape(text)),
        Block::Note { text } => writeln!(out, "*{}*\n", escape(text)),
        Block::Callout { title, text } => {
            writeln!(out, "> **{}** {}\n", escape(title), escape(text))
        }
        Block::Quote { text, source } => {
            writeln!(out, "> “{}” ({})\n", escape(text), escape(source))
        }
        Block::Bullets { items } => {
            for item in items {
                writeln!(out, "- {}", escape(item))?;
            }
            writeln!(out)
        }
        Block::Checklist { items } => {
            for item in items {
                writeln!(out, "- [ ] {}", escape(item))?;
            }
            writeln!(out)
        }
        Block::Facts { rows } => {
            for (label, value) in rows {
                writeln!(out, "- **{}:** {}", escape(label), escape(value))?;
            }
            writeln!(out)
        }
        Block::Table {
            caption,
            header,
            rows,
        } => {
            writeln!(out, "{}\n", escape(caption))?;
            table(out, header, rows)
        }
        Block::Picture(p) => {
            // The table says what the description would.
            if p.rows.is_empty() {
                writeln!(out, "{}: {}\n", escape(&p.title), escape(&p.description))?;
            } else {
                writeln!(out, "{}\n", escape(&p.title))?;
            }
            table(out, &p.header, &p.rows)
        }
        Block::WriteIn { label, lines } => {
            writeln!(
                out,
                "{}\n\n{}",
                escape(label),
                "\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\n\n".repeat(usize::from(*lines))
            )
        }
        Block::PageBreak => Ok(()),
    }
}
