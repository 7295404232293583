//! The reply of operations that list things.

use serde::Serialize;
use utoipa::ToSchema;

/// A list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Start of the next page; null if the list is complete.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// A list without further pages.
    pub fn complete(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}
