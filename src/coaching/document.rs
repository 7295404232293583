//! A plan as a document: two pages a coach and an agent can sit over with a pen. Pure.

use super::{
    library::Practice,
    plan::{
        Agreed, Alternative, AlternativeKind, CheckIn, FocusArea, OwnerStatus, Plan, Quote,
        TrendChange,
    },
};
use crate::{
    documents::{
        charts::{BalanceBar, rate_beside_band, sparkline, theme_balance},
        model::{Block, Document, day},
    },
    locale::{Locale, english},
    text::taxonomy::Control,
};

pub(super) fn quote(q: &Quote) -> Block {
    let about = [&q.channel, &q.issue];
    let about: Vec<&str> = about
        .into_iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    let about = if about.is_empty() {
        String::new()
    } else {
        format!(", {}", about.join(", "))
    };
    Block::Quote {
        text: q.text.clone(),
        source: format!("a customer, {}{about}", day(q.date)),
    }
}

pub(super) fn percent(p: f64) -> String {
    if p > 0.0 && p < 0.005 {
        return "under 1 %".to_owned();
    }
    format!("{:.0} %", 100.0 * p)
}

/// Of a probability: never a bare 100 %, which no posterior is.
fn chance(p: f64) -> String {
    if p > 0.99 {
        "over 99 %".to_owned()
    } else {
        percent(p)
    }
}

/// Height of a printed page between its margins.
const PAGE_MILLIMETRES: usize = 258;

/// About how much of a page the plan takes before what to do, as it is printed.
fn first_page_millimetres(plan: &Plan) -> usize {
    let quotes = if plan.strengths.len() > 2 { 1 } else { 2 };
    let strengths: usize = plan
        .strengths
        .iter()
        .map(|s| 10 + 6 * s.quotes.len().min(quotes))
        .sum();
    let bars = 10 + 7 * plan.balance.len();
    let beside = if plan.rate.is_some() { 56 } else { 0 };
    let theirs = plan.not_yours.len().min(5);
    let head = 40 + if plan.synthetic { 6 } else { 0 };
    let view = plan.agreed.as_ref().and_then(|a| a.view.as_ref());
    let view = view.map_or(24, |text| 12 + 5 * (text.chars().count() / 90 + 1));
    head + view
        + 10
        + strengths
        + 22
        + bars.max(beside)
        + 10
        + if theirs > 0 { 16 + 8 * theirs } else { 7 }
}

/// Builds the document.
pub fn document(plan: &Plan) -> Document {
    let mut blocks = Vec::new();
    basis(plan, &mut blocks);
    own_view(plan, &mut blocks);
    strengths(plan, &mut blocks);
    picture(plan, &mut blocks);
    not_yours(plan, &mut blocks);
    // What to do begins on a page of its own, unless what comes before takes more than one.
    if first_page_millimetres(plan) <= PAGE_MILLIMETRES {
        blocks.push(Block::PageBreak);
    }
    if let Some(agreed) = &plan.agreed {
        agreement(agreed, &mut blocks);
    }
    focus(plan, &mut blocks);
    after(plan, &mut blocks);
    let team = plan
        .team
        .as_ref()
        .map_or_else(String::new, |t| format!(" · team {t}"));
    Document {
        title: format!("1:1 plan for {}", plan.agent),
        subtitle: format!("{}{team} · {}", plan.organisation, day(plan.created)),
        language: "en".to_owned(),
        footer: format!(
            "For development in a conversation; not for ranking, pay or discipline. Proposed by rules version {}, decided by people. Rapport.",
            plan.rules_version,
        ),
        banner: plan
            .synthetic
            .then(|| "Synthetic data: nobody in this plan exists.".to_owned()),
        blocks,
    }
}

