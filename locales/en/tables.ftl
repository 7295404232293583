### Reading tables: files for imports, candidates and analyses.
### These texts also go into terminals and CSV files, hence the straight quotation marks.

## Errors

table-empty = The file is empty.
table-not-text = This file is neither a text table nor a spreadsheet. Save it as CSV or XLSX.
table-too-large = The file holds more than 256 MB once unpacked. Save it as CSV.
table-protected = The workbook is protected by a password. Save it without one.
table-archive-empty = The archive holds no table. Put one CSV or XLSX file into it.
table-archive-several = The archive holds several tables ({ $names }). Unpack it and choose one.
table-damaged = The file is damaged: { $problem }.
table-no-sheet = There is no sheet "{ $sheet }". The workbook has: { $present }.
table-no-header-row = The file has no row { $row } that could be the header.
table-unknown-encoding = "{ $label }" is not a known encoding. Try utf-8, windows-1252, utf-16le or cp850.
table-duplicate-column = The header has the column "{ $column }" twice. Rename one of them.
table-ambiguous-column = Several columns could be "{ $column }": { $present }. Write the name exactly as in the file.
table-io = The file could not be read. Try again.

table-row-stray-quote = a quotation mark is not closed, or closing it would swallow other rows
table-row-too-long = the row is longer than 4 MB
table-row-extra-cells = the row has { $cells } cells, the header has { $header }; put quotation marks around cells that contain the delimiter

## Notes

table-note-encoding = Text read as { $name }, because it is not UTF-8.
table-note-mixed-encoding = Some lines are UTF-8, others were read as { $name }.
table-note-title-rows = { $count ->
    [one] Skipped { $count } row above the header.
   *[other] Skipped { $count } rows above the header.
}
table-note-header-rows = { $count ->
    [one] Skipped { $count } row below the header that describes the columns.
   *[other] Skipped { $count } rows below the header that describe the columns.
}
table-note-time-zone = Read times in the zone { $zone }, as the file says.
table-note-other-time-zone = The file says that its times are in the zone { $zone }; they were read as the mapping says.
table-note-footers = { $count ->
    [one] Left out { $count } row below the data (a total or a remark).
   *[other] Left out { $count } rows below the data (totals or remarks).
}
table-note-short-rows = { $count ->
    [one] { $count } row has fewer cells than the header (row { $first }); the others count as empty.
   *[other] { $count } rows have fewer cells than the header (the first is row { $first }); the others count as empty.
}
table-note-sheet = Read sheet "{ $sheet }"; not read: { $others }.
table-note-archive-member = Read "{ $name }" from the archive.
table-note-missing = Read as missing: { $codes }.
