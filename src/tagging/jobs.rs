//! Jobs of this capability.

use serde::{Deserialize, Serialize};

use crate::queue::Job;

/// Trains a model on the annotations.
#[derive(Debug, Serialize, Deserialize)]
pub struct TrainModel {}

impl Job for TrainModel {
    const KIND: &'static str = "tagging.train";
}

/// Trains the mood model on comments with a score, if they have changed enough.
#[derive(Debug, Serialize, Deserialize)]
pub struct TrainMoodModel {}

impl Job for TrainMoodModel {
    const KIND: &'static str = "tagging.train_mood";
}