fn basis(plan: &Plan, blocks: &mut Vec<Block>) {
    let b = &plan.basis;
    let mut left_out = Vec::new();
    if b.no_content > 0 {
        left_out.push(format!("{} that say nothing", b.no_content));
    }
    if b.not_analysed > 0 {
        left_out.push(format!("{} in another language", b.not_analysed));
    }
    if b.contradicting > 0 {
        left_out.push(format!(
            "{} whose words contradict their score",
            b.contradicting
        ));
    }
    if b.withheld > 0 {
        left_out.push(format!(
            "{} withheld as insulting or about the person's origin",
            b.withheld
        ));
    }
    if !b.barred.is_empty() {
        left_out.push(format!(
            "what is tagged {}, because readers do not agree on what that is",
            b.barred.join(", ").to_lowercase()
        ));
    }
    let left_out = if left_out.is_empty() {
        "nothing".to_owned()
    } else {
        format!("comments: {}", left_out.join(", "))
    };
    let confidence = match &plan.rate {
        Some(r) if r.reliability >= 0.7 => "good: the scores say something about one person",
        Some(_) => "moderate: read the range, not the point",
        None => "low for the score; themes are read by the rules below",
    };
    blocks.push(Block::Facts {
        rows: vec![
            (
                "Period".to_owned(),
                format!(
                    "{} to {} ({} days)",
                    b.period.from.day(),
                    b.period.to.day(),
                    b.days
                ),
            ),
            (
                "Read".to_owned(),
                format!("{} scores, {} comments", b.scores, b.analysed),
            ),
            ("Left out".to_owned(), left_out),
            ("Confidence".to_owned(), confidence.to_owned()),
            (
                "Purpose".to_owned(),
                "to develop, in a conversation of two; not to rank, pay or discipline".to_owned(),
            ),
        ],
    });
}

/// What the agent says comes before what anybody says of the agent.
fn own_view(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("First, the agent's own view"));
    match plan.agreed.as_ref().and_then(|a| a.view.clone()) {
        Some(view) => blocks.push(Block::Quote {
            text: view,
            source: plan.agent.clone(),
        }),
        None => blocks.push(Block::WriteIn {
            label: "Proud of · a hard contact · what gets in my way · what I find unfair here · what I want to get better at:"
                .to_owned(),
            lines: 2,
        }),
    }
}

fn strengths(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("What customers value"));
    if plan.strengths.is_empty() {
        blocks.push(Block::paragraph("No comment in this period praises a single thing that can be named. Ask which contact went best, and why."));
    }
    for s in &plan.strengths {
        let how = match s.probability {
            Some(p) => format!(
                "{} customers name it, more than for peers ({} sure).",
                s.customers,
                chance(p)
            ),
            None if s.customers == 1 => "One customer said so.".to_owned(),
            None => format!("{} customers said so.", s.customers),
        };
        blocks.push(Block::subheading(&s.name));
        blocks.push(Block::paragraph(format!(
            "{}. {how} Keep doing it.",
            capital(&s.said)
        )));
        // With three strengths one voice each keeps to the page.
        let voices = if plan.strengths.len() > 2 { 1 } else { 2 };
        blocks.extend(s.quotes.iter().take(voices).map(quote));
    }
    if plan.strengths.iter().any(|s| s.probability.is_some()) && plan.agreed.is_none() {
        blocks.push(Block::Checklist {
            items: vec!["I am willing to show a colleague how I do this (my choice)".to_owned()],
        });
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn picture(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("The picture"));
    if plan.balance.is_empty() {
        blocks.push(Block::paragraph(
            "The comments of this period mention none of the themes.",
        ));
    } else {
        let bars: Vec<BalanceBar> = plan
            .balance
            .iter()
            .map(|b| BalanceBar {
                label: b.name.clone(),
                positive: b.positive,
                negative: b.negative,
                controllable: matches!(b.control, Control::Agent | Control::AgentWithTraining),
            })
            .collect();
        blocks.push(Block::Picture(theme_balance(Locale::english(), &bars)));
    }
    if let Some(r) = &plan.rate {
        let (locale, band) = (Locale::english(), r.team_band);
        blocks.push(Block::Picture(rate_beside_band(
            locale, r.shrunk, r.interval, band,
        )));
    }
    if let Some(trend) = plan.trend.as_ref().filter(|t| t.weeks.len() > 2) {
        let said = match trend.change {
            TrendChange::NoReliableChange => "no reliable change",
            TrendChange::Improved => "improved by more than chance explains",
            TrendChange::Declined => "declined by more than chance explains",
        };
        blocks.push(Block::Picture(sparkline(
            Locale::english(),
            &trend.weeks,
            said,
        )));
    }
    if let Some(r) = &plan.rate {
        blocks.push(Block::paragraph(format!(
            "Good scores: about {}, most likely between {} and {}.",
            percent(r.shrunk),
            percent(r.interval.low),
            percent(r.interval.high)
        )));
    }
    blocks.push(Block::note(&plan.rate_note));
}

