//! The practice library: for every theme in an agent's power, anchors, a goal, a sentence and a ladder of practice.

use std::sync::LazyLock;

use serde::Deserialize;

/// Practice for one theme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    pub theme: String,
    pub below: String,
    pub at: String,
    pub above: String,
    /// Completes "By DATE, ...".
    pub goal: String,
    pub if_then: String,
    pub see: String,
    pub say: String,
    #[serde(rename = "do")]
    pub act: String,
    pub reflect: String,
    pub teach: String,
}

#[derive(Deserialize)]
struct Library {
    themes: Vec<Practice>,
}

/// Practice for `theme`, when it is one that a person can practise.
pub fn practice_for(theme: &str) -> Option<&'static Practice> {
    #[expect(
        clippy::expect_used,
        reason = "the file is embedded and a test reads it"
    )]
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
        toml::from_str(include_str!("library.toml")).expect("shipped practice library")
    });
    LIBRARY.themes.iter().find(|p| p.theme == theme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::taxonomy::{Control, Taxonomy};

    #[test]
    fn every_theme_in_an_agents_power_has_practice_and_no_other() {
        for theme in &Taxonomy::shipped().themes {
            assert_eq!(
                practice_for(&theme.id).is_some(),
                theme.control != Control::Process,
                "{}",
                theme.id
            );
        }
    }
}
