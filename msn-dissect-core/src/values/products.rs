// SPDX-License-Identifier: GPL-2.0-or-later
//! Client programs and the keys with which they answer challenges (fact base: values 16).

/// Product id and key, sorted by id. Ids whose key nobody published are left out: their answers stay unverified.
static KEYS: &[(&str, &str)] = &[
    ("PROD0038W!61ZTF9", "VT6PX?UQTM4WM%YR"),
    ("PROD00504RLUG%WL", "I2EBK%PYNLZL5_J4"),
    ("PROD0058#7IL2{QD", "QHDCY@7R1TB6W?5B"),
    ("PROD0061VRRZH@4F", "JXQ6J@TUOGYV@N0M"),
    ("PROD0076ENE8*@AW", "CEQJ8}OE0!WTSWII"),
    ("PROD0090YUAUV{2B", "YMM8C_H7KCQ2S_KL"),
    ("PROD00974#MT*RC2", "LMCVO*18PQJ3H!K3"),
    ("PROD0101{0RM?UBW", "CFHUR$52U_{VIX5T"),
    ("PROD0104U6VVM{UJ", "VK67B}379XYM5}$T"),
    ("PROD01065C%ZFN6F", "O4BG@C7BWLYQX?5G"),
    ("PROD0112J1LW7%NB", "RH96F{PHI8PPX_TJ"),
    ("PROD0113H11T8$X_", "RG@XY*28Q5QHS%Q5"),
    ("PROD0114ES4Z%Q5W", "PK}_A_0N_K%O?A9S"),
    ("PROD0118R6%2WYOS", "YIXPX@5I2P0UT*LK"),
    ("PROD0119GSJUC$18", "ILTXC!4IXB5FB*PX"),
    ("PROD0120PW!CCV9@", "C1BX{V4W}Q3*10SM"),
    ("msmsgs@msnmsgr.com", "Q1P7W2E4J9R8U3S5"),
];

/// The key of a product, if it is known.
pub fn key(product: &[u8]) -> Option<&'static str> {
    let at = KEYS.binary_search_by(|row| row.0.as_bytes().cmp(product)).ok()?;
    KEYS.get(at).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_sorted_and_found() {
        assert!(KEYS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(KEYS.iter().all(|row| key(row.0.as_bytes()) == Some(row.1) && row.1.len() == 16));
        assert_eq!(key(b"PROD008955JTJ_S7"), None);
    }
}