fn not_yours(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("Not yours"));
    if plan.not_yours.is_empty() {
        blocks.push(Block::paragraph(
            "No comment in this period is about something another department owns.",
        ));
        return;
    }
    blocks.push(Block::paragraph("Customers also told you about things that others must mend. They do not count against you; the coach takes them to their owners."));
    let rows = plan.not_yours.iter().take(5).map(|n| {
        let said = n.quote.as_ref().map_or_else(
            || capital(&n.said),
            |q| format!("“{}”", shorten(&q.text, 80)),
        );
        vec![
            n.name.clone(),
            n.owner.clone(),
            n.comments.to_string(),
            said,
            n.owner_status
                .as_ref()
                .map_or_else(|| "not answered yet".to_owned(), fate),
        ]
    });
    blocks.push(Block::Table {
        caption: "Themes owned by others".to_owned(),
        header: [
            "Theme",
            "Owner",
            "Comments",
            "For example",
            "What became of it",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.collect(),
    });
}

/// What an owner last said, in a few words.
fn fate(fate: &OwnerStatus) -> String {
    let said = format!("{} ({})", english(&fate.status), fate.on.format("%-d %b"));
    if fate.note.is_empty() {
        said
    } else {
        format!("{said}: {}", shorten(&fate.note, 90))
    }
}

fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    format!(
        "{}…",
        cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head)
    )
}

fn agreement(agreed: &Agreed, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading(&format!(
        "What we agreed on {}",
        day(agreed.on)
    )));
    for item in &agreed.items {
        blocks.push(Block::subheading(&item.title));
        let mut rows = Vec::new();
        if !item.goal.is_empty() {
            rows.push(("Goal".to_owned(), capital(&item.goal)));
        }
        rows.push(("Where from".to_owned(), capital(&item.source)));
        if !item.reason.is_empty() {
            rows.push(("Why".to_owned(), item.reason.clone()));
        }
        blocks.push(Block::Facts { rows });
    }
    if let Some(outcome) = &agreed.outcome {
        blocks.push(Block::Callout {
            title: "Outcome:".to_owned(),
            text: outcome.clone(),
        });
    }
}

