//! Plans as other programs see them: pages of the PDF and of the DOCX, and check-ins in a calendar.

use std::path::Path;

use ical::IcalParser;
use rapport::{
    accounts::{self, WorkingDays},
    coaching::{
        self, AgreedPlan, Format,
        plan::{Plan, Strength},
    },
    locale::Locale,
};

use crate::{
    coaching_documents::{ann_hurries, draft, noon},
    support::{organisation, skip, tool},
};

const FOOTER: &str = "For development, not for ranking";

/// Renders a plan into the folder, and returns the file.
fn print(plan: &Plan, format: Format, folder: &Path) -> String {
    let plan: AgreedPlan = plan.clone().into();
    let bytes = coaching::render(&plan, format, Locale::english()).expect("renders");
    let file = folder.join(format!("plan.{}", format.ending()));
    std::fs::write(&file, bytes).expect("writes");
    file.display().to_string()
}

/// Lines of each page of a PDF, without the footer.
fn pages(pdf: &str) -> Option<Vec<Vec<String>>> {
    let text = tool("pdftotext", &["-layout", pdf, "-"])?;
    let lines = |page: &str| {
        let lines = page.lines().map(str::trim).filter(|l| !l.is_empty());
        let lines = lines.filter(|l| !l.starts_with(FOOTER));
        lines.map(str::to_owned).collect()
    };
    Some(text.split_terminator('\u{c}').map(lines).collect())
}

/// Converts a DOCX file with LibreOffice, and returns the PDF.
fn word_pages(docx: &str, folder: &Path) -> Option<String> {
    let out = folder.join("word");
    let (profile, out) = (
        folder.join("profile").display().to_string(),
        out.display().to_string(),
    );
    let profile = format!("-env:UserInstallation=file://{profile}");
    let arguments = [
        &profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        &out,
        docx,
    ];
    tool("soffice", &arguments)?;
    Some(format!("{out}/plan.pdf"))
}

/// The plan with `n` strengths, quotations and issues more than it has.
fn fuller(plan: &Plan, n: usize) -> Plan {
    let mut plan = plan.clone();
    let strength = plan.strengths.first().cloned();
    let more = strength.map(|strength| Strength {
        name: "Another strength".to_owned(),
        ..strength
    });
    plan.strengths.extend(more.into_iter().cycle().take(n));
    if let Some(issue) = plan.not_yours.first().cloned() {
        plan.not_yours.extend(vec![issue; n]);
    }
    plan
}

#[test]
fn pages_are_filled_and_no_heading_is_alone() {
    let scene = ann_hurries();
    let folder = scene.app.database.folder.path();
    let headings = [
        "In your own words",
        "What customers value",
        "At a glance",
        "Not yours to fix",
    ];
    let later = [
        "One focus area",
        "Focus",
        "Before practice: what is the cause?",
        "Check-ins and measures",
    ];
    for agent in ["ann", "bo"] {
        let plan = draft(&scene, agent);
        for more in [0, 1, 2, 3] {
            let file = print(&fuller(&plan, more), Format::Pdf, folder);
            let Some(pages) = pages(&file) else {
                return skip("pages of plans: poppler-utils is not installed");
            };
            let what = format!("{agent} and {more} more: {pages:#?}");
            assert!(pages.len() == 2 || more > 1 && pages.len() == 3, "{what}");
            for page in &pages {
                // Lines for handwriting have no text.
                assert!(page.len() >= 6, "{what}");
                let last = page.last().map(String::as_str).unwrap_or_default();
                assert!(
                    !headings.contains(&last) && !later.contains(&last),
                    "{what}"
                );
            }
            if more == 0 {
                assert!(later.contains(&pages[1][0].as_str()), "{what}");
                let view = headings.map(|heading| pages[0].iter().any(|line| line == heading));
                assert_eq!(view, [true; 4], "{what}");
            }
        }
    }
}

