//! Columns that stay straight, also with characters that are two columns wide.

use unicode_width::UnicodeWidthStr;

/// Rows of cells, each column as wide as its widest cell. The last one is not filled up.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or_default()).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(widest - width(cell) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Columns of a text on a terminal; colours take none.
fn width(text: &str) -> usize {
    let mut bare = String::with_capacity(text.len());
    let mut parts = text.split("\u{1b}[");
    bare.push_str(parts.next().unwrap_or_default());
    parts.for_each(|part| bare.push_str(part.split_once('m').map_or(part, |(_, rest)| rest)));
    bare.width()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_straight() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows =
            [row(["id", "name", "steps"]), row(["E1", "起動", "3"]), row(["\u{1b}[1mE\u{1b}[0m", "é", ""])];
        assert_eq!(table(&rows), "id  name  steps\nE1  起動  3\n\u{1b}[1mE\u{1b}[0m   é\n");
        assert_eq!(table(&[]), "");
    }
}
