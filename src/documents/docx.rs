//! DOCX output, for editable plans. Pictures are replaced by tables of their numbers.

use docx_rs::{
    AlignmentType, Docx, Footer, LineSpacing, PageMargin, Paragraph, Run, RunFonts, Shading, Style,
    StyleType, Table, TableCell, TableRow, WidthType,
};

use super::{
    error::RenderError,
    model::{Block, Document},
};

/// Text width of an A4 page with our margins, in twentieths of a point.
const TEXT_WIDTH: usize = 9_638;

/// Renders the document.
///
/// # Errors
/// [`RenderError::Zip`] if the archive cannot be written.
pub fn render(document: &Document) -> Result<Vec<u8>, RenderError> {
    let fonts = RunFonts::new().ascii("Georgia").hi_ansi("Georgia");
    let heading = |id: &str, name: &str, size| {
        Style::new(id, StyleType::Paragraph)
            .name(name)
            .size(size)
            .bold()
            .color("1D4B4E")
    };
    let mut docx = Docx::new()
        .page_size(11_906, 16_838)
        .page_margin(
            PageMargin::new()
                .top(1_134)
                .bottom(1_134)
                .left(1_134)
                .right(1_134),
        )
        .default_fonts(fonts)
        .default_size(21)
        .created_at("2000-01-01T00:00:00Z")
        .updated_at("2000-01-01T00:00:00Z")
        .add_style(heading("Title", "Title", 40))
        .add_style(heading("Heading1", "heading 1", 28))
        .add_style(heading("Heading2", "heading 2", 23))
        .footer(
            Footer::new().add_paragraph(paragraph(
                Run::new()
                    .add_text(&document.footer)
                    .size(16)
                    .color("566365"),
            )),
        );
    if let Some(banner) = &document.banner {
        docx = docx.add_paragraph(paragraph(
            Run::new().add_text(banner).bold().color("8A3B12"),
        ));
    }
    docx = docx
        .add_paragraph(
            Paragraph::new()
                .style("Title")
                .add_run(Run::new().add_text(&document.title)),
        )
        .add_paragraph(paragraph(
            Run::new().add_text(&document.subtitle).color("566365"),
        ));
    for block in &document.blocks {
        docx = add(docx, block);
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    docx.build()
        .pack(&mut bytes)
        .map_err(std::io::Error::other)?;
    Ok(bytes.into_inner())
}

fn paragraph(run: Run) -> Paragraph {
    Paragraph::new()
        .add_run(run)
        .line_spacing(LineSpacing::new().after(100))
}

fn table(header: &[String], rows: &[Vec<String>]) -> Table {
    let width = TEXT_WIDTH / header.len().max(1);
    let cell = |text: &str, head: bool| {
        let run = Run::new().add_text(text).size(19);
        let cell = TableCell::new().width(width, WidthType::Dxa);
        let cell = if head {
            cell.shading(Shading::new().fill("E8EEEE"))
        } else {
            cell
        };
        cell.add_paragraph(
            Paragraph::new()
                .add_run(if head { run.bold() } else { run })
                .align(AlignmentType::Left),
        )
    };
    let row = |cells: &[String], head: bool| {
        TableRow::new(cells.iter().map(|c| cell(c, head)).collect()).cant_split()
    };
    let all = std::iter::once(row(header, true)).chain(rows.iter().map(|r| row(r, false)));
    Table::new(all.collect())
        .set_grid(vec![width; header.len()])
        .width(TEXT_WIDTH, WidthType::Dxa)
}

fn items(mut docx: Docx, mark: &str, items: &[String]) -> Docx {
    for item in items {
        let run = Run::new().add_text(format!("{mark} {item}"));
        docx = docx.add_paragraph(paragraph(run).indent(Some(360), None, None, None));
    }
    docx
}

/// Appends one block.
fn add(docx: Docx, block: &Block) -> Docx {
    match block {
        Block::Heading { level, text } => {
            let style = if *level == 1 { "Heading1" } else { "Heading2" };
            docx.add_paragraph(
                Paragraph::new()
                    .style(style)
                    .keep_next(true)
                    .outline_lvl(usize::from(level.saturating_sub(1)))
                    .line_spacing(LineSpacing::new().before(240).after(80))
                    .add_run(Run::new().add_text(text)),
            )
        }
        Block::Paragraph { text } => docx.add_paragraph(paragraph(Run::new().add_text(text))),
        Block::Note { text } => docx.add_paragraph(paragraph(
            Run::new().add_text(text).size(18).color("566365"),
        )),
        Block::Callout { title, text } => docx.add_paragraph(
            paragraph(Run::new().add_text(title).bold())
                .add_run(Run::new().add_text(format!(" {text}"))),
        ),
        Block::Quote { text, source } => docx.add_paragraph(
            paragraph(Run::new().add_text(format!("“{text}”")).italic())
                .add_run(
                    Run::new()
                        .add_text(format!("  {source}"))
                        .size(18)
                        .color("566365"),
                )
                .indent(Some(360), None, None, None),
        ),
        Block::Bullets { items: list } => items(docx, "•", list),
        Block::Checklist { items: list } => items(docx, "☐", list),
        Block::Facts { rows } => rows.iter().fold(docx, |docx, (label, value)| {
            docx.add_paragraph(
                paragraph(Run::new().add_text(format!("{label}: ")).bold())
                    .add_run(Run::new().add_text(value)),
            )
        }),
        Block::Table {
            caption,
            header,
            rows,
        } => docx
            .add_paragraph(paragraph(Run::new().add_text(caption).bold()))
            .add_table(table(header, rows))
            .add_paragraph(Paragraph::new()),
        Block::Picture(p) => docx
            .add_paragraph(paragraph(Run::new().add_text(&p.title).bold()))
            .add_table(table(&p.header, &p.rows))
            .add_paragraph(Paragraph::new()),
        Block::WriteIn { label, lines } => {
            let docx = docx.add_paragraph(paragraph(Run::new().add_text(label).bold()));
            (0..*lines).fold(docx, |docx, _| {
                docx.add_paragraph(paragraph(
                    Run::new().add_text("_".repeat(80)).color("BBBBBB"),
                ))
            })
        }
        // Word processors break pages automatically.
        Block::PageBreak => docx,
    }
}
