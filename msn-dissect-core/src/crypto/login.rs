// SPDX-License-Identifier: GPL-2.0-or-later
//! What proves an account to the server (fact base: state 4.1, 4.3).

use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;

use super::{hex, same_hex};

/// Response of MSNP2 to MSNP7: 32 lower hexadecimal digits.
pub fn md5(challenge: &[u8], password: &[u8]) -> String {
    let mut hash = Md5::new();
    hash.update(challenge);
    hash.update(password);
    hex(&hash.finalize())
}

/// Whether an MD5 response proves the password.
pub fn md5_proves(response: &[u8], challenge: &[u8], password: &[u8]) -> bool {
    same_hex(response, md5(challenge, password).as_bytes())
}

/// Label of the key that signs the nonce.
const HASH_LABEL: &[u8] = b"WS-SecureConversationSESSION KEY HASH";
/// Label of the key that encrypts the nonce.
const CIPHER_LABEL: &[u8] = b"WS-SecureConversationSESSION KEY ENCRYPTION";

/// Bytes of a derived key.
const KEY: usize = 24;

/// Fixed header of a login blob: sizes and algorithm numbers, seven little-endian words.
const HEADER: [u32; 7] = [28, 1, 0x6603, 0x8004, 8, 20, 72];

fn sign(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else {
        return [0; 20];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A key derived from the secret of the login service.
fn derive(key: &[u8], label: &[u8]) -> [u8; KEY] {
    let first = sign(key, &[label]);
    let second = sign(key, &[&first, label]);
    let third = sign(key, &[&first]);
    let fourth = sign(key, &[&third, label]);
    let mut derived = [0; KEY];
    for (to, from) in derived.iter_mut().zip(second.iter().chain(&fourth)) {
        *to = *from;
    }
    derived
}

/// The hash of the nonce that a login blob carries.
pub fn sso_hash(secret: &[u8], nonce: &[u8]) -> [u8; 20] {
    sign(&derive(secret, HASH_LABEL), &[nonce])
}

/// Whether a login blob (base64) proves the secret: its hash is that of the nonce, and its cipher text is the nonce.
/// `None` when it is no blob of the known form.
pub fn sso_proves(blob: &[u8], nonce: &[u8], secret: &[u8]) -> Option<bool> {
    let blob = STANDARD.decode(blob).ok()?;
    let (head, rest) = blob.split_at_checked(HEADER.len() * 4)?;
    let fixed = head.chunks_exact(4).map(|word| word.iter().rev().fold(0, |sum, &byte| sum << 8 | u32::from(byte)));
    if !fixed.eq(HEADER) {
        return None;
    }
    let (vector, rest) = rest.split_at_checked(8)?;
    let (hash, cipher) = rest.split_at_checked(20)?;
    if hash != sso_hash(secret, nonce) {
        return Some(false);
    }
    let key = derive(secret, CIPHER_LABEL);
    let decryptor = cbc::Decryptor::<des::TdesEde3>::new_from_slices(&key, vector).ok()?;
    let mut plain = cipher.to_vec();
    let plain = decryptor.decrypt_padded::<NoPadding>(&mut plain).ok()?;
    Some(plain.strip_prefix(nonce).is_some_and(|padding| padding == [8; 8]))
}

/// The login blob (base64) that proves the secret, with this initialization vector.
pub fn sso_blob(secret: &[u8], nonce: &[u8], vector: [u8; 8]) -> String {
    let mut plain = [nonce, &[8; 8]].concat();
    // A nonce of another length than that of the protocol is padded to whole blocks, and proves nothing.
    plain.resize(plain.len().next_multiple_of(8), 0);
    let len = plain.len();
    let key = derive(secret, CIPHER_LABEL);
    if let Ok(encryptor) = cbc::Encryptor::<des::TdesEde3>::new_from_slices(&key, &vector) {
        let _ = encryptor.encrypt_padded::<NoPadding>(&mut plain, len);
    }
    let mut blob: Vec<u8> = HEADER.iter().flat_map(|word| word.to_le_bytes()).collect();
    blob.extend_from_slice(&vector);
    blob.extend_from_slice(&sso_hash(secret, nonce));
    blob.extend_from_slice(&plain);
    STANDARD.encode(blob)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    const NONCE: &[u8] = b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v";
    const BLOB: &str = "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAAAAAAAAAAA5/b6UPUTyMkbVgyWJivzLXG/cLl1LUbMswHDZQOTW2qheXO+\
        oMl024Pd0/Qp2Ikhncicdsr1ZuVHe6faTtyhpF/m08gyWF+w8WAo2gAzX5IfDfTywxhqbs2uoVc=";

    #[test]
    fn md5_login() {
        assert_eq!(md5(b"1013928519.693957190", b"secret"), "0dc38e0c96e5ef37eb9451a0b2d5aaf9");
        assert!(md5_proves(b"0DC38E0C96E5EF37EB9451A0B2D5AAF9", b"1013928519.693957190", b"secret"));
        assert!(!md5_proves(b"0dc38e0c96e5ef37eb9451a0b2d5aaf9", b"1013928519.693957190", b"Secret"));
    }

    #[test]
    fn published_sso_hash() {
        let mut nonce = [b'A'; 64];
        nonce[63] = b'=';
        assert_eq!(hex(&sso_hash(&[0; 24], &nonce)), "ed7813e6886f6997685ddad651470c1761bc38ad");
    }

    #[test]
    fn keys_hash_and_blob_of_the_computed_vector() {
        let secret = STANDARD.decode(SECRET).unwrap();
        assert_eq!(hex(&derive(&secret, HASH_LABEL)), "06af2ac1f46df3fde6e65fef60a13bd21eabb69f09a542c0");
        assert_eq!(hex(&derive(&secret, CIPHER_LABEL)), "2dd0114b936beb17cc1d7fa10191010bb4b7b487404c43e3");
        assert_eq!(hex(&sso_hash(&secret, NONCE)), "e7f6fa50f513c8c91b560c96262bf32d71bf70b9");
        assert_eq!(sso_proves(BLOB.as_bytes(), NONCE, &secret), Some(true));
        assert_eq!(sso_proves(BLOB.as_bytes(), NONCE, b"another secret of 24 byt"), Some(false));
        assert_eq!(sso_proves(BLOB.as_bytes(), b"another nonce", &secret), Some(false));
        assert_eq!(sso_proves(b"bm8gYmxvYg==", NONCE, &secret), None);
    }

    #[test]
    fn the_cipher_text_counts_too() {
        let secret = STANDARD.decode(SECRET).unwrap();
        let mut blob = STANDARD.decode(BLOB).unwrap();
        *blob.last_mut().unwrap() ^= 1;
        assert_eq!(sso_proves(STANDARD.encode(blob).as_bytes(), NONCE, &secret), Some(false));
    }

    #[test]
    fn blobs_are_written_as_they_are_read() {
        let secret = STANDARD.decode(SECRET).unwrap();
        assert_eq!(sso_blob(&secret, NONCE, [0; 8]), BLOB);
        assert_eq!(sso_proves(sso_blob(&secret, NONCE, *b"anything").as_bytes(), NONCE, &secret), Some(true));
        assert_eq!(sso_proves(sso_blob(b"another", NONCE, [7; 8]).as_bytes(), NONCE, &secret), Some(false));
        assert_eq!(sso_proves(sso_blob(&secret, b"short", [7; 8]).as_bytes(), b"short", &secret), Some(false));
    }

    proptest! {
        #[test]
        fn any_blob_is_survived(tail: Vec<u8>, nonce: Vec<u8>, secret: Vec<u8>) {
            let head: Vec<u8> = HEADER.iter().flat_map(|word| word.to_le_bytes()).collect();
            let _ = sso_proves(STANDARD.encode([head, tail].concat()).as_bytes(), &nonce, &secret);
        }
    }
}
