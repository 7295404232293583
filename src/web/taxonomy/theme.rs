//! `/taxonomy/themes/{theme}`: a theme with its texts and words, edited by form.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::themes::{ThemeSummary, Themes, may_edit, theme_address};
use crate::{
    accounts::Actor,
    db::DbConnection,
    feedback::Period,
    locale::{Localised, Message},
    msg,
    tagging::{
        TaggingError,
        taxonomy_draft::{self, DraftEdit, NewEdit, TaxonomyDraft, fingerprint},
    },
    text::{
        mention::Polarity,
        taxonomy::Theme,
        taxonomy_edit::{TaxonomyEdit, ThemeTexts, WordList},
        theme_entry::{EditError, LONGEST_NAME, LONGEST_TEXT, LONGEST_WORD, is_readable, readable},
    },
    types::Instant,
    web::{
        done::Done,
        error::{WebError, WebResult},
        frame::Frame,
        render::{confirmed, page_with_status},
        state::State,
    },
};

/// An entry of a list, for people.
struct WordView {
    pattern: String,
    shown: String,
    /// Number of the edit that added it.
    added: Option<u32>,
}

/// A list of words, for people.
struct ListView {
    list: WordList,
    /// Words and phrases that read as they are, and patterns that experts wrote.
    words: Vec<WordView>,
    patterns: Vec<WordView>,
    /// Words that the draft removes, with the number of the edit.
    removed: Vec<(u32, String)>,
}

impl ListView {
    fn of(draft: &TaxonomyDraft, theme: &Theme, list: WordList) -> Self {
        let (mut added, mut removed) = (BTreeMap::new(), Vec::new());
        for DraftEdit { id, edit, .. } in &draft.edits {
            match edit {
                TaxonomyEdit::AddWord {
                    theme: t,
                    list: l,
                    pattern,
                } if *t == theme.id && *l == list => {
                    added.insert(pattern, *id);
                }
                TaxonomyEdit::RemoveWord {
                    theme: t,
                    list: l,
                    pattern,
                } if *t == theme.id && *l == list => {
                    removed.push((*id, readable(pattern)));
                }
                _ => {}
            }
        }
        let view = |pattern: &String| WordView {
            pattern: pattern.clone(),
            shown: readable(pattern),
            added: added.get(pattern).copied(),
        };
        let entries = list.of(theme).iter().map(view);
        let (mut words, patterns): (Vec<_>, Vec<_>) =
            entries.partition(|entry| is_readable(&entry.pattern));
        words.sort_by(|a, b| a.shown.cmp(&b.shown));
        Self {
            list,
            words,
            patterns,
            removed,
        }
    }

    fn hint(&self) -> Message {
        match self.list {
            WordList::Positive => msg!("word-list-positive-hint"),
            WordList::Negative => msg!("word-list-negative-hint"),
            WordList::Aspect => msg!("word-list-aspect-hint"),
            WordList::Wanted => msg!("word-list-wanted-hint"),
            WordList::Trouble => msg!("word-list-trouble-hint"),
        }
    }
}

/// A word or phrase to add.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct WordForm {
    list: String,
    word: String,
    /// `on`: although it is a word of another theme.
    also_elsewhere: String,
}

/// The texts of a theme.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct TextsForm {
    name: String,
    said_well: String,
    said_badly: String,
    owner: String,
    fingerprint: String,
}

impl TextsForm {
    fn of(theme: &Theme) -> Self {
        let texts = ThemeTexts::of(theme);
        Self {
            name: texts.name,
            said_well: texts.said_well,
            said_badly: texts.said_badly,
            owner: texts.owner.unwrap_or_default(),
            fingerprint: fingerprint(theme),
        }
    }
}

/// Why a form was refused.
struct Problem {
    field: &'static str,
    message: Message,
    /// Whether the word belongs to another theme, so that the form offers to use it for both.
    is_elsewhere: bool,
    status: StatusCode,
}

impl Problem {
    /// # Errors
    /// The error itself if another entry would not help.
    fn of(error: TaggingError) -> Result<Self, WebError> {
        let (field, is_elsewhere) = match &error {
            TaggingError::Edit(edit) => (edit.field(), matches!(edit, EditError::Elsewhere { .. })),
            TaggingError::DraftFull(_) => ("word", false),
            TaggingError::DraftChanged => ("texts", false),
            TaggingError::NoTheme(_) => return Err(WebError::not_found()),
            _ => return Err(error.into()),
        };
        let error = WebError::from(error);
        Ok(Self {
            field,
            is_elsewhere,
            status: error.code.status(),
            message: error.message,
        })
    }
}

