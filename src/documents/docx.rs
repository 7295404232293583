//! DOCX output, for editable plans, laid out like the PDF: the same pictures, as PNG, the same text
//! size and the same pages.

use docx_rs::{
    AlignmentType, BorderType, Docx, FieldCharType, Footer, HeightRule, InstrNUMPAGES, InstrPAGE,
    InstrText, LineSpacing, LineSpacingType, PageMargin, Paragraph, ParagraphBorder,
    ParagraphBorderPosition, ParagraphBorders, Pic, Run, RunFonts, Shading, Style, StyleType,
    Table, TableBorder, TableBorderPosition, TableBorders, TableCell, TableCellMargins, TableRow,
    VAlignType, WidthType,
};

use super::{
    error::RenderError,
    escape::{escape, visible},
    model::{Block, Document, Picture},
    pdf::{self, Layout, Spare},
    raster, word_fonts,
};

/// Lengths are in twentieths of a point: A4, margins of 18 mm, and the width between them.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: i32 = 1_021;
const TEXT_WIDTH: usize = 9_864;
/// Between lines for handwriting, 7.4 mm.
const LINE: f32 = 420.0;
/// A row of a table for handwriting, 4.6 mm.
const ROW: f32 = 260.0;
const MILLIMETRE: f32 = 56.7;
/// English metric units of DrawingML in a twentieth of a point.
const EMU: f32 = 635.0;

const QUIET: &str = "566365";
const ACCENT: &str = "1D4B4E";
const RULE: &str = "CFD8D8";
const SOFT: &str = "EEF3F3";

/// Renders the document.
///
/// # Errors
/// [`RenderError::Typeset`] or [`RenderError::Json`] if the pages cannot be laid out,
/// [`RenderError::Picture`] if a picture cannot be drawn, [`RenderError::Zip`] if the archive
/// cannot be written.
pub fn render(document: &Document) -> Result<Vec<u8>, RenderError> {
    let layout = pdf::layout(document)?;
    let mut writer = Writer::new(document, &layout);
    writer.head(document);
    writer.blocks(&document.blocks)?;
    let mut parts = writer.docx.build();
    parts.document = with_alternatives(&parts.document, &writer.alternatives);
    let mut bytes = std::io::Cursor::new(Vec::new());
    parts.pack(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.into_inner())
}

/// Gives each picture its number, title and text alternative, which the library leaves out.
fn with_alternatives(document: &[u8], alternatives: &[(String, String)]) -> Vec<u8> {
    let document = String::from_utf8_lossy(document);
    let mut parts = document.split(r#"<wp:docPr id="1" name="Figure" />"#);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (at, (part, (title, description))) in parts.zip(alternatives).enumerate() {
        let (title, description) = (escape(title), escape(description));
        out += &format!(
            r#"<wp:docPr id="{}" name="{title}" descr="{description}" />"#,
            at + 1
        );
        out += part;
    }
    out.into_bytes()
}

struct Writer<'a> {
    docx: Docx,
    layout: &'a Layout,
    /// The part that is written; parts begin on a page of their own if they fit.
    part: usize,
    starts_page: bool,
    /// Titles and descriptions of the pictures so far.
    alternatives: Vec<(String, String)>,
}

