//! Tables of this capability, one file per table or query kind.

mod cached_statistics;
mod delivery_messages;
mod filtered_mentions;
mod imports;
mod mentions;
mod records;
mod redactions;
mod sources;
mod survey_invitations;
mod tallies;
mod versions;

pub use cached_statistics::*;
pub use delivery_messages::*;
pub use filtered_mentions::*;
pub use imports::*;
pub use mentions::*;
pub use records::*;
pub use redactions::*;
pub use sources::*;
pub use survey_invitations::*;
pub use tallies::*;
pub use versions::*;

use crate::{
    db::values::read_text_enum,
    text::mention::{CommentState, Polarity},
};

read_text_enum!(CommentState, Polarity);