#[derive(Template)]
#[template(path = "theme.html")]
struct ThemePage {
    frame: Frame,
    editor: bool,
    theme: ThemeSummary,
    lists: Vec<ListView>,
    /// Number of the edit of the texts, if there is one.
    described: Option<u32>,
    /// Edits of the whole draft.
    edits: usize,
    period: Period,
    word: WordForm,
    texts: TextsForm,
    /// The texts as they are now, where they were changed while the form was open.
    other_texts: Option<TextsForm>,
    problem: Option<Problem>,
}

impl ThemePage {
    const LISTS: [WordList; 5] = WordList::ALL;
    const LONGEST_WORD: usize = LONGEST_WORD;
    const LONGEST_NAME: usize = LONGEST_NAME;
    const LONGEST_TEXT: usize = LONGEST_TEXT;

    /// The problem of a field.
    fn problem(&self, field: &str) -> Option<&Message> {
        let problem = self
            .problem
            .as_ref()
            .filter(|problem| problem.field == field);
        problem.map(|problem| &problem.message)
    }

    /// Whether a problem offers to use the word for both themes.
    fn is_elsewhere(&self) -> bool {
        self.problem
            .as_ref()
            .is_some_and(|problem| problem.is_elsewhere)
    }

    fn address(&self) -> String {
        theme_address(&self.theme.id)
    }
}

/// What was entered, and why it was refused.
#[derive(Default)]
struct Entered {
    word: WordForm,
    texts: Option<TextsForm>,
    problem: Option<Problem>,
}

/// `GET /taxonomy/themes/{theme}`
pub async fn theme_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    theme: Path<String>,
) -> WebResult {
    show(&state, &req, actor, &theme, Entered::default()).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: &str,
    entered: Entered,
) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| Themes::of(c, organisation));
    let themes = read.await?;
    let theme = themes
        .draft
        .edited
        .theme(id)
        .ok_or_else(WebError::not_found)?;
    let lists = WordList::ALL.map(|list| ListView::of(&themes.draft, theme, list));
    let mut edits = themes.draft.edits.iter();
    let present = TextsForm::of(theme);
    let (texts, other_texts) = match entered.texts {
        None => (present, None),
        Some(texts) if texts.fingerprint == present.fingerprint => (texts, None),
        // Saving again replaces what somebody else wrote, which the page shows.
        Some(texts) => {
            let fingerprint = present.fingerprint.clone();
            (
                TextsForm {
                    fingerprint,
                    ..texts
                },
                Some(present),
            )
        }
    };
    let status = entered
        .problem
        .as_ref()
        .map_or(StatusCode::OK, |problem| problem.status);
    let shown = ThemePage {
        frame: Frame::of(req),
        editor: may_edit(actor.roles),
        theme: themes.summary(theme),
        lists: lists.into(),
        described: edits.find_map(|edit| match &edit.edit {
            TaxonomyEdit::Describe { theme, .. } if theme == id => Some(edit.id),
            _ => None,
        }),
        edits: themes.draft.edits.len(),
        period: themes.period,
        word: entered.word,
        texts,
        other_texts,
        problem: entered.problem,
    };
    page_with_status(status, &shown)
}

async fn edit(state: &State, actor: &Actor, new: NewEdit) -> Result<(), TaggingError> {
    let actor = actor.clone();
    let write = move |c: &mut DbConnection| {
        taxonomy_draft::edit(c, &actor, &new, Instant::now())?;
        Ok(())
    };
    state.db.write(write).await
}

/// `POST /taxonomy/themes/{theme}/words`
pub async fn add_word_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    theme: Path<String>,
    form: Form<WordForm>,
) -> WebResult {
    add_word(&state, &req, actor, theme.into_inner(), form.into_inner()).await
}

/// Adds a word to the draft, or shows the page of its theme with the problem.
async fn add_word(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    theme: String,
    word: WordForm,
) -> WebResult {
    let new = NewEdit::AddWord {
        theme: theme.clone(),
        list: WordList::parse(&word.list).unwrap_or(WordList::Aspect),
        word: word.word.clone(),
        also_elsewhere: word.also_elsewhere == "on",
    };
    let Err(error) = edit(state, &actor, new).await else {
        return Ok(confirmed(
            &format!("{}#words", theme_address(&theme)),
            Done::ThemeChanged,
        ));
    };
    let entered = Entered {
        word,
        texts: None,
        problem: Some(Problem::of(error)?),
    };
    show(state, req, actor, &theme, entered).await
}