impl<'a> Writer<'a> {
    fn new(document: &Document, layout: &'a Layout) -> Self {
        let margin = PageMargin::new()
            .top(851)
            .bottom(964)
            .left(MARGIN)
            .right(MARGIN);
        let font = word_fonts::DEFAULT;
        let fonts = RunFonts::new()
            .ascii(font)
            .hi_ansi(font)
            .cs(font)
            .east_asia("Microsoft YaHei");
        let half_points = |factor: f64| (layout.text * 2.0 * factor).round() as usize;
        let heading = |id: &str, name: &str, size| {
            Style::new(id, StyleType::Paragraph)
                .name(name)
                .size(size)
                .bold()
                .color(ACCENT)
        };
        let docx = Docx::new()
            .page_size(PAGE.0, PAGE.1)
            .page_margin(margin.footer(400))
            .default_fonts(fonts)
            .default_size(half_points(1.0))
            .created_at("2000-01-01T00:00:00Z")
            .updated_at("2000-01-01T00:00:00Z")
            .add_style(heading("Title", "Title", 40))
            .add_style(heading("Heading1", "heading 1", half_points(1.2)))
            .add_style(heading("Heading2", "heading 2", half_points(1.03)))
            .footer(footer(&document.footer));
        Self {
            docx,
            layout,
            part: 0,
            starts_page: false,
            alternatives: Vec::new(),
        }
    }

    fn head(&mut self, document: &Document) {
        if let Some(banner) = &document.banner {
            let style = |run: Run| run.size(17).color("7A3712");
            self.add(paragraph(banner, style).line_spacing(LineSpacing::new().after(80)));
        }
        let spacing = LineSpacing::new().after(60);
        self.add(
            paragraph(&document.title, |run| run)
                .style("Title")
                .line_spacing(spacing),
        );
        let size = self.size(0.92);
        let style = |run: Run| run.size(size).color(QUIET);
        let spacing = LineSpacing::new().after(160);
        self.add(paragraph(&document.subtitle, style).line_spacing(spacing));
    }

    /// Text size relative to the document's, in half points.
    fn size(&self, factor: f64) -> usize {
        (self.layout.text * 2.0 * factor).round() as usize
    }

    fn spare(&self) -> Spare {
        let spare = self.layout.spare.get(self.part).copied();
        spare.unwrap_or_default()
    }

    fn add(&mut self, paragraph: Paragraph) {
        let starts_page = std::mem::take(&mut self.starts_page);
        let paragraph = if starts_page {
            paragraph.page_break_before(true)
        } else {
            paragraph
        };
        self.docx = std::mem::take(&mut self.docx).add_paragraph(paragraph);
    }

    fn add_table(&mut self, table: Table) {
        self.docx = std::mem::take(&mut self.docx).add_table(table);
    }

    fn blocks(&mut self, blocks: &[Block]) -> Result<(), RenderError> {
        let mut at = 0;
        while let Some(block) = blocks.get(at) {
            let pictures = blocks[at..].iter().map_while(|block| match block {
                Block::Picture(picture) => Some(picture),
                _ => None,
            });
            let pictures: Vec<&Picture> = pictures.collect();
            if pictures.is_empty() {
                let leads = blocks.get(at + 1).is_some_and(is_unit);
                self.block(block, leads);
                at += 1;
            } else {
                self.pictures(&pictures)?;
                at += pictures.len();
            }
        }
        Ok(())
    }

    /// One block; `leads` keeps it on the page of the next.
    fn block(&mut self, block: &Block, leads: bool) {
        match block {
            Block::Heading { level, text } => self.heading(*level, text),
            Block::Paragraph { text } => {
                self.add(spaced(paragraph(text, |run| run), 100).keep_next(leads));
            }
            Block::Note { text } => {
                let size = self.size(0.84);
                let style = |run: Run| run.size(size).color(QUIET);
                self.add(spaced(paragraph(text, style), 80).keep_next(leads));
            }
            Block::Callout { title, text } => self.callout(title, text),
            Block::Quote { text, source } => self.quote(text, source),
            Block::Bullets { items } => self.items("•", items),
            Block::Checklist { items } => self.items("☐", items),
            Block::Facts { rows } => self.facts(rows),
            Block::Table {
                caption: _,
                header,
                rows,
            } => self.table(header, rows),
            Block::Picture(_) => {}
            Block::WriteIn { label, lines } => self.write_in(label, usize::from(*lines)),
            Block::PageBreak => {
                self.part += 1;
                self.starts_page = self.layout.fits;
            }
        }
    }

