//! ZIP archives. Entries are stored uncompressed, because PDF and DOCX are compressed already.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::error::RenderError;

/// Packs files in the given order; a duplicate name gets a number. The output is deterministic.
///
/// # Errors
/// [`RenderError::Archive`] or [`RenderError::Zip`] if the files exceed the limits of the format.
pub fn zip(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, RenderError> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut names = std::collections::BTreeSet::new();
    for (at, (name, bytes)) in files.iter().enumerate() {
        let mut name = safe_name(name);
        if !names.insert(name.clone()) {
            name = format!("{}-{name}", at + 1);
            names.insert(name.clone());
        }
        archive.start_file(name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// File name that is valid on every system and has no path.
fn safe_name(name: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let name: String = name
        .chars()
        .map(|c| if allowed(c) { c } else { '_' })
        .take(120)
        .collect();
    name.trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn names_are_unique_and_have_no_path() {
        let files = [
            ("../../etc/passwd".to_owned(), b"one".to_vec()),
            ("plan.pdf".to_owned(), b"two".to_vec()),
            ("plan.pdf".to_owned(), b"three".to_vec()),
        ];
        let bytes = zip(&files).expect("packs");
        assert_eq!(bytes, zip(&files).expect("packs again"));
        let mut read = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let names: Vec<String> = read.file_names().map(str::to_owned).collect();
        assert_eq!(names, ["_.._etc_passwd", "plan.pdf", "3-plan.pdf"]);
        let mut text = String::new();
        read.by_index(2)
            .expect("third")
            .read_to_string(&mut text)
            .expect("reads");
        assert_eq!(text, "three");
    }
}