/// A word that annotations suggest.
#[derive(Deserialize)]
pub struct TermForm {
    theme: String,
    polarity: Polarity,
    term: String,
}

/// `POST /taxonomy/terms`: adds a suggested term to the draft.
pub async fn term_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<TermForm>,
) -> WebResult {
    let term = form.into_inner();
    let list = match term.polarity {
        Polarity::Positive => WordList::Positive,
        Polarity::Negative => WordList::Negative,
        Polarity::Neutral | Polarity::Request => WordList::Aspect,
    };
    let word = WordForm {
        list: list.as_str().to_owned(),
        word: term.term,
        also_elsewhere: String::new(),
    };
    add_word(&state, &req, actor, term.theme, word).await
}

/// An entry to remove.
#[derive(Deserialize)]
pub struct RemovalForm {
    list: WordList,
    pattern: String,
}

/// `POST /taxonomy/themes/{theme}/words/delete`
pub async fn remove_word_form(
    state: Data<State>,
    actor: Actor,
    theme: Path<String>,
    form: Form<RemovalForm>,
) -> WebResult {
    let (theme, form) = (theme.into_inner(), form.into_inner());
    let address = format!("{}#{}", theme_address(&theme), form.list.as_str());
    let new = NewEdit::RemoveWord {
        theme,
        list: form.list,
        pattern: form.pattern,
    };
    match edit(&state, &actor, new).await {
        // Somebody else has removed it: what was asked for is done.
        Ok(()) | Err(TaggingError::NoWord) => Ok(confirmed(&address, Done::ThemeChanged)),
        Err(TaggingError::NoTheme(_)) => Err(WebError::not_found()),
        Err(error) => Err(error.into()),
    }
}

/// `POST /taxonomy/themes/{theme}`
pub async fn texts_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    theme: Path<String>,
    form: Form<TextsForm>,
) -> WebResult {
    let (theme, form) = (theme.into_inner(), form.into_inner());
    let texts = form.clone();
    let new = NewEdit::Describe {
        theme: theme.clone(),
        texts: ThemeTexts {
            name: texts.name,
            said_well: texts.said_well,
            said_badly: texts.said_badly,
            owner: Some(texts.owner),
        },
        fingerprint: Some(texts.fingerprint),
    };
    let Err(error) = edit(&state, &actor, new).await else {
        return Ok(confirmed(&theme_address(&theme), Done::ThemeChanged));
    };
    let entered = Entered {
        word: WordForm::default(),
        texts: Some(form),
        problem: Some(Problem::of(error)?),
    };
    show(&state, &req, actor, &theme, entered).await
}

/// A theme with the edits of the draft.
#[derive(Serialize, ToSchema)]
pub struct ThemeReply {
    #[serde(flatten)]
    summary: ThemeSummary,
    texts: ThemeTexts,
    /// Fingerprint of the texts; send it back with a change.
    #[schema(example = "9f86d081884c7d65")]
    fingerprint: String,
    /// Patterns by list.
    words: BTreeMap<String, Vec<String>>,
}

/// Returns a theme with its words, as the draft has it.
#[utoipa::path(
    get,
    path = "/api/v1/taxonomy/themes/{theme}",
    tag = "Feedback",
    operation_id = "get_theme",
    params(("theme" = String, Path, description = "Id of the theme", example = "billing")),
    responses((status = 200, body = ThemeReply))
)]
pub async fn theme_json(
    state: Data<State>,
    actor: Actor,
    id: Path<String>,
) -> Result<Json<ThemeReply>, WebError> {
    let themes = state
        .db
        .read(move |c| Themes::of(c, actor.organisation))
        .await?;
    let theme = themes
        .draft
        .edited
        .theme(&id)
        .ok_or_else(WebError::not_found)?;
    let words = |list: WordList| (list.as_str().to_owned(), list.of(theme).clone());
    Ok(Json(ThemeReply {
        summary: themes.summary(theme),
        texts: ThemeTexts::of(theme),
        fingerprint: fingerprint(theme),
        words: WordList::ALL.into_iter().map(words).collect(),
    }))
}
