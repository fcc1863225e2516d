use proptest::prelude::*;
use serde_json::json;

use super::*;

const HEADS: [Head; 3] =
    [Head::text("name", "NAME"), Head::number("members", "MEMBERS"), Head::id("id")];

fn sheet(rows: &[(&str, usize, &str)]) -> Sheet {
    let mut sheet = Sheet::new(HEADS);
    for (name, members, id) in rows {
        sheet.push([Cell::text(*name), Cell::number(*members), Cell::text(*id)]);
    }
    sheet
}

/// What a program reads from CSV.
fn records(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect());
    rows.collect()
}

/// What was there before a formula was disarmed.
fn armed(cell: &str) -> &str {
    let formula =
        |cell: &str| cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
    cell.strip_prefix('\'').filter(|_| formula(cell)).unwrap_or(cell)
}

/// The cells of a line of a Markdown table, as a page shows them.
fn shown(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut escaped) = (Vec::new(), String::new(), false);
    for c in line.strip_prefix("| ").unwrap().strip_suffix(" |").unwrap().chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, '|') => cells.push(std::mem::take(&mut cell)),
            (_, c) => {
                cell.push(c);
                escaped = false;
            }
        }
    }
    cells.push(cell);
    let last = cells.len() - 1;
    let cells = cells.into_iter().enumerate().map(|(at, cell)| {
        let cell = if at > 0 { cell.strip_prefix(' ').unwrap().to_owned() } else { cell };
        if at < last { cell.strip_suffix(' ').unwrap().to_owned() } else { cell }
    });
    cells.collect()
}

#[test]
fn people_read_titles_and_numbers_with_commas_and_no_ids() {
    let sheet = sheet(&[("prod-dns", 1312, "a1"), ("on call", 4, "a2")]);
    assert_eq!(sheet.table(), "NAME      MEMBERS\nprod-dns    1,312\non call         4\n");
    assert_eq!(
        sheet.markdown(),
        "| NAME | MEMBERS |\n| --- | ---: |\n| prod-dns | 1,312 |\n| on call | 4 |\n"
    );
}

#[test]
fn programs_read_keys_plain_numbers_and_ids() {
    let sheet = sheet(&[("prod-dns", 1312, "a1")]);
    assert_eq!(sheet.csv(), "name,members,id\nprod-dns,1312,a1\n");
    assert_eq!(sheet.json(), json!([{ "name": "prod-dns", "members": 1312, "id": "a1" }]));
}

#[test]
fn k14_a_name_that_a_spreadsheet_would_calculate_is_text() {
    for name in ["=HYPERLINK(\"http://x\")", "+1", "-1+2", "@SUM(A1)"] {
        let csv = sheet(&[(name, 1, "a")]).csv();
        assert_eq!(records(&csv)[1][0], format!("'{name}"), "{csv}");
    }
    // What would be a formula once a blank is skipped is none where the blank is shown.
    let csv = sheet(&[("\t=1", 1, "a"), ("\r=1", 1, "b"), ("'=1", 1, "c")]).csv();
    let names: Vec<String> = records(&csv)[1..].iter().map(|row| row[0].clone()).collect();
    assert_eq!(names, ["^I=1", "^M=1", "''=1"]);
}

#[test]
fn k14_delimiters_quotes_and_lines_stay_in_their_cell() {
    let csv = sheet(&[("a\",b\nc;d", 1, "x"), ("", 2, "y")]).csv();
    assert_eq!(csv, "name,members,id\n\"a\"\",b^Jc;d\",1,x\n,2,y\n");
}

#[test]
fn a_name_can_t_draw_a_link_a_picture_or_a_column_on_a_page() {
    let name = "![x](http://t/p.png) <img> a|b `c` *d*";
    let page = sheet(&[(name, 1, "a")]).markdown();
    let line = page.lines().nth(2).unwrap();
    assert_eq!(line, "| \\!\\[x\\](http://t/p.png) \\<img\\> a\\|b \\`c\\` \\*d\\* | 1 |");
    assert_eq!(shown(line), [name, "1"]);
}

fn name() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "=", "+", "-", "@", "\t", "\r", "\n", "'", "\"", ",", ";", "|", "\\", "*", "a", " ",
        "\u{202e}",
    ]);
    let pieces = prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    prop_oneof![pieces, any::<String>()]
}

proptest! {
    #[test]
    fn k14_whatever_a_name_is_csv_reads_back_as_it_and_no_cell_is_a_formula(
        names in prop::collection::vec(name(), 0..5),
    ) {
        let rows: Vec<(&str, usize, &str)> = names.iter().map(|n| (n.as_str(), 7, "id")).collect();
        let records = records(&sheet(&rows).csv());
        prop_assert_eq!(records.len(), names.len() + 1);
        for (record, name) in records[1..].iter().zip(&names) {
            prop_assert_eq!(armed(&record[0]), &*text::safe(name));
            prop_assert_eq!(&record[1..], ["7", "id"]);
            prop_assert!(!record[0].starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }

    #[test]
    fn whatever_a_name_is_a_page_shows_it_in_one_cell_and_json_holds_it_as_it_came(name in name()) {
        let sheet = sheet(&[(&name, 7, "id")]);
        let page = sheet.markdown();
        prop_assert_eq!(page.lines().count(), 3);
        let cells = shown(page.lines().nth(2).unwrap());
        prop_assert_eq!(cells, [text::safe(&name).into_owned(), "7".to_owned()]);
        let text = sheet.json().to_string();
        let read: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read[0]["name"], &Value::String(name));
    }

    #[test]
    fn whatever_a_name_is_a_table_has_a_line_for_each_row(name in name()) {
        let table = sheet(&[(&name, 7, "id"), ("b", 8, "id")]).table();
        prop_assert_eq!(table.lines().count(), 3);
    }
}
