//! Character encodings: declared by a byte order mark or an option, else UTF-8, else guessed.
//!
//! Text that is not UTF-8 is decoded cell by cell, because concatenated exports mix encodings.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    CoderResult, Decoder, Encoding, MACINTOSH, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252,
};

/// Code page 850, bytes 0x80 to 0xFF: `encoding_rs` has only what the web uses.
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
    ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// Bytes of letters in code page 850 that are punctuation or unassigned in Windows-1252, where they
/// do not occur between two letters. (0x92, the apostrophe, and dashes do.)
const DOS_LETTERS: &[u8] =
    b"\x80\x81\x82\x83\x84\x86\x87\x88\x89\x8b\x8d\x8f\x90\x93\x94\x95\x98\x99";

/// Non-ASCII bytes below which a statistical guess is noise; such a text is read as Windows-1252.
const FEWEST_BYTES: usize = 3;

/// An encoding other than UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    Known(&'static Encoding),
    Cp850,
}

impl Charset {
    /// The encoding with this label (as on the web, or `cp850`).
    pub fn named(label: &str) -> Option<Self> {
        match label.trim().to_ascii_lowercase().as_str() {
            "cp850" | "ibm850" | "850" | "dos" => Some(Self::Cp850),
            "cp1252" => Some(Self::Known(WINDOWS_1252)),
            "mac" | "mac-roman" => Some(Self::Known(MACINTOSH)),
            "utf-16" | "utf16" => Some(Self::Known(UTF_16LE)),
            label => Encoding::for_label(label.as_bytes()).map(Self::Known),
        }
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Known(encoding) => encoding.name(),
            Self::Cp850 => "cp850",
        }
    }

    /// Decodes a text that is complete.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Known(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Self::Cp850 => {
                let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
                decode_cp850(bytes, &mut text);
                Cow::Owned(text)
            }
        }
    }

    /// Guesses the encoding of complete lines that are not all UTF-8. `cr_only`: lines end as on
    /// classic Mac OS, whose spreadsheets wrote Mac Roman.
    pub fn guess(sample: &[u8], cr_only: bool) -> Self {
        let (mut other, mut utf8) = (Vec::new(), false);
        for line in sample.split(|b| *b == b'\n') {
            if std::str::from_utf8(line).is_err() {
                other.extend_from_slice(line);
                other.push(b'\n');
            } else {
                utf8 |= !line.is_ascii();
            }
        }
        let high = other.iter().filter(|b| !b.is_ascii()).count();
        let letters = Letters::count(&other);
        if cr_only && letters.dos > 0 && letters.windows == 0 {
            return Self::Known(MACINTOSH);
        }
        let rare = high * 4 <= other.iter().filter(|b| b.is_ascii_alphabetic()).count();
        if letters.dos > 0 && letters.windows == 0 && letters.longest <= 2 && rare {
            return Self::Cp850;
        }
        if is_japanese(&other) {
            return Self::Known(SHIFT_JIS);
        }
        // Beside UTF-8 lines, single ones of another program: most often Western Europe.
        if utf8 || high < FEWEST_BYTES {
            return Self::Known(WINDOWS_1252);
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&other, true);
        Self::Known(detector.guess(None, Utf8Detection::Deny))
    }
}

/// Non-ASCII bytes by their neighbours.
#[derive(Default)]
struct Letters {
    /// Bytes of [`DOS_LETTERS`] between two ASCII letters, one of them in lower case.
    dos: usize,
    /// Bytes of letters in Windows-1252, except 0xE1, which is ß in code page 850.
    windows: usize,
    /// Length of the longest run of non-ASCII bytes.
    longest: usize,
}

impl Letters {
    fn count(bytes: &[u8]) -> Self {
        let mut counts = Self::default();
        let at = |i: Option<usize>| i.and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
        for (i, byte) in bytes.iter().enumerate().filter(|(_, b)| !b.is_ascii()) {
            let (before, after) = (at(i.checked_sub(1)), at(Some(i + 1)));
            let between = before.is_ascii_alphabetic() && after.is_ascii_alphabetic();
            let lower = before.is_ascii_lowercase() || after.is_ascii_lowercase();
            counts.dos += usize::from(between && lower && DOS_LETTERS.contains(byte));
            counts.windows += usize::from(between && *byte >= 0xc0 && *byte != 0xe1);
        }
        let runs = bytes.split(u8::is_ascii).map(<[u8]>::len);
        counts.longest = runs.max().unwrap_or(0);
        counts
    }
}

/// Whether bytes are Shift_JIS: valid, and a third of its characters are kana. `chardetng` takes
/// short texts of mostly hiragana for Windows-1251.
fn is_japanese(bytes: &[u8]) -> bool {
    let (text, errors) = SHIFT_JIS.decode_without_bom_handling(bytes);
    let wide = text.chars().filter(|c| !c.is_ascii()).count();
    let kana = text
        .chars()
        .filter(|c| ('\u{3040}'..='\u{30ff}').contains(c))
        .count();
    !errors && kana * 3 > wide
}

