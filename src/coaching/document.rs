//! A plan as a document: two pages a coach and an agent can sit over with a pen. Pure.

use super::{
    library::{Practice, practice_for},
    plan::{Agreed, CheckIn, Finding, Plan, Quote},
};
use crate::{
    documents::{
        charts::{BalanceBar, rate_beside_band, theme_balance},
        model::{Block, Document},
    },
    text::taxonomy::Control,
};

fn heading(text: &str) -> Block {
    Block::Heading {
        level: 1,
        text: text.to_owned(),
    }
}

fn subheading(text: impl Into<String>) -> Block {
    Block::Heading {
        level: 2,
        text: text.into(),
    }
}

fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph { text: text.into() }
}

fn note(text: impl Into<String>) -> Block {
    Block::Note { text: text.into() }
}

fn day(date: chrono::NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

fn quote(q: &Quote) -> Block {
    Block::Quote {
        text: q.text.clone(),
        source: format!("a customer, {}", day(q.date)),
    }
}

fn percent(p: f64) -> String {
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

/// Builds the document.
pub fn document(plan: &Plan) -> Document {
    let mut blocks = Vec::new();
    basis(plan, &mut blocks);
    strengths(plan, &mut blocks);
    picture(plan, &mut blocks);
    not_yours(plan, &mut blocks);
    blocks.push(Block::PageBreak);
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
        ],
    });
}

fn strengths(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(heading("What customers value"));
    if plan.strengths.is_empty() {
        blocks.push(paragraph("No comment in this period praises a single thing that can be named. Ask which contact went best, and why."));
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
        blocks.push(subheading(&s.name));
        blocks.push(paragraph(format!(
            "{}. {how} Keep doing it.",
            capital(&s.said)
        )));
        // With three strengths one voice each keeps to the page.
        let voices = if plan.strengths.len() > 2 { 1 } else { 2 };
        blocks.extend(s.quotes.iter().take(voices).map(quote));
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn picture(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(heading("The picture"));
    if plan.balance.is_empty() {
        blocks.push(paragraph(
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
                own: matches!(b.control, Control::Agent | Control::AgentWithTraining),
            })
            .collect();
        blocks.push(Block::Picture(theme_balance(&bars)));
    }
    if let Some(r) = &plan.rate {
        let band = r.team_band.map(|band| ("most of the team", band));
        blocks.push(Block::Picture(rate_beside_band(r.shrunk, r.interval, band)));
        blocks.push(paragraph(format!(
            "Good scores: about {}, most likely between {} and {}.",
            percent(r.shrunk),
            percent(r.interval.low),
            percent(r.interval.high)
        )));
    }
    blocks.push(note(&plan.rate_note));
}

fn not_yours(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(heading("Not yours"));
    if plan.not_yours.is_empty() {
        blocks.push(paragraph(
            "No comment in this period is about something another department owns.",
        ));
        return;
    }
    blocks.push(paragraph("Customers also told you about things that others must mend. They do not count against you; the coach takes them to their owners."));
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
        ]
    });
    blocks.push(Block::Table {
        caption: "Themes owned by others".to_owned(),
        header: ["Theme", "Owner", "Comments", "For example"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    });
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
    blocks.push(heading(&format!("What we agreed on {}", day(agreed.on))));
    for item in &agreed.items {
        blocks.push(subheading(&item.title));
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
        blocks.extend(plan.no_focus.as_ref().map(note));
        return;
    }
    blocks.push(heading(match plan.focus.len() {
        0 => "Focus",
        1 => "One focus area",
        _ => "Two focus areas",
    }));
    if let Some(reason) = &plan.no_focus {
        blocks.push(Block::Callout {
            title: "No focus area from feedback.".to_owned(),
            text: reason.clone(),
        });
        let extended = plan
            .strengths
            .iter()
            .find_map(|s| Some((s, practice_for(&s.theme)?)));
        if let Some((strength, practice)) = extended {
            blocks.push(subheading(format!(
                "A strength to extend: {}",
                strength.name
            )));
            blocks.push(note(
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
        blocks.push(Block::WriteIn {
            label: "The goal we choose together, and where it comes from:".to_owned(),
            lines: 2,
        });
    }
    let first_check = plan
        .check_ins
        .get(2)
        .map_or_else(String::new, |c| day(c.date));
    for f in &plan.focus {
        blocks.push(subheading(&f.name));
        blocks.push(paragraph(evidence(f)));
        let voices = if plan.focus.len() > 1 { 1 } else { 3 };
        blocks.extend(f.quotes.iter().take(voices).map(quote));
        if let Some(practice) = practice_for(&f.theme) {
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
        blocks.push(note(format!(
            "Worth asking about: {}. {} customers spoke of {}; that may be chance.",
            f.name, f.customers, f.said
        )));
    }
    if !plan.environment.is_empty() {
        blocks.push(note(format!(
            "Trouble rose for peers too, so this is a matter for the team's surroundings and not for one person: {}.",
            plan.environment.join(", ")
        )));
    }
}

fn evidence(f: &Finding) -> String {
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
        blocks.push(heading("Before practice: what is the cause?"));
        blocks.push(Block::Checklist {
        items: vec![
            "Knowledge, skill or habit: practise as above".to_owned(),
            "Tool, policy, time or workload: the leader commits to a change by ……………… ; until then the clock stands still".to_owned(),
        ],
    });
    }
    blocks.push(heading("Check-ins and measure"));
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
    blocks.push(paragraph(measure));
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
    blocks.push(heading("The agent's own view"));
    match plan.agreed.as_ref().and_then(|a| a.view.clone()) {
        Some(view) => blocks.push(Block::Quote {
            text: view,
            source: plan.agent.clone(),
        }),
        None => blocks.push(Block::WriteIn {
            label: "Proud of · hard contacts · what gets in my way · comments I find unfair:"
                .to_owned(),
            lines: if plan.focus.len() > 1 { 1 } else { 3 },
        }),
    }
    if let Some(agreed) = &plan.agreed {
        blocks.push(paragraph(agreed.read_on.map_or_else(
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
