// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads the tables that `-z …,tree` prints.

use anyhow::{Context, Result};

/// A row of a statistics tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// Labels from the outermost node to this one.
    pub path: Vec<String>,
    /// How often.
    pub count: u64,
    /// Average, least and greatest value, where the node has values.
    pub values: Option<[f64; 3]>,
}

/// Rows of the printed table: a label, indented by its depth, a count, and for nodes with values three of these.
pub(super) fn parse(text: &str) -> Result<Vec<Counted>> {
    let rule = |line: &&str| line.len() > 10 && line.bytes().all(|byte| byte == b'-');
    let rows = text.lines().skip_while(|line| !rule(line)).skip(1).take_while(|line| !rule(line));
    let mut path: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for row in rows.filter(|row| !row.trim().is_empty()) {
        let depth = row.len() - row.trim_start().len();
        let (label, rest) = row.trim_start().split_once("  ").with_context(|| format!("no columns in {row:?}"))?;
        path.truncate(depth);
        path.push(label.to_owned());
        let columns: Vec<&str> = rest.split_whitespace().collect();
        let count =
            columns.first().and_then(|count| count.parse().ok()).with_context(|| format!("no count: {row:?}"))?;
        // Rate and percent always follow; before them stand the values, if there are any.
        let percent = columns.iter().position(|column| column.ends_with('%'));
        let number = |at: usize| columns.get(at).and_then(|column| column.parse().ok());
        let values = match (percent, number(1), number(2), number(3)) {
            (Some(5..), Some(average), Some(least), Some(greatest)) => Some([average, least, greatest]),
            _ => None,
        };
        found.push(Counted { path: path.clone(), count, values });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_place() {
        let text = "\n=====\nMSN:\nTopic / Item  Count\n------------------\n\
                    Commands        3                      0.1  100%     0.1  0.0\n\
                    \x20Some server    2                      0.1  66.67%   0.1  0.0\n\
                    \x20 VER            2                      0.1  100.00%  0.1  0.0\n\
                    Times           2      0.50  0.2  0.8  0.1  100%     -    -\n\
                    \n------------------\n";
        let rows = parse(text).expect("a table");
        assert_eq!(rows.len(), 4);
        assert_eq!(
            rows[2],
            Counted { path: ["Commands", "Some server", "VER"].map(str::to_owned).to_vec(), count: 2, values: None }
        );
        assert_eq!((rows[3].path.len(), rows[3].values), (1, Some([0.5, 0.2, 0.8])));
        assert!(parse("------------------\nx\n").is_err());
    }
}