fn focus(plan: &Plan, blocks: &mut Vec<Block>) {
    if plan.agreed.is_some() && plan.focus.is_empty() {
        // What was agreed stands in its place; the plan says all the same that feedback shows no area of its own.
        blocks.extend(plan.no_focus.as_ref().map(Block::note));
        for alternative in &plan.alternatives {
            alternative_section(alternative, None, blocks);
        }
        return;
    }
    blocks.push(Block::heading(match plan.focus.len() {
        0 => "Focus",
        1 => "One focus area",
        _ => "Two focus areas",
    }));
    if let Some(reason) = &plan.no_focus {
        blocks.push(Block::Callout {
            title: "No focus area from the comments.".to_owned(),
            text: reason.clone(),
        });
        no_focus(plan, blocks);
    }
    let first_check = plan
        .check_ins
        .get(2)
        .map_or_else(String::new, |c| day(c.date));
    for f in &plan.focus {
        blocks.push(Block::subheading(&f.name));
        blocks.push(Block::paragraph(evidence(f)));
        let voices = if plan.focus.len() > 1 { 1 } else { 3 };
        blocks.extend(f.quotes.iter().take(voices).map(quote));
        if let Some(practice) = f.practice() {
            let goal = plan.agreed.is_none().then_some(first_check.as_str());
            steps(practice, goal, plan.focus.len() > 1, blocks);
        }
    }
    for f in &plan.for_the_coach {
        blocks.push(Block::Callout {
            title: format!("For the coach to judge: {}.", f.name),
            text: format!(
                "{} This theme is shared between the agent and the process. It becomes a focus only if you tick it, with a reason: ☐ within the agent's power, because …",
                evidence(f)
            ),
        });
    }
    for f in &plan.worth_asking {
        blocks.push(Block::note(format!(
            "Worth asking about: {}. {} customers spoke of {}; that may be chance.",
            f.name, f.customers, f.said
        )));
    }
    if !plan.environment.is_empty() {
        blocks.push(Block::note(format!(
            "Trouble rose for peers too, so this is a matter for the team's surroundings and not for one person: {}.",
            plan.environment.join(", ")
        )));
    }
}

/// What else a plan without a focus area has to offer: one alternative, or a strength to extend, and room for an own goal.
fn no_focus(plan: &Plan, blocks: &mut Vec<Block>) {
    let by = plan.check_ins.get(2).map(|c| day(c.date));
    match plan.alternatives.first() {
        Some(alternative) => alternative_section(alternative, by.as_deref(), blocks),
        None => {
            let extended = plan.strengths.iter().find_map(|s| Some((s, s.practice()?)));
            if let Some((strength, practice)) = extended {
                blocks.push(Block::subheading(format!(
                    "A strength to extend: {}",
                    strength.name
                )));
                blocks.push(Block::note(
                    "Source: what customers value in this plan, not a weakness.",
                ));
                blocks.push(Block::Facts {
                    rows: vec![
                        ("At".to_owned(), practice.at.clone()),
                        ("Above".to_owned(), practice.above.clone()),
                    ],
                });
                blocks.push(Block::Checklist {
                    items: vec![
                        format!("See: {}", practice.see),
                        format!("Teach: {}", practice.teach),
                    ],
                });
            }
        }
    }
    for other in plan.alternatives.iter().skip(1) {
        blocks.push(Block::note(format!(
            "Or: {}. {}",
            other.name, other.evidence
        )));
    }
    blocks.push(Block::WriteIn {
        label: "The goal we choose together, and where it comes from:".to_owned(),
        lines: 2,
    });
}

/// An alternative with its source on paper, and how to practise it.
fn alternative_section(a: &Alternative, by: Option<&str>, blocks: &mut Vec<Block>) {
    blocks.push(Block::subheading(match a.kind {
        AlternativeKind::Knowledge => a.name.clone(),
        AlternativeKind::Team => format!("The team's theme: {}", a.name),
    }));
    blocks.push(Block::note(match a.kind {
        AlternativeKind::Knowledge => {
            "Source: scores on one kind of matter, not what comments say about you."
        }
        AlternativeKind::Team => {
            "Source: the whole team's comments; your own show no difference from your peers'."
        }
    }));
    blocks.push(Block::paragraph(&a.evidence));
    if let Some(practice) = &a.practice {
        steps(practice, by, true, blocks);
    }
}

fn evidence(f: &FocusArea) -> String {
    format!(
        "{} of {} comments, in {} different weeks, spoke of {}. Allowing for chance that is about {} of comments, and {} for peers with the same channels and issues; {} sure that the difference is real.",
        f.customers,
        f.comments,
        f.weeks,
        f.said,
        percent(f.rate),
        percent(f.peer_rate),
        chance(f.probability)
    )
}

