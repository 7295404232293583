//! Rendered documents in other programs: structure and text of the PDF, the DOCX in a word
//! processor.

use rapport::documents::{
    docx,
    model::{Block, Document},
    pdf,
};

use crate::support::{skip, tool};

fn sample() -> Document {
    Document {
        title: "A plan & more".to_owned(),
        subtitle: "for *nobody* #here".to_owned(),
        language: "en".to_owned(),
        footer: "small print".to_owned(),
        banner: Some("Synthetic".to_owned()),
        blocks: vec![
            Block::Heading {
                level: 1,
                text: "What customers value".to_owned(),
            },
            Block::Quote {
                // Characters that XML forbids, and one that turns the text round.
                text: "#pan\u{1}ic() $x$ <tag>\u{fffe}\u{202e} “süß” Привет 😡 ठीक".to_owned(),
                source: "a customer".to_owned(),
            },
            Block::Picture(rapport::documents::charts::theme_balance(
                rapport::locale::Locale::english(),
                &[rapport::documents::charts::BalanceBar {
                    label: "Patience".to_owned(),
                    positive: 3,
                    negative: 0,
                    control: rapport::documents::charts::BarControl::Own,
                }],
            )),
            Block::Table {
                caption: "T".to_owned(),
                header: vec!["A".to_owned(), "B".to_owned()],
                rows: vec![vec!["1".to_owned(), "=2".to_owned()]],
            },
            Block::Checklist {
                items: vec!["done?".to_owned()],
            },
            Block::WriteIn {
                label: "Room".to_owned(),
                lines: 2,
            },
        ],
    }
}

/// What customers of many countries write, and how it is printed.
const SENTENCES: [(&str, &str); 14] = [
    ("服务非常好,谢谢你的帮助", "服务非常好,谢谢你的帮助"),
    (
        "とても親切でした。ありがとう",
        "とても親切でした。ありがとう",
    ),
    ("정말 친절하게 도와주셨어요", "정말 친절하게 도와주셨어요"),
    ("บริการดีมาก ขอบคุณครับ", "บริการดีมาก ขอบคุณครับ"),
    (
        "उन्होंने बहुत अच्छी मदद की, धन्यवाद",
        "उन्होंने बहुत अच्छी मदद की, धन्यवाद",
    ),
    ("খুব ভালো পরিষেবা", "খুব ভালো পরিষেবা"),
    ("மிகவும் நல்ல சேவை", "மிகவும் நல்ல சேவை"),
    ("Ευχαριστώ, ήσασταν υπέροχη", "Ευχαριστώ, ήσασταν υπέροχη"),
    ("Спасибо, всё решили быстро", "Спасибо, всё решили быстро"),
    ("خدمة ممتازة شكرا", "خدمة ممتازة شكرا"),
    ("שירות מצוין תודה", "שירות מצוין תודה"),
    (
        "Great 👍👍 work 😡",
        "Great [thumbs up ×2] work [enraged face]",
    ),
    ("Bold 𝗕𝗼𝗹𝗱", "Bold Bold"),
    ("Linear B 𐀀", "Linear B [U+10000]"),
];

/// A document that has each sentence as a quotation, and in a chart.
fn world() -> Document {
    let bar = |(sentence, _): &(&str, &str)| rapport::documents::charts::BalanceBar {
        label: (*sentence).to_owned(),
        positive: 3,
        negative: 1,
        control: rapport::documents::charts::BarControl::Own,
    };
    let quotes = SENTENCES.iter().map(|(sentence, _)| Block::Quote {
        text: (*sentence).to_owned(),
        source: "Καλλιόπη 山田".to_owned(),
    });
    let chart = Block::Picture(rapport::documents::charts::theme_balance(
        rapport::locale::Locale::english(),
        &SENTENCES.iter().map(bar).collect::<Vec<_>>(),
    ));
    Document {
        blocks: quotes.chain([chart]).collect(),
        ..sample()
    }
}

/// The text without white space, marks of direction and soft hyphens, in which programs differ, in
/// composed form.
fn letters(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let is_letter = |c: &char| {
        let is_mark = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
        !c.is_whitespace() && !is_mark
    };
    text.nfkc().filter(is_letter).collect()
}

#[test]
fn every_character_reaches_the_text_of_the_pdf() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("x.pdf").display().to_string();
    std::fs::write(&file, pdf::render(&world()).expect("typesets")).expect("writes");
    let Some(text) = tool("pdftotext", &[&file, "-"]) else {
        return skip("text of many scripts in the PDF: poppler-utils is not installed");
    };
    let text = letters(&text);
    for (sentence, printed) in SENTENCES {
        let found = text.matches(&letters(printed)).count();
        assert!(found >= 1, "{sentence} is not in {text}");
    }
    let fonts = tool("pdffonts", &[&file]).expect("poppler");
    for line in fonts.lines().skip(2) {
        let columns: Vec<&str> = line.split_whitespace().rev().collect();
        let (to_unicode, embedded) = (columns[2], columns[4]);
        assert_eq!((embedded, to_unicode), ("yes", "yes"), "{line}");
    }
}

#[test]
fn pdf_is_tagged_titled_deterministic_and_keeps_text() {
    let bytes = pdf::render(&sample()).expect("typesets");
    assert!(
        bytes == pdf::render(&sample()).expect("typesets"),
        "the same document gives the same bytes"
    );
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("x.pdf").display().to_string();
    std::fs::write(&file, &bytes).expect("writes");
    let Some(text) = tool("pdftotext", &[&file, "-"]) else {
        return skip("text and tags of the PDF: poppler-utils is not installed");
    };
    for said in [
        "A plan & more",
        "for *nobody* #here",
        "#panic() $x$ <tag>",
        "süß",
        "Привет",
        "Patience",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let info = tool("pdfinfo", &[&file]).expect("poppler");
    assert!(
        info.contains("Tagged:          yes") && info.contains("A plan & more"),
        "{info}"
    );
    let tags = tool("pdfinfo", &["-struct", &file]).expect("poppler");
    for tag in ["H1 ", "Table", "TH", "Figure", "L (block)"] {
        assert!(tags.contains(tag), "{tag} in {tags}");
    }
}

#[test]
fn docx_opens_in_a_word_processor() {
    let bytes = docx::render(&sample()).expect("packs");
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("x.docx").display().to_string();
    std::fs::write(&file, &bytes).expect("writes");
    let out = folder.path().display().to_string();
    let profile = format!("-env:UserInstallation=file://{out}/profile");
    if tool(
        "soffice",
        &[
            &profile,
            "--headless",
            "--convert-to",
            "txt:Text",
            "--outdir",
            &out,
            &file,
        ],
    )
    .is_none()
    {
        return skip("opening the DOCX: LibreOffice is not installed");
    }
    let text = std::fs::read_to_string(folder.path().join("x.txt")).expect("converted");
    for said in ["A plan & more", "#panic() $x$ <tag>", "Привет", "=2"] {
        assert!(text.contains(said), "{said} in {text}");
    }
}
