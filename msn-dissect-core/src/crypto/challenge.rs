// SPDX-License-Identifier: GPL-2.0-or-later
//! What a client must answer to a CHL (fact base: state 4.2).

use md5::{Digest, Md5};

use super::hex;

/// Every product of MSNP11 and later works modulo this.
const MODULUS: u64 = 0x7fff_ffff;

/// Factor of the first step.
const FACTOR: u64 = 0x0e79_a9c1;

/// Answer of MSNP6 to MSNP10: 32 lower hexadecimal digits.
pub fn old(challenge: &[u8], key: &[u8]) -> String {
    hex(&digest(challenge, key))
}

/// Answer of MSNP11 and later: 32 lower hexadecimal digits.
pub fn new(challenge: &[u8], product: &[u8], key: &[u8]) -> String {
    let hash = digest(challenge, key);
    let [h0, h1, h2, h3] = words(&hash);
    let [k0, k1, k2, k3] = [h0, h1, h2, h3].map(|word| u64::from(word) & MODULUS);
    let mut text = [challenge, product].concat();
    text.resize(text.len().next_multiple_of(8), b'0');
    let (mut high, mut low) = (0u64, 0u64);
    for pair in text.chunks_exact(8) {
        let [first, second] = pair_of(pair);
        let mut step = first * FACTOR % MODULUS + high;
        step = (k0 * step + k1) % MODULUS;
        high = (second + step) % MODULUS;
        high = (k2 * high + k3) % MODULUS;
        low = low.wrapping_add(high).wrapping_add(step);
    }
    high = (high + k1) % MODULUS;
    low = low.wrapping_add(k3) % MODULUS;
    let (high, low) = (high as u32, low as u32);
    let answer: Vec<u8> =
        [h0 ^ high, h1 ^ low, h2 ^ high, h3 ^ low].iter().flat_map(|word| word.to_le_bytes()).collect();
    hex(&answer)
}

fn digest(challenge: &[u8], key: &[u8]) -> [u8; 16] {
    let mut hash = Md5::new();
    hash.update(challenge);
    hash.update(key);
    hash.finalize().into()
}

/// Four little-endian words.
fn words(bytes: &[u8; 16]) -> [u32; 4] {
    let mut words = [0; 4];
    for (word, part) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = little(part);
    }
    words
}

fn pair_of(bytes: &[u8]) -> [u64; 2] {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    [u64::from(little(first)), u64::from(little(second))]
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | u32::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::products;
    use proptest::prelude::*;

    #[test]
    fn published_answers_of_the_old_algorithm() {
        let key = b"Q1P7W2E4J9R8U3S5";
        assert_eq!(old(b"15570131571988941333", key), "8f2f5a91b72102cd28355e9fc9000d6e");
        assert_eq!(old(b"11111111111111111111", key), "3b6666b60157322b6fc6e41a115968f5");
    }

    #[test]
    fn known_answers_of_the_new_algorithm() {
        for (challenge, product, answer) in [
            ("22210219642164014968", "PROD0090YUAUV{2B", "85ecb0db8f32113df79ce0892b9a102c"),
            ("11533365622852247127", "PROD0113H11T8$X_", "f086d1ded067186deca8dba2231602cf"),
            ("11533365622852247127", "PROD0119GSJUC$18", "1e337c28b43ed3acc3e46bfa988c4c92"),
            ("11533365622852247127", "PROD0120PW!CCV9@", "d30f6619c1130b588a81d19066730fd9"),
            ("11533365622852247127", "PROD0114ES4Z%Q5W", "206067cb4a8b3e05153c67b456bd7cfc"),
            ("11533365622852247127", "PROD0118R6%2WYOS", "cfa32575dd51e3b5442266482e1e102a"),
            ("686497966686308818662651181", "PROD0120PW!CCV9@", "58a85d1720733dbd2d7d32c042023824"),
            ("61680678311799034841356723335", "PROD0120PW!CCV9@", "fd3b8fc4ee9547ecdd78a2eb53a2691f"),
            ("61939334118727383101378035275", "PROD0120PW!CCV9@", "94e09bb34bb044efb61cc5a81f8f41cf"),
        ] {
            let key = products::find(product.as_bytes()).and_then(|found| found.key).unwrap();
            assert_eq!(new(challenge.as_bytes(), product.as_bytes(), key.as_bytes()), answer, "{challenge} {product}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(challenge: Vec<u8>, product: Vec<u8>, key: Vec<u8>) {
            prop_assert_eq!(new(&challenge, &product, &key).len(), 32);
        }
    }
}
