//! QR codes as SVG inside a page.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

/// Width of the quiet zone around a QR code, in modules: ISO/IEC 18004 demands four.
const QUIET: i32 = 4;

/// A QR code of `text` with the accessible name `label`, which is escaped; `None` if the text is
/// too long for one.
pub fn svg(text: &str, label: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for (y, x) in (0..size).flat_map(|y| (0..size).map(move |x| (y, x))) {
        if code.get_module(x, y) {
            // Writing to a string cannot fail.
            let _infallible = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let side = size + 2 * QUIET;
    let label = label
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;");
    // Black on white in dark mode as well: readers expect it.
    Some(format!(
        "<svg role=\"img\" aria-label=\"{label}\" width=\"240\" height=\"240\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_code_has_a_name_and_a_quiet_zone() {
        let code = svg("otpauth://totp/x", "\"A\" <b>").expect("short");
        // The smallest code for 16 bytes has 25 modules a side, its corners are marks.
        assert!(code.contains("viewBox=\"0 0 33 33\""), "{code}");
        assert!(code.contains("M4 4h1") && !code.contains("M3 "));
        assert!(code.contains("aria-label=\"&quot;A&quot; &lt;b>\""));
        assert_eq!(svg(&"x".repeat(3_000), ""), None);
    }
}
