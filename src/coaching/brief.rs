//! A coach's two minutes before a 1:1, on one page in the order of the talk: the agent first, then goal, reality, options, will
//! (GROW). Pure.

use super::{document::quote, plan::Plan, plans::StoredPlan};
use crate::{
    documents::model::{Block, Document, day},
    locale::english,
};

fn bullets(items: Vec<String>) -> Block {
    Block::Bullets { items }
}

/// A question to ask, as it could be said.
fn ask(question: &str) -> Block {
    Block::Callout {
        title: "Ask:".to_owned(),
        text: question.to_owned(),
    }
}

/// Builds the brief of a plan as it stands.
pub fn brief(stored: &StoredPlan) -> Document {
    let plan = stored.agreed();
    let mut blocks = Vec::new();
    before(stored, &mut blocks);
    blocks.push(Block::heading("The agent first"));
    blocks.push(ask(
        "What are you proud of since we last met? What got in your way?",
    ));
    if let Some(view) = stored.agent_view.as_ref().filter(|v| !v.is_empty()) {
        blocks.push(Block::Quote {
            text: view.clone(),
            source: format!("{}, beforehand", plan.agent),
        });
    }
    goal(&plan, &mut blocks);
    reality(&plan, &mut blocks);
    options(&plan, &mut blocks);
    will(&plan, &mut blocks);
    blocks.push(Block::heading("Afterwards, to yourself"));
    blocks.push(Block::Checklist {
        items: [
            "The agent talked more than I did",
            "Every point was about something done in a real contact, never about what somebody is like",
            "At most two things, and one written commitment of mine",
            "What is the process's was kept apart from what is the agent's",
        ]
        .map(str::to_owned)
        .to_vec(),
    });
    Document {
        title: format!("Two minutes before the 1:1 with {}", plan.agent),
        subtitle: format!("{} · {}", plan.organisation, day(plan.created)),
        language: "en".to_owned(),
        footer: "For the coach's eyes, in the order of the talk. The plan itself belongs to both. Rapport.".to_owned(),
        banner: plan
            .synthetic
            .then(|| "Synthetic data: nobody in this brief exists.".to_owned()),
        blocks,
    }
}

/// What stands open between the two.
fn before(stored: &StoredPlan, blocks: &mut Vec<Block>) {
    let progress = &stored.progress;
    let mut open = Vec::new();
    if progress.is_open() {
        for promise in progress.promises.iter().filter(|p| p.kept.is_none()) {
            open.push(format!(
                "You promised, by {}: {}",
                day(promise.due),
                promise.promise
            ));
        }
        if let Some(next) = progress.meetings.iter().find(|m| m.done.is_none()) {
            open.push(format!("Next check-in {}: {}", day(next.due), next.purpose));
        }
        if progress.paused {
            open.push(
                "The agent's clock stands still until the overdue promise is kept.".to_owned(),
            );
        }
    }
    for dispute in progress.disputes.iter().filter(|d| d.decided.is_none()) {
        open.push(format!("Disputed and not decided: {}", dispute.point));
    }
    if !open.is_empty() {
        blocks.push(Block::heading("Open between you"));
        blocks.push(bullets(open));
    }
}

fn goal(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("Goal"));
    blocks.push(ask("What would you like to be different in thirty days?"));
    let agreed = plan.agreed.iter().flat_map(|a| &a.items);
    let mut goals: Vec<String> = agreed.map(|i| format!("{}: {}", i.title, i.goal)).collect();
    if goals.is_empty() {
        let practice = plan.focus.first().and_then(|f| f.practice());
        let other = || plan.alternatives.first().and_then(|a| a.practice.as_ref());
        goals.extend(
            practice
                .or_else(other)
                .map(|p| format!("If none comes: {}.", p.goal)),
        );
    }
    if !goals.is_empty() {
        blocks.push(bullets(goals));
    }
}

fn reality(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("Reality"));
    for strength in plan.strengths.iter().take(2) {
        blocks.push(Block::paragraph(format!("Say first: {}.", strength.said)));
        blocks.extend(strength.quotes.first().map(quote));
    }
    for f in plan.focus.iter().take(2) {
        blocks.push(Block::paragraph(format!(
            "Then: {}. {} of {} comments, more than for peers with the same work.",
            f.name, f.customers, f.comments
        )));
        blocks.extend(f.quotes.first().map(quote));
    }
    if plan.focus.is_empty() {
        blocks.extend(plan.no_focus.as_ref().map(Block::note));
    }
    if let Some(theirs) = plan.not_yours.first() {
        let fate = theirs.owner_status.as_ref().map_or_else(
            || "not answered yet".to_owned(),
            |fate| english(&fate.status),
        );
        blocks.push(Block::paragraph(format!(
            "Not the agent's: {} ({} comments, owner {}, {fate}). Say so.",
            theirs.name, theirs.comments, theirs.owner
        )));
    }
    blocks.push(ask(
        "What was happening in that contact? What would a camera have seen?",
    ));
}

fn options(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("Options"));
    blocks.push(ask(
        "What have you tried? What else could you do? What would it take?",
    ));
    let focus = plan.focus.first().and_then(|f| f.practice());
    let other = || plan.alternatives.first().and_then(|a| a.practice.as_ref());
    if let Some(p) = focus.or_else(other) {
        blocks.push(bullets(vec![p.see.clone(), p.say.clone(), p.act.clone()]));
    }
}

fn will(plan: &Plan, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("Will"));
    let focus = plan.focus.first().and_then(|f| f.practice());
    if let Some(p) = focus {
        blocks.push(Block::paragraph(format!(
            "Say it aloud together, three times: {}",
            p.if_then
        )));
    }
    blocks.push(ask(
        "What will you do first, and when? What do you need from me, by which day?",
    ));
    let due: Vec<String> = plan.check_ins.iter().take(3).map(|c| day(c.date)).collect();
    blocks.push(Block::note(format!("Check-ins: {}.", due.join(", "))));
}