#[test]
fn the_word_file_has_the_pages_and_the_pictures_of_the_pdf() {
    let scene = ann_hurries();
    let folder = scene.app.database.folder.path();
    for agent in ["ann", "bo"] {
        let plan = draft(&scene, agent);
        let (pdf, docx) = (
            print(&plan, Format::Pdf, folder),
            print(&plan, Format::Docx, folder),
        );
        let Some(converted) = word_pages(&docx, folder) else {
            return skip("pages of the DOCX: LibreOffice is not installed");
        };
        let (Some(printed), Some(word)) = (pages(&pdf), pages(&converted)) else {
            return skip("pages of the DOCX: poppler-utils is not installed");
        };
        assert_eq!(printed.len(), word.len(), "{agent}: {word:#?}");
        assert_eq!(
            printed[1][0], word[1][0],
            "{agent}: the second pages begin alike"
        );
        // Besides the pictures, the list has a header of two lines.
        let images = tool("pdfimages", &["-list", &converted]).expect("poppler");
        assert!(images.lines().count() >= 2 + 2, "{images}");
        let file = std::fs::File::open(&docx).expect("opens");
        let mut archive = zip::ZipArchive::new(file).expect("an archive");
        let document = archive.by_name("word/document.xml").expect("a document");
        let xml = std::io::read_to_string(document).expect("text");
        let (drawings, described) = (
            xml.matches("<wp:docPr").count(),
            xml.matches("descr=\"").count(),
        );
        assert!(
            drawings >= 2 && drawings == described,
            "{drawings} {described}"
        );
    }
}

/// Starts and ends of the events of a calendar file.
fn events(text: &str) -> Vec<(String, String)> {
    let mut calendars = IcalParser::new(text.as_bytes());
    let calendar = calendars.next().expect("a calendar").expect("is valid");
    let value = |event: &ical::parser::ical::component::IcalEvent, name: &str| {
        let found = event.properties.iter().find(|p| p.name == name);
        found.and_then(|p| p.value.clone()).unwrap_or_default()
    };
    let events = calendar.events.iter();
    events
        .map(|event| (value(event, "DTSTART"), value(event, "DTEND")))
        .collect()
}

/// Seven days after 26 September is German Unity Day, a Saturday; ninety days after is Christmas
/// Day, a Friday. The clocks change on 25 October.
#[test]
fn check_ins_are_on_working_days_at_ten_in_the_time_zone_of_the_organisation() {
    let scene = ann_hurries();
    let stored = scene.app.write(|c| {
        let days = WorkingDays::parse("Europe/Berlin", "DE")?;
        accounts::set_working_days(c, scene.org.id, &days, "system", noon(9, 1))?;
        let agent = rapport::workforce::agent_by_reference(c, scene.org.id, "ann")?;
        Ok(coaching::create(
            c,
            scene.org.id,
            "system",
            agent.id,
            noon(9, 26),
        )?)
    });
    let text = coaching::calendar(&stored, Locale::english());
    let expected = [
        ("20261005T080000Z", "20261005T081000Z"),
        ("20261012T080000Z", "20261012T082000Z"),
        ("20261026T090000Z", "20261026T093000Z"),
        ("20261125T090000Z", "20261125T091500Z"),
        ("20261228T090000Z", "20261228T093000Z"),
    ];
    let expected = expected.map(|(start, end)| (start.to_owned(), end.to_owned()));
    assert_eq!(events(&text), expected, "{text}");
    assert_eq!(stored.plan.working_days.time_zone(), "Europe/Berlin");
}

/// A day without a working calendar is any weekday.
#[test]
fn organisations_start_with_weekdays_in_utc() {
    let scene = organisation();
    let mut c = scene.app.db.connect().expect("connects");
    let organisation = accounts::organisation(&mut c, scene.org.id).expect("reads");
    assert_eq!(organisation.working_days(), WorkingDays::default());
}