    fn heading(&mut self, level: u8, text: &str) {
        let heading = paragraph(text, |run| run)
            .keep_next(true)
            .outline_lvl(usize::from(level.saturating_sub(1)));
        let heading = if level == 1 {
            let line = bottom_border().space(3);
            heading
                .style("Heading1")
                .set_borders(ParagraphBorders::with_empty().set(line))
                .line_spacing(LineSpacing::new().before(200).after(90))
        } else {
            heading
                .style("Heading2")
                .line_spacing(LineSpacing::new().before(90).after(40))
        };
        self.add(heading);
    }

    fn callout(&mut self, title: &str, text: &str) {
        let both = with_text(paragraph(title, Run::bold), &format!(" {text}"), |run| run);
        let cell = cell(TEXT_WIDTH, both).shading(Shading::new().fill(SOFT));
        let margins = TableCellMargins::new().margin(90, 140, 90, 140);
        self.add_table(plain_table(vec![TableRow::new(vec![cell]).cant_split()]).margins(margins));
        self.gap(80);
    }

    fn quote(&mut self, text: &str, source: &str) {
        let size = self.size(0.84);
        let quote = paragraph(&format!("“{text}”"), Run::italic);
        let source_style = |run: Run| run.size(size).color(QUIET);
        let quote = with_text(quote, &format!("  {source}"), source_style)
            .indent(Some(200), None, None, None)
            .keep_lines(true);
        self.add(spaced(quote, 80));
    }

    fn items(&mut self, mark: &str, items: &[String]) {
        for item in items {
            let item = paragraph(&format!("{mark} {item}"), |run| run);
            self.add(spaced(
                item.indent(
                    Some(260),
                    Some(docx_rs::SpecialIndentType::Hanging(260)),
                    None,
                    None,
                ),
                50,
            ));
        }
        self.gap(40);
    }

    fn facts(&mut self, rows: &[(String, String)]) {
        const LABEL: usize = 1_850;
        let row = |(label, value): &(String, String)| {
            let label = cell(LABEL, paragraph(label, |run| run.color(QUIET)));
            let value = cell(TEXT_WIDTH - LABEL, paragraph(value, |run| run));
            TableRow::new(vec![label, value]).cant_split()
        };
        let table = plain_table(rows.iter().map(row).collect());
        let margins = TableCellMargins::new().margin(8, 60, 8, 0);
        self.add_table(
            table
                .set_grid(vec![LABEL, TEXT_WIDTH - LABEL])
                .margins(margins),
        );
        self.gap(60);
    }

    fn table(&mut self, header: &[String], rows: &[Vec<String>]) {
        let widths = column_widths(header, rows);
        let size = self.size(0.88);
        let handwriting = is_for_handwriting(rows);
        let together = rows.len() <= 12;
        let row = |cells: &[String], is_header: bool, is_last: bool| {
            let cells = cells.iter().zip(&widths).map(|(text, width)| {
                let style = |run: Run| {
                    if is_header {
                        run.size(size).bold()
                    } else {
                        run.size(size)
                    }
                };
                let text = paragraph(text, style)
                    .align(AlignmentType::Left)
                    .keep_next(together && !is_last);
                let cell = cell(*width, text).vertical_align(VAlignType::Center);
                if is_header {
                    cell.shading(Shading::new().fill(SOFT))
                } else {
                    cell
                }
            });
            TableRow::new(cells.collect()).cant_split()
        };
        let height = ROW + self.spare().row * MILLIMETRE;
        let body = rows.iter().enumerate().map(|(at, cells)| {
            let row = row(cells, false, at + 1 == rows.len());
            if handwriting {
                row.row_height(height).height_rule(HeightRule::AtLeast)
            } else {
                row
            }
        });
        let all = std::iter::once(row(header, true, rows.is_empty())).chain(body);
        let table = Table::new(all.collect())
            .set_grid(widths.clone())
            .width(widths.iter().sum(), WidthType::Dxa)
            .set_borders(horizontal_rules())
            .margins(TableCellMargins::new().margin(30, 110, 30, 110));
        self.add_table(table);
        self.gap(80);
    }

