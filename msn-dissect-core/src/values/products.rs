// SPDX-License-Identifier: GPL-2.0-or-later
//! Client programs by product ID, and the keys with which they answer challenges (fact base: values 16).

/// A program that answers challenges.
pub struct Product {
    id: &'static str,
    /// What its answers are made with; `None` where nobody published it, so that answers stay unverified.
    pub key: Option<&'static str>,
    /// The program, and protocol versions that tell it from others.
    pub name: &'static str,
}

const fn product(id: &'static str, key: Option<&'static str>, name: &'static str) -> Product {
    Product { id, key, name }
}

/// Sorted by ID.
static PRODUCTS: &[Product] = &[
    product("PROD0038W!61ZTF9", Some("VT6PX?UQTM4WM%YR"), "MSN Messenger 6"),
    product("PROD00504RLUG%WL", Some("I2EBK%PYNLZL5_J4"), "MSN Messenger 6"),
    product("PROD00517IFH4@RV", None, "MSN Messenger, version not known"),
    product("PROD0058#7IL2{QD", Some("QHDCY@7R1TB6W?5B"), "MSN Messenger 6"),
    product("PROD0061VRRZH@4F", Some("JXQ6J@TUOGYV@N0M"), "MSN Messenger 6"),
    product("PROD0076ENE8*@AW", Some("CEQJ8}OE0!WTSWII"), "MSN Messenger 6"),
    product("PROD008955JTJ_S7", None, "MSN Messenger 7"),
    product("PROD0090YUAUV{2B", Some("YMM8C_H7KCQ2S_KL"), "MSN Messenger 7.0 beta, MSNP11"),
    product("PROD00974#MT*RC2", Some("LMCVO*18PQJ3H!K3"), "MSN Messenger 7"),
    product("PROD0101{0RM?UBW", Some("CFHUR$52U_{VIX5T"), "MSN Messenger 7, MSNP11 and 12"),
    product("PROD0104U6VVM{UJ", Some("VK67B}379XYM5}$T"), "MSN Messenger 7.5"),
    product("PROD01065C%ZFN6F", Some("O4BG@C7BWLYQX?5G"), "Windows Live Messenger 8 beta, MSNP13"),
    product("PROD0112J1LW7%NB", Some("RH96F{PHI8PPX_TJ"), "Windows Live Messenger 8.0, MSNP14"),
    product("PROD0113H11T8$X_", Some("RG@XY*28Q5QHS%Q5"), "Windows Live Messenger 8.1 beta, MSNP15"),
    product("PROD0114ES4Z%Q5W", Some("PK}_A_0N_K%O?A9S"), "Windows Live Messenger 8.1"),
    product("PROD0118R6%2WYOS", Some("YIXPX@5I2P0UT*LK"), "Windows Live Messenger 8.5 beta"),
    product("PROD0119GSJUC$18", Some("ILTXC!4IXB5FB*PX"), "Windows Live Messenger 8.5"),
    product("PROD0120PW!CCV9@", Some("C1BX{V4W}Q3*10SM"), "Windows Live Messenger 2009 to 2012"),
    product("msmsgs@msnmsgr.com", Some("Q1P7W2E4J9R8U3S5"), "MSN Messenger 3.6 and later, MSNP6 to 10"),
];

/// The product with this ID.
pub fn find(id: &[u8]) -> Option<&'static Product> {
    let at = PRODUCTS.binary_search_by(|row| row.id.as_bytes().cmp(id)).ok()?;
    PRODUCTS.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_sorted_and_found() {
        assert!(PRODUCTS.windows(2).all(|pair| pair[0].id < pair[1].id));
        for row in PRODUCTS {
            assert!(find(row.id.as_bytes()).is_some_and(|found| found.name == row.name));
            assert!(row.key.is_none_or(|key| key.len() == 16));
        }
        assert_eq!(find(b"PROD008955JTJ_S7").map(|found| found.key), Some(None));
        assert!(find(b"PROD").is_none());
    }
}
