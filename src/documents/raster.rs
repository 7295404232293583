//! Charts as PNG, for word processors that cannot draw SVG.

use std::sync::{Arc, LazyLock};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{
        self,
        fontdb::{Database, Source},
    },
};

use super::{error::RenderError, fonts::FONTS, printable::printable};

/// Pixels of the image for each CSS pixel of the drawing, enough for print at about 300 dpi.
const SCALE: f32 = 3.0;

static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for font in &FONTS.fonts {
        database.load_font_source(Source::Binary(Arc::new(font.data().clone())));
    }
    Arc::new(database)
});

/// An image and its size in CSS pixels.
pub(super) struct Image {
    pub png: Vec<u8>,
    pub width: f32,
    pub height: f32,
}

/// Draws an SVG element with the fonts of printed documents.
///
/// # Errors
/// [`RenderError::Picture`] if the SVG is not valid or has no size.
pub(super) fn draw(svg: &str) -> Result<Image, RenderError> {
    let options = usvg::Options {
        fontdb: Arc::clone(&DATABASE),
        ..usvg::Options::default()
    };
    let bad = |reason: String| RenderError::Picture(reason);
    let tree = usvg::Tree::from_str(&printable(svg), &options).map_err(|e| bad(e.to_string()))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let pixels = |length: f32| (length * SCALE).ceil() as u32;
    let mut pixmap = Pixmap::new(pixels(width), pixels(height))
        .ok_or_else(|| bad(format!("a drawing of {width} by {height}")))?;
    resvg::render(
        &tree,
        Transform::from_scale(SCALE, SCALE),
        &mut pixmap.as_mut(),
    );
    let png = pixmap.encode_png().map_err(|e| bad(e.to_string()))?;
    Ok(Image { png, width, height })
}