    /// Lines for handwriting.
    fn write_in(&mut self, label: &str, lines: usize) {
        self.add(paragraph(label, |run| run.color(QUIET)).keep_next(true));
        // One line less of the space that is left makes up for the other program's line breaks.
        let spare = self.spare().lines.saturating_sub(1);
        let lines = lines.saturating_sub(self.layout.fewer).max(1) + spare;
        let row = |_| {
            TableRow::new(vec![cell(TEXT_WIDTH, Paragraph::new())])
                .row_height(LINE)
                .height_rule(HeightRule::Exact)
        };
        let table = Table::new((0..lines).map(row).collect())
            .set_grid(vec![TEXT_WIDTH])
            .width(TEXT_WIDTH, WidthType::Dxa)
            .set_borders(horizontal_rules());
        self.add_table(table);
        self.gap(80);
    }

    /// Pictures in a row: the first on the left, the others on its right, stacked.
    fn pictures(&mut self, pictures: &[&Picture]) -> Result<(), RenderError> {
        let [first, others @ ..] = pictures else {
            return Ok(());
        };
        if others.is_empty() {
            let (title, image) = self.picture(first, TEXT_WIDTH)?;
            self.add(title);
            self.add(image);
            return Ok(());
        }
        let left = TEXT_WIDTH * 57 / 100;
        let right = TEXT_WIDTH - left;
        let (title, image) = self.picture(first, left - 200)?;
        let first = cell(left, title).add_paragraph(image);
        let mut second = TableCell::new().width(right, WidthType::Dxa);
        for picture in others {
            let (title, image) = self.picture(picture, right)?;
            second = second.add_paragraph(title).add_paragraph(image);
        }
        let row = TableRow::new(vec![first, second]).cant_split();
        let table = plain_table(vec![row]).set_grid(vec![left, right]);
        self.add_table(table.margins(TableCellMargins::new().margin(0, 0, 0, 0)));
        self.gap(60);
        Ok(())
    }

    /// Title and image of a picture that is at most `width` wide.
    fn picture(
        &mut self,
        picture: &Picture,
        width: usize,
    ) -> Result<(Paragraph, Paragraph), RenderError> {
        let image = raster::draw(&picture.svg)?;
        // 0.285 mm to a CSS pixel, as in the PDF.
        let width = (width as f32).min(image.width * 0.285 * MILLIMETRE);
        let height = width * image.height / image.width;
        self.alternatives
            .push((picture.title.clone(), picture.description.clone()));
        let emu = |length: f32| (length * EMU).round() as u32;
        let pic = Pic::new_with_dimensions(image.png, 1, 1)
            .id(format!("rIdImage{}", self.alternatives.len()))
            .size(emu(width), emu(height));
        let size = self.size(0.92);
        let title = paragraph(&picture.title, |run| run.size(size).bold().color(ACCENT));
        Ok((
            title.keep_next(true),
            spaced(Paragraph::new().add_run(Run::new().add_image(pic)), 80),
        ))
    }

    /// Space after a table, which Word would otherwise join to the next one.
    fn gap(&mut self, height: i32) {
        let spacing = LineSpacing::new()
            .line(height.max(20))
            .line_rule(LineSpacingType::Exact);
        self.add(Paragraph::new().line_spacing(spacing));
    }
}

/// Blocks that a heading or a sentence leads to.
fn is_unit(block: &Block) -> bool {
    !matches!(
        block,
        Block::Heading { .. } | Block::Paragraph { .. } | Block::Note { .. } | Block::PageBreak
    )
}

/// Whether the last column is empty, to be written in by hand.
fn is_for_handwriting(rows: &[Vec<String>]) -> bool {
    !rows.is_empty()
        && rows
            .iter()
            .all(|row| row.last().is_some_and(String::is_empty))
}

