//! Append-only, hash-chained audit log: who did what, when, to which object.
//!
//! Each entry contains the hash of the entry before it, so [`verify`] detects a changed, removed or
//! inserted entry, and anybody can recompute it. A head row per organisation holds the last
//! sequence number and hash under a signature, whose key is not in the database ([`audit_key`]). So
//! a log that was shortened, emptied or written anew by somebody who can write the database is
//! detected as well. A return to an earlier signed head, as in an older copy of the database, goes
//! unnoticed; heads that were exported before ([`signed_head`]) show that too.
//!
//! Hash of an entry: SHA-256 over the previous hash and every field, each preceded by its length in
//! bytes as a 64-bit big-endian integer.
//!
//! [`audit_key`]: crate::audit_key

mod log;
mod signing;
mod verification;

pub use log::{Entry, Event, about, counts_since, recent, record};
pub use signing::{
    Comparison, SIGNED_SINCE, SignedHead, Signing, compare, is_our_key, sign_anew, sign_unsigned,
    signed_head,
};
pub use verification::{Checkpoint, Damage, Verdict, verify, verify_all, verify_since};
