//! Reasons why items cannot be calibrated.

use crate::psychometrics::responses::ResponsesError;

/// Minimum number of persons with a response.
pub const MIN_PERSONS: f64 = 20.0;
/// Maximum number of categories of an item.
pub const MAX_MODEL_CATEGORIES: usize = 32;

/// Reasons why items cannot be calibrated.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    #[error("the quadrature needs 3 to 1001 nodes on a finite interval")]
    Quadrature,
    #[error("the tolerance must be positive; it is {0}")]
    Tolerance(f64),
    #[error("standard deviations of priors must be positive")]
    Priors,
    #[error("there are {persons} persons with a response; at least {MIN_PERSONS} are needed")]
    TooFewPersons { persons: f64 },
    #[error("there are {items} items; at least {needed} are needed to identify the model")]
    TooFewItems { items: usize, needed: usize },
    #[error("everybody gave the same response to item \"{0}\"; leave it out")]
    ConstantItem(String),
    #[error("item \"{item}\" has {categories} categories; the model needs two")]
    NotDichotomous { item: String, categories: usize },
    #[error(
        "item \"{item}\" has {categories} categories; a model takes up to {MAX_MODEL_CATEGORIES}, so band a slider first"
    )]
    TooManyCategories { item: String, categories: usize },
    #[error("nobody in group \"{group}\" answered item \"{item}\"; leave it out")]
    EmptyCell { group: String, item: String },
    #[error("item \"{item}\" is free between groups, but nobody in \"{group}\" chose {category}")]
    EmptyCategory {
        group: String,
        item: String,
        category: i32,
    },
    #[error("there is no item \"{0}\"")]
    UnknownItem(String),
    #[error("there are {weights} weights and {groups} group labels for {persons} persons")]
    Shape {
        persons: usize,
        weights: usize,
        groups: usize,
    },
    #[error("frequencies must be finite and non-negative")]
    Frequency,
    #[error("no maximum of the likelihood was found; the responses do not identify the items")]
    NoMaximum,
    #[error(transparent)]
    Responses(#[from] ResponsesError),
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}