fn decode_cp850(bytes: &[u8], text: &mut String) {
    thread_local! {
        static TABLE: Vec<char> = CP850.chars().collect();
    }
    TABLE.with(|table| {
        text.extend(bytes.iter().map(|byte| match byte.checked_sub(0x80) {
            None => char::from(*byte),
            Some(high) => table.get(usize::from(high)).copied().unwrap_or('\u{fffd}'),
        }));
    });
}

/// The encoding that a byte order mark declares, and its length; `None` for the encoding is UTF-8.
pub fn byte_order_mark(head: &[u8]) -> Option<(Option<Charset>, usize)> {
    let (encoding, length) = Encoding::for_bom(head)?;
    let utf8 = encoding == encoding_rs::UTF_8;
    Some(((!utf8).then_some(Charset::Known(encoding)), length))
}

/// UTF-16 without a byte order mark: mostly ASCII, so that every other byte is NUL.
pub fn utf16_without_mark(head: &[u8]) -> Option<Charset> {
    let pairs = head.len().min(4096) / 2;
    let nul = |odd: usize| {
        let every = head.iter().skip(odd).step_by(2).take(pairs);
        every.filter(|b| **b == 0).count()
    };
    let (even, odd) = (nul(0), nul(1));
    let mostly = |many: usize, few: usize| pairs > 1 && many * 5 > pairs && few * 20 < many;
    if mostly(odd, even) {
        Some(Charset::Known(UTF_16LE))
    } else if mostly(even, odd) {
        Some(Charset::Known(UTF_16BE))
    } else {
        None
    }
}

/// Converts a stream to UTF-8.
pub struct Transcoder<R> {
    inner: R,
    decoder: Option<Decoder>,
    bytes: Vec<u8>,
    text: String,
    given: usize,
    ended: bool,
}

impl<R: Read> Transcoder<R> {
    /// Converts `inner` from this encoding.
    pub fn new(inner: R, charset: Charset) -> Self {
        let decoder = match charset {
            Charset::Known(encoding) => Some(encoding.new_decoder_without_bom_handling()),
            Charset::Cp850 => None,
        };
        Self {
            inner,
            decoder,
            bytes: vec![0; 16 << 10],
            text: String::new(),
            given: 0,
            ended: false,
        }
    }

    fn convert(&mut self) -> io::Result<()> {
        let n = self.inner.read(&mut self.bytes)?;
        self.ended = n == 0;
        self.text.clear();
        self.given = 0;
        let Some(decoder) = &mut self.decoder else {
            decode_cp850(&self.bytes[..n], &mut self.text);
            return Ok(());
        };
        let mut rest = &self.bytes[..n];
        loop {
            let room = decoder.max_utf8_buffer_length(rest.len());
            self.text.reserve(room.unwrap_or(4 * rest.len() + 16));
            let (result, read, _) = decoder.decode_to_string(rest, &mut self.text, self.ended);
            rest = &rest[read..];
            if result == CoderResult::InputEmpty {
                return Ok(());
            }
        }
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.convert()?;
        }
        let ready = &self.text.as_bytes()[self.given..];
        let n = ready.len().min(buffer.len());
        buffer[..n].copy_from_slice(&ready[..n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_name_the_code_page_of_the_text() {
        let guess = |label: &str, text: &str| {
            let encoding = Encoding::for_label(label.as_bytes()).expect("label");
            Charset::guess(&encoding.encode(text).0, false)
                .decode(&encoding.encode(text).0)
                .into_owned()
        };
        for (label, text) in [
            (
                "windows-1252",
                "a;Zoë war sehr freundlich\nb;Grüße aus Köln\n",
            ),
            ("windows-1252", "a;ü;€\n"),
            ("windows-1253", "a;πολύ καλή εξυπηρέτηση\n"),
            ("windows-1251", "a;очень хорошее обслуживание\n"),
            (
                "shift_jis",
                "a;とても良い対応でした。ありがとうございます\n",
            ),
        ] {
            assert_eq!(guess(label, text), text, "{label}");
        }
    }

    #[test]
    fn dos_umlauts_are_code_page_850() {
        // "Grüße aus Köln, sehr schön" as DOS programs write it.
        let text = b"a;Gr\x81\xe1e aus K\x94ln, sehr sch\x94n\n";
        assert_eq!(Charset::guess(text, false), Charset::Cp850);
        assert_eq!(
            Charset::Cp850.decode(text),
            "a;Grüße aus Köln, sehr schön\n"
        );
        // Typographic apostrophes between letters are Windows-1252.
        let text = b"a;it\x92s fine and don\x92t \x93worry\x94\n";
        assert_eq!(Charset::guess(text, false), Charset::Known(WINDOWS_1252));
    }

    #[test]
    fn a_stream_is_converted_across_read_boundaries() {
        let text = "id;comment\n1;Zoë 👍\n".repeat(3_000);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(utf16_without_mark(&bytes), Some(Charset::Known(UTF_16LE)));
        let mut read = String::new();
        let mut stream = Transcoder::new(&bytes[..], Charset::Known(UTF_16LE));
        stream.read_to_string(&mut read).expect("UTF-8");
        assert_eq!(read, text);
    }
}
