//! One-time codes of authenticator apps: TOTP (RFC 6238) with SHA-1, steps of 30 seconds and six
//! digits, which every app supports. Pure: the time is an argument.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand::RngExt;
use sha1::Sha1;

use super::base32;

/// Length of a secret in bytes, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
/// Length of a step in seconds.
const STEP_SECONDS: i64 = 30;
/// Number of digits of a code.
const DIGITS: usize = 6;

/// A new random secret.
pub fn new_secret() -> [u8; SECRET_BYTES] {
    rand::rng().random()
}

/// The secret as text, in groups of four characters, for people whose app cannot read the QR code.
pub fn readable(secret: &[u8]) -> String {
    let text = base32::encode(secret);
    let groups: Vec<&str> = text
        .as_bytes()
        .chunks(4)
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(" ")
}

/// The address in the QR code. `account` tells apart the accounts in an app.
pub fn address(secret: &[u8], account: &str) -> String {
    let account = utf8_percent_encode(account, NON_ALPHANUMERIC);
    let secret = base32::encode(secret);
    format!(
        "otpauth://totp/Rapport:{account}?secret={secret}&issuer=Rapport&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
    )
}

/// The step of an accepted code: the present one, the one before or the one after it, because
/// clocks differ, if it comes after `last`, the step of the last code used.
pub fn accepted_step(secret: &[u8], code: &str, seconds: i64, last: Option<i64>) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let entered: u32 = digits.parse().ok()?;
    let present = seconds.div_euclid(STEP_SECONDS);
    // All three are computed, so that the time does not tell which one fits.
    let fitting = [present - 1, present, present + 1].map(|step| {
        let fits = truncated(secret, step.cast_unsigned()) % 1_000_000 == entered;
        (step, fits)
    });
    let fitting = fitting.into_iter().filter(|(_, fits)| *fits);
    fitting
        .map(|(step, _)| step)
        .find(|step| last.is_none_or(|last| *step > last))
}

/// The number of 31 bits from which a code is made: RFC 4226, section 5.3.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn truncated(secret: &[u8], counter: u64) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("any length");
    mac.update(&counter.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let offset = usize::from(hash[19] & 15);
    let bytes = [
        hash[offset],
        hash[offset + 1],
        hash[offset + 2],
        hash[offset + 3],
    ];
    u32::from_be_bytes(bytes) & 0x7fff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// RFC 4226, appendix D.
    #[test]
    fn numbers_are_those_of_rfc_4226() {
        let expected = [
            1_284_755_224,
            1_094_287_082,
            137_359_152,
            1_726_969_429,
            1_640_338_314,
            868_254_676,
            1_918_287_922,
            82_162_583,
            673_399_871,
            645_520_489,
        ];
        let found: Vec<u32> = (0..10).map(|counter| truncated(SECRET, counter)).collect();
        assert_eq!(found, expected);
    }

    /// RFC 6238, appendix B, SHA-1. The codes there have eight digits.
    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (seconds, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(truncated(SECRET, seconds / 30) % 100_000_000, code);
            let six = format!("{:06}", code % 1_000_000);
            let seconds = i64::try_from(seconds).expect("small");
            let step = accepted_step(SECRET, &six, seconds, None);
            assert_eq!(step, Some(seconds / 30));
        }
    }

    #[test]
    fn clocks_may_differ_by_one_step_and_no_code_is_used_twice() {
        // The code of step 1 is 287082.
        let accepted = |seconds, last| accepted_step(SECRET, "287 082", seconds, last);
        assert_eq!(accepted(0, None), Some(1));
        assert_eq!(accepted(89, None), Some(1));
        assert_eq!(accepted(90, None), None);
        assert_eq!(accepted(59, Some(0)), Some(1));
        assert_eq!(accepted(59, Some(1)), None);
        assert_eq!(accepted(59, Some(2)), None);
    }

    #[test]
    fn only_six_digits_are_a_code() {
        for entered in ["", "28708", "0287082", "+87082", "28708a", "２８７０８２"] {
            assert_eq!(accepted_step(SECRET, entered, 59, None), None, "{entered}");
        }
    }

    #[test]
    fn apps_read_the_address() {
        assert_eq!(
            address(b"foobar", "ann@acme.example"),
            "otpauth://totp/Rapport:ann%40acme%2Eexample?secret=MZXW6YTBOI&issuer=Rapport&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(readable(b"foobar"), "MZXW 6YTB OI");
    }
}