/// Widths by the longest text of each column; a column for handwriting takes what is left.
fn column_widths(header: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let longest = |column: usize| {
        let all = rows.iter().map(Vec::as_slice).chain([header]);
        let cells = all.filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let columns = header.len().max(1);
    // About 100 twentieths of a point for a character, and the margins of the cell.
    let mut widths: Vec<usize> = (0..header.len())
        .map(|at| longest(at) * 100 + 260)
        .collect();
    if is_for_handwriting(rows) {
        let others: usize = widths.iter().rev().skip(1).sum();
        if let Some(last) = widths.last_mut() {
            *last = TEXT_WIDTH.saturating_sub(others).max(TEXT_WIDTH / columns);
        }
    }
    // Long columns give way to the short ones.
    let sum: usize = widths.iter().sum();
    if sum > TEXT_WIDTH {
        let share = TEXT_WIDTH / columns;
        let short: usize = widths.iter().filter(|w| **w <= share).sum();
        let long: usize = sum - short;
        for width in widths.iter_mut().filter(|w| **w > share) {
            *width = *width * (TEXT_WIDTH - short) / long.max(1);
        }
    }
    widths
}

fn paragraph(text: &str, style: impl Fn(Run) -> Run) -> Paragraph {
    with_text(Paragraph::new(), text, style)
}

/// Appends text in runs of one font each.
fn with_text(paragraph: Paragraph, text: &str, style: impl Fn(Run) -> Run) -> Paragraph {
    let text = visible(text);
    let pieces = word_fonts::pieces(&text).into_iter();
    pieces.fold(paragraph, |paragraph, (font, piece)| {
        let run = style(Run::new().add_text(piece));
        paragraph.add_run(match font {
            Some(font) => {
                let fonts = RunFonts::new().ascii(font).hi_ansi(font);
                run.fonts(fonts.east_asia(font).cs(font))
            }
            None => run,
        })
    })
}

fn spaced(paragraph: Paragraph, after: u32) -> Paragraph {
    paragraph.line_spacing(LineSpacing::new().after(after))
}

fn cell(width: usize, text: Paragraph) -> TableCell {
    TableCell::new()
        .width(width, WidthType::Dxa)
        .add_paragraph(text)
}

fn plain_table(rows: Vec<TableRow>) -> Table {
    Table::without_borders(rows).width(TEXT_WIDTH, WidthType::Dxa)
}

fn horizontal_rules() -> TableBorders {
    let rule = |position| {
        TableBorder::new(position)
            .border_type(BorderType::Single)
            .size(4)
            .color(RULE)
    };
    TableBorders::with_empty()
        .set(rule(TableBorderPosition::InsideH))
        .set(rule(TableBorderPosition::Bottom))
}

fn bottom_border() -> ParagraphBorder {
    ParagraphBorder::new(ParagraphBorderPosition::Bottom)
        .val(BorderType::Single)
        .size(4)
        .color(RULE)
}

fn footer(text: &str) -> Footer {
    let style = |run: Run| run.size(15).color(QUIET);
    let mark = |kind| style(Run::new().add_field_char(kind, false));
    let field = |paragraph: Paragraph, instruction| {
        paragraph
            .add_run(mark(FieldCharType::Begin))
            .add_run(style(Run::new().add_instr_text(instruction)))
            .add_run(mark(FieldCharType::Separate))
            .add_run(style(Run::new().add_text("1")))
            .add_run(mark(FieldCharType::End))
    };
    let text = paragraph(&format!("{text}  ·  "), style);
    let text = field(text, InstrText::PAGE(InstrPAGE::new()));
    let text = text.add_run(style(Run::new().add_text(" / ")));
    let text = field(text, InstrText::NUMPAGES(InstrNUMPAGES::new()));
    Footer::new().add_paragraph(text)
}
