//! The reply of operations that list things.

use serde::Serialize;
use utoipa::ToSchema;

/// A list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Where the next page begins; null if the list is complete.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// A list without further pages.
    pub fn complete(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}