/// `by` is the day of the goal, where no other was agreed.
fn steps(p: &Practice, by: Option<&str>, short: bool, blocks: &mut Vec<Block>) {
    let mut anchors = vec![
        ("Below".to_owned(), p.below.clone()),
        ("At".to_owned(), p.at.clone()),
        ("Above".to_owned(), p.above.clone()),
    ];
    anchors.extend(by.map(|by| ("Goal".to_owned(), format!("By {by}, {}.", p.goal))));
    if short {
        // Two areas share the page: what to aim for stays, what to leave behind is said in the customers' words.
        anchors.remove(0);
    }
    blocks.push(Block::Facts { rows: anchors });
    blocks.push(Block::Callout {
        title: "If–then, said aloud three times:".to_owned(),
        text: p.if_then.clone(),
    });
    let mut ladder = vec![
        format!("See: {}", p.see),
        format!("Say: {}", p.say),
        format!("Do: {}", p.act),
    ];
    if !short {
        ladder.push(format!("Reflect: {}", p.reflect));
        ladder.push(format!("Teach: {}", p.teach));
    }
    blocks.push(Block::Checklist { items: ladder });
}

fn after(plan: &Plan, blocks: &mut Vec<Block>) {
    if !plan.focus.is_empty() {
        blocks.push(Block::heading("Before practice: what is the cause?"));
        blocks.push(Block::Checklist {
        items: vec![
            "Knowledge, skill or habit: practise as above".to_owned(),
            "Tool, policy, time or workload: the leader commits to a change by ……………… ; until then the clock stands still".to_owned(),
        ],
    });
    }
    blocks.push(Block::heading("Check-ins and measure"));
    let found = plan.agreed.as_ref().map(|a| &a.found);
    let mut header = vec!["When".to_owned(), "What for".to_owned()];
    header.extend(found.map(|_| "What was found".to_owned()));
    let row = |(at, c): (usize, &CheckIn)| {
        let mut cells = vec![day(c.date), c.purpose.clone()];
        cells.extend(found.map(|f| f.get(at).cloned().flatten().unwrap_or_default()));
        cells
    };
    blocks.push(Block::Table {
        caption: "Check-ins".to_owned(),
        header,
        rows: plan.check_ins.iter().enumerate().map(row).collect(),
    });
    let judged = if plan.focus.is_empty() {
        "We look at the goal we chose: what was tried, and what it changed."
    } else {
        "We judge the behaviour: own tally, and the coach's look at five contacts at the start, on day 14 and on day 30."
    };
    let measure = match plan.detectable_change {
        Some(points) => format!(
            "{judged} With this volume of scores only a change of about {points:.0} points could be seen, so the score will not decide."
        ),
        None => format!("{judged} There are too few scores to see a change in them."),
    };
    blocks.push(Block::paragraph(measure));
    match plan.agreed.as_ref().filter(|a| !a.promises.is_empty()) {
        Some(agreed) => blocks.push(Block::Table {
            caption: "Support promised by the leader; an overdue promise stops the agent's clock"
                .to_owned(),
            header: ["Promise", "By", "Kept"].map(str::to_owned).to_vec(),
            rows: agreed
                .promises
                .iter()
                .map(|p| {
                    let kept = p.kept.map_or_else(|| "not yet".to_owned(), day);
                    vec![p.promise.clone(), day(p.due), kept]
                })
                .collect(),
        }),
        None => blocks.push(Block::WriteIn {
            label: "Support promised by the leader (time, tool, article, shadowing), with a date; unkept promises stop the agent's clock:".to_owned(),
            lines: 1,
        }),
    }
    if let Some(agreed) = &plan.agreed {
        blocks.push(Block::paragraph(agreed.read_on.map_or_else(
            || "Not yet read by the agent.".to_owned(),
            |on| {
                format!(
                    "Read by the agent on {} (it does not mean agreement).",
                    day(on)
                )
            },
        )));
        return;
    }
    blocks.push(Block::Checklist {
        items: vec![
            "Agent: I have read this (it does not mean that I agree). Date and initials: ……………………"
                .to_owned(),
            "Coach: agreed in conversation on …………………… · on day 60 we continue / close / change"
                .to_owned(),
        ],
    });
}
