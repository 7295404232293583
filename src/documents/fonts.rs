//! Fonts of printed documents.
//!
//! Libertinus Serif for Latin, Greek and Cyrillic, Noto for the scripts of India, Thai, Arabic and
//! Hebrew, Droid Sans Fallback for Chinese, Japanese and Korean. The files are stored compressed,
//! which halves their share of the program, and unpacked at the first use.

use std::{
    io::{self, Read},
    sync::LazyLock,
};

use flate2::read::GzDecoder;
use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(include_bytes!(concat!("../../assets/fonts/", $path, ".gz")).as_slice()),*]
    };
}

const FILES: [&[u8]; 15] = files![
    "libertinus/LibertinusSerif-Regular.otf",
    "libertinus/LibertinusSerif-Italic.otf",
    "libertinus/LibertinusSerif-Semibold.otf",
    "noto/NotoNaskhArabic-Regular.ttf",
    "noto/NotoSansHebrew-Regular.ttf",
    "noto/NotoSansThai-Regular.ttf",
    "noto/NotoSansDevanagari-Regular.ttf",
    "noto/NotoSansBengali-Regular.ttf",
    "noto/NotoSansTamil-Regular.ttf",
    "noto/NotoSansTelugu-Regular.ttf",
    "noto/NotoSansGujarati-Regular.ttf",
    "noto/NotoSansKannada-Regular.ttf",
    "noto/NotoSansMalayalam-Regular.ttf",
    "noto/NotoSansGurmukhi-Regular.ttf",
    "droid/DroidSansFallback.ttf",
];

/// The fonts, with an index for the typesetter.
pub(super) struct Fonts {
    pub book: LazyHash<FontBook>,
    pub fonts: Vec<Font>,
}

/// Every font.
#[expect(clippy::expect_used, reason = "constant files, all unpacked in tests")]
pub(super) static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let files = FILES.map(|packed| unpack(packed).expect("a complete file"));
    let fonts: Vec<Font> = files
        .into_iter()
        .flat_map(|file| Font::iter(Bytes::new(file)))
        .collect();
    Fonts {
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut file = Vec::with_capacity(packed.len() * 2);
    GzDecoder::new(packed).read_to_end(&mut file)?;
    Ok(file)
}

/// Whether one font has all characters, so that they can be set as a unit. Characters without a
/// shape of their own, such as joiners, need no glyph.
pub(super) fn one_font_has(text: &str) -> bool {
    let mut fonts = FONTS.fonts.iter();
    fonts.any(|font| {
        let coverage = &font.info().coverage;
        text.chars()
            .all(|c| is_invisible(c) || coverage.contains(u32::from(c)))
    })
}

/// Soft hyphen, joiners, marks of direction and variation selectors.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
