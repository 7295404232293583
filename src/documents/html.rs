//! HTML output: a fragment for application pages, or a self-contained file.

use askama::Template;

use super::model::{Block, Document, Picture};
use crate::locale::direction;

#[derive(Template)]
#[template(path = "document.html", escape = "document")]
struct Page<'a> {
    document: &'a Document,
    direction: &'static str,
    style: &'static str,
    blocks: Blocks<'a>,
}

#[derive(Template)]
#[template(path = "document_blocks.html", escape = "document")]
struct Blocks<'a> {
    blocks: &'a [Block],
}

#[derive(Template)]
#[template(path = "document_picture.html", escape = "document")]
struct Figure<'a> {
    picture: &'a Picture,
}

/// Renders the document's blocks. Headings start at `<h2>`, because the page has the `<h1>`.
pub fn fragment(document: &Document) -> String {
    let blocks = Blocks {
        blocks: &document.blocks,
    };
    blocks.to_string()
}

/// Renders the document as one file with an embedded stylesheet and no external resources.
pub fn page(document: &Document) -> String {
    let page = Page {
        document,
        direction: direction(&document.language).as_str(),
        style: include_str!("templates/document.css"),
        blocks: Blocks {
            blocks: &document.blocks,
        },
    };
    page.to_string() + "\n"
}

/// Renders a picture with its numbers in a collapsed table.
pub fn picture(picture: &Picture) -> String {
    Figure { picture }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(blocks: Vec<Block>) -> Document {
        Document {
            title: "Plan & \"more\"".to_owned(),
            subtitle: "for <Ann>".to_owned(),
            language: "en".to_owned(),
            footer: "it's private".to_owned(),
            banner: Some("Synthetic".to_owned()),
            blocks,
        }
    }

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn fragment_renders_every_block_and_escapes_text() {
        let picture = Picture {
            title: "Rates".to_owned(),
            description: "two rates".to_owned(),
            svg: "<svg/>".to_owned(),
            numbers: "The numbers".to_owned(),
            caption: "Rates: the numbers".to_owned(),
            header: texts(&["", "Rate"]),
            rows: vec![texts(&["Ann", "80 %"])],
            width: 360,
        };
        let blocks = vec![
            Block::Heading {
                level: 2,
                text: "A & B".to_owned(),
            },
            Block::Paragraph {
                text: "<b>bold</b>".to_owned(),
            },
            Block::Note {
                text: "source".to_owned(),
            },
            Block::Callout {
                title: "Focus".to_owned(),
                text: "one thing".to_owned(),
            },
            Block::Quote {
                text: "it's fine".to_owned(),
                source: "a customer".to_owned(),
            },
            Block::Bullets {
                items: texts(&["one", "two"]),
            },
            Block::Checklist {
                items: texts(&["done?"]),
            },
            Block::Facts {
                rows: vec![("n".to_owned(), "12".to_owned())],
            },
            Block::Table {
                caption: "Scores".to_owned(),
                header: texts(&["Agent", "Score"]),
                rows: vec![texts(&["Ann", "5"]), texts(&["Bob", "4"])],
            },
            Block::Picture(picture),
            Block::WriteIn {
                label: "Agreed".to_owned(),
                lines: 3,
            },
            Block::PageBreak,
        ];
        let document = document(blocks);
        let scroll = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=";
        let expected = [
            "<h3>A &amp; B</h3>",
            "<p>&lt;b&gt;bold&lt;/b&gt;</p>",
            "<p class=\"note\">source</p>",
            "<div class=\"callout\"><p><strong>Focus</strong> one thing</p></div>",
            "<blockquote><p>“it&#39;s fine”</p><footer>a customer</footer></blockquote>",
            "<ul class=\"bullets\"><li>one</li><li>two</li></ul>",
            "<ul class=\"checklist\"><li>done?</li></ul>",
            "<dl class=\"facts\"><div><dt>n</dt><dd>12</dd></div></dl>",
            &format!(
                "{scroll}\"Scores\"><table><caption>Scores</caption><thead><tr>\
                 <th scope=\"col\">Agent</th><th scope=\"col\">Score</th></tr></thead><tbody>\
                 <tr><th scope=\"row\">Ann</th><td>5</td></tr>\
                 <tr><th scope=\"row\">Bob</th><td>4</td></tr></tbody></table></div>"
            ),
            &format!(
                "<figure><figcaption>Rates</figcaption>{scroll}\"Rates\"><svg/></div>\
                 <details><summary>The numbers</summary>{scroll}\"Rates: the numbers\"><table>\
                 <caption>Rates: the numbers</caption><thead><tr><td></td>\
                 <th scope=\"col\">Rate</th></tr></thead><tbody>\
                 <tr><th scope=\"row\">Ann</th><td>80 %</td></tr></tbody></table></div>"
            ),
            "</details></figure>",
            "<p class=\"write-in lines-3\">Agreed</p>",
            "",
        ]
        .join("\n");
        assert_eq!(fragment(&document), expected);
    }

    #[test]
    fn page_is_self_contained() {
        let html = page(&document(Vec::new()));
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n<head>"));
        assert!(html.ends_with(
            "</head>\n<body><main><p class=\"banner\">Synthetic</p>\
             <h1>Plan &amp; &quot;more&quot;</h1><p class=\"subtitle\">for &lt;Ann&gt;</p>\n\
             <footer>it&#39;s private</footer></main></body>\n</html>\n"
        ));
        assert!(!html.contains("src=") && !html.contains("href=") && !html.contains("url("));
    }
}
