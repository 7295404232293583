//! Hashes of passwords: argon2id with 19 MiB and two passes, as the OWASP Password Storage Cheat
//! Sheet recommends, in the PHC string format.

use std::sync::LazyLock;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        Error,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};

/// Blocks of 1 KiB that are reserved for each hash, of which only those needed are touched.
///
/// Allocators keep freed memory for later, in a separate store per thread, and every attempt to
/// sign in may run on another thread. glibc returns a block to the operating system at once if it
/// is larger than 32 MiB (`DEFAULT_MMAP_THRESHOLD_MAX` on 64 bits).
const RESERVED: usize = 34 * 1024;

/// A new hash with a random salt.
///
/// # Errors
/// The library's, if its random source fails.
pub(super) fn hash(password: &str) -> Result<String, Error> {
    let params = Params::default();
    let salt = Salt::generate();
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        hash: Some(derive(
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            password,
            &salt,
            Params::DEFAULT_OUTPUT_LEN,
        )?),
        salt: Some(salt),
    };
    Ok(hash.to_string())
}

/// Whether `password` fits `stored`. `None` takes the same computing time and never fits.
pub(super) fn verify(stored: Option<&str>, password: &str) -> bool {
    static OF_NOBODY: LazyLock<String> =
        LazyLock::new(|| hash("the password of no account").unwrap_or_default());
    let fits = fits(stored.unwrap_or(&OF_NOBODY), password).unwrap_or(false);
    stored.is_some() && fits
}

fn fits(stored: &str, password: &str) -> Result<bool, Error> {
    let stored = PasswordHash::new(stored).map_err(|_invalid| Error::EncodingInvalid)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Ok(false);
    };
    let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
    let version = stored
        .version
        .map_or(Ok(Version::V0x13), Version::try_from)?;
    let argon = Argon2::new(algorithm, version, Params::try_from(&stored)?);
    // The library compares outputs in constant time.
    Ok(derive(argon, password, salt, expected.len())? == *expected)
}

fn derive(argon: Argon2<'_>, password: &str, salt: &Salt, length: usize) -> Result<Output, Error> {
    let mut blocks = Vec::with_capacity(argon.params().block_count().max(RESERVED));
    blocks.resize(argon.params().block_count(), Block::new());
    let mut buffer = [0; Output::MAX_LENGTH];
    let output = buffer.get_mut(..length).ok_or(Error::OutputSize)?;
    argon.hash_password_into_with_memory(password.as_bytes(), salt, output, &mut blocks[..])?;
    Output::new(output).map_err(|_length| Error::OutputSize)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn hashes_agree_with_those_of_the_library() {
        let theirs = Argon2::default()
            .hash_password(b"correct horse battery")
            .expect("hashes")
            .to_string();
        assert!(verify(Some(&theirs), "correct horse battery"));
        assert!(!verify(Some(&theirs), "correct horse batterz"));
        let ours = hash("correct horse battery").expect("hashes");
        let library = Argon2::default();
        assert!(
            library
                .verify_password(b"correct horse battery", &*ours)
                .is_ok()
        );
        assert!(
            library
                .verify_password(b"correct horse batterz", &*ours)
                .is_err()
        );
        assert_eq!(
            theirs.rsplit_once('$').map(|(head, _)| head.len()),
            ours.rsplit_once('$').map(|(head, _)| head.len())
        );
    }

    /// `$argon2id$v=19$m=65536,t=2,p=1` of "password" with the salt "somesalt": a test vector of
    /// the reference implementation (github.com/P-H-C/phc-winner-argon2, test.c).
    #[test]
    fn parameters_of_a_stored_hash_count() {
        let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(verify(Some(stored), "password"));
        assert!(!verify(Some(stored), "passwore"));
    }

    #[test]
    fn a_damaged_hash_and_an_unknown_person_never_fit() {
        assert!(!verify(Some("no hash"), "no hash"));
        assert!(!verify(
            Some("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ"),
            "password"
        ));
        assert!(!verify(None, "the password of no account"));
    }
}
