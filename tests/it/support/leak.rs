//! Fails a test when a secret, or a form of it that gives it away, is where it must not be.

/// What looks like a secret in a text: every word that starts with `as-`.
pub(crate) fn secrets_in(text: &str) -> Vec<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || "-_+/=.".contains(c);
    text.match_indices("as-")
        .map(|(at, _)| text[at..].chars().take_while(|c| word(*c)).collect::<String>())
        .filter(|secret| secret.len() > "as-".len())
        .collect()
}

/// Fails if `text` holds one of the secrets in any form.
pub(crate) fn assert_none(secrets: &[String], place: &str, text: &[u8]) {
    for secret in secrets {
        for (form, needle) in forms(secret) {
            assert!(
                !contains(text, &needle),
                "the {form} of a secret is in {place}:\n{}",
                String::from_utf8_lossy(text)
            );
        }
    }
}

/// The forms of a secret that give it away.
fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = secret.as_bytes();
    let mut forms = vec![
        ("text", bytes.to_vec()),
        ("URL-encoded form", percent(bytes, false)),
        ("fully URL-encoded form", percent(bytes, true)),
        ("hexadecimal form", bytes.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect()),
    ];
    // Whatever surrounds the secret shifts its base64 by nothing, one or two bytes; the edges depend on the neighbours.
    for shift in 0..3 {
        for alphabet in [STANDARD, URL_SAFE] {
            let shifted: Vec<u8> = std::iter::repeat_n(b' ', shift).chain(bytes.iter().copied()).collect();
            let encoded = base64(&shifted, alphabet);
            let whole = encoded.len() - encoded.len() % 4;
            let inner =
                encoded.get(if shift == 0 { 0 } else { 4 }..whole.saturating_sub(4)).unwrap_or_default();
            if inner.len() >= 8 {
                forms.push(("base64", inner.to_vec()));
            }
        }
    }
    if bytes.len() > 8 {
        forms.push(("start", bytes[..8].to_vec()));
    }
    forms
}

fn percent(bytes: &[u8], all: bool) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(
            |b| if all || !b.is_ascii_alphanumeric() { format!("%{b:02X}").into_bytes() } else { vec![*b] },
        )
        .collect()
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> Vec<u8> {
    bytes
        .chunks(3)
        .flat_map(|chunk| {
            let group =
                chunk.iter().fold(0_u32, |group, b| group << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
            (0..=chunk.len()).map(move |i| alphabet[(group >> (18 - 6 * i) & 63) as usize])
        })
        .collect()
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window == needle)
}

const CANARY: &str = "as-canaryQ7w9Zx3Vb1Nm";

fn is_caught(text: &[u8]) -> bool {
    let secrets = [CANARY.to_owned()];
    std::panic::catch_unwind(|| assert_none(&secrets, "a test", text)).is_err()
}

#[test]
fn a_leak_planted_on_purpose_is_caught_in_every_form() {
    assert!(is_caught(format!("error: {CANARY}").as_bytes()));
    assert!(is_caught(b"token as-canar..."));
    assert!(is_caught(b"as%2DcanaryQ7w9Zx3Vb1Nm"));
    for before in ["", "x", "xy", "id:"] {
        let encoded = base64(format!("{before}{CANARY}\n").as_bytes(), STANDARD);
        assert!(is_caught(&encoded), "base64 behind {before:?}");
    }
    assert!(!is_caught(b"the token secret is empty"));
}

#[test]
fn secrets_are_found_in_files_and_variables() {
    assert_eq!(secrets_in("token_secret = \"as-1.b\"\n# as-\nx = 'as-2'"), ["as-1.b", "as-2"]);
}
