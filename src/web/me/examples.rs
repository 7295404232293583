//! `/me/examples`: praise that an agent agrees to show to their team as an example of good
//! practice.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;

use crate::{
    accounts::Actor,
    locale::Message,
    praise::{
        LONGEST_WORDS,
        examples::{self, ExampleConsent, MyExample},
    },
    types::Instant,
    web::{
        done::Done,
        error::{WebError, WebResult},
        forms::{self, Refused},
        frame::Frame,
        list::List,
        render::{confirmed, page_with_status},
        state::State,
    },
};

/// A refused form: its theme and what was entered as the agent's own words.
type Entered = (String, String);

#[derive(Template)]
#[template(path = "me_examples.html")]
struct ExamplesPage {
    frame: Frame,
    examples: Vec<MyExample>,
    entered: Option<Entered>,
    problem: Option<Message>,
}

impl ExamplesPage {
    const LONGEST_WORDS: usize = LONGEST_WORDS;

    /// Choice for a theme.
    fn chosen(example: &MyExample) -> &'static str {
        match &example.consent {
            None => "no",
            Some(consent) if consent.named => "named",
            Some(_) => "unnamed",
        }
    }

    /// Sentence on what colleagues see of a theme now.
    fn now(&self, example: &MyExample) -> String {
        let shown = self.frame.t(match Self::chosen(example) {
            "named" => "examples-shown-named",
            "unnamed" => "examples-shown-unnamed",
            _ => "examples-shown-no",
        });
        let theme = &example.name;
        self.frame
            .t2("examples-now", "theme", theme, "shown", shown)
    }

    /// The agent's own words: as entered in a refused form, or as stored.
    fn words<'a>(&'a self, example: &'a MyExample) -> &'a str {
        match &self.entered {
            Some((theme, words)) if *theme == example.theme => words,
            _ => example
                .consent
                .as_ref()
                .map_or("", |consent| &consent.words),
        }
    }

    fn problem_of(&self, theme: &str) -> Option<&Message> {
        let entered = self.entered.as_ref().filter(|(of, _)| of == theme);
        entered.and(self.problem.as_ref())
    }
}

async fn mine(state: &State, actor: Actor) -> Result<Vec<MyExample>, WebError> {
    let read = move |c: &mut _| examples::mine(c, &actor, Instant::now());
    Ok(state.db.read(read).await?)
}

/// `GET /me/examples`
pub async fn examples_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, actor, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    refused: Option<Refused<Entered>>,
) -> WebResult {
    let examples = mine(state, actor).await?;
    let status = forms::status(refused.as_ref());
    let (entered, problem) = refused.map(Refused::into_parts).unzip();
    let shown = ExamplesPage {
        frame: Frame::of(req),
        examples,
        entered,
        problem,
    };
    page_with_status(status, &shown)
}

async fn agree(
    state: &State,
    actor: Actor,
    theme: String,
    consent: ExampleConsent,
) -> Result<(), WebError> {
    let agree = move |c: &mut _| examples::agree(c, &actor, &theme, &consent, Instant::now());
    Ok(state.db.write(agree).await?)
}

async fn withdraw(state: &State, actor: Actor, theme: String) -> Result<(), WebError> {
    let withdraw = move |c: &mut _| examples::withdraw(c, &actor, &theme, Instant::now());
    Ok(state.db.write(withdraw).await?)
}

/// `POST /me/examples/{theme}`
pub async fn example_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    theme: Path<String>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let theme = theme.into_inner();
    let words = form.get("words").cloned().unwrap_or_default();
    let chosen = form.get("shown").map_or("no", String::as_str);
    let consent = ExampleConsent {
        named: chosen == "named",
        words: words.clone(),
    };
    let result = match chosen {
        "named" | "unnamed" => agree(&state, actor.clone(), theme.clone(), consent).await,
        _ => withdraw(&state, actor.clone(), theme.clone()).await,
    };
    match result {
        Ok(()) => Ok(confirmed("/me/examples", Done::ExampleSaved)),
        Err(problem) => {
            let refused = Refused::new((theme, words), problem)?;
            show(&state, &req, actor, Some(refused)).await
        }
    }
}

/// Lists the themes that customers praise the agent for, with whether colleagues may see an
/// example.
#[utoipa::path(
    get,
    path = "/api/v1/me/examples",
    tag = "Agent",
    operation_id = "list_my_examples",
    responses((status = 200, body = List<MyExample>))
)]
pub async fn examples_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<MyExample>>, WebError> {
    Ok(Json(List::complete(mine(&state, actor).await?)))
}

/// Agrees that plans of colleagues print praise of a theme as an example of good practice.
#[utoipa::path(
    put,
    path = "/api/v1/me/examples/{theme}",
    tag = "Agent",
    operation_id = "agree_to_example",
    params(("theme" = String, Path, description = "Id of the theme")),
    request_body = ExampleConsent,
    responses(
        (status = 204, description = "Agreed"),
        (status = 422, description = "`invalid`: the words are too long")
    )
)]
pub async fn agree_json(
    state: Data<State>,
    actor: Actor,
    theme: Path<String>,
    consent: Json<ExampleConsent>,
) -> WebResult {
    agree(&state, actor, theme.into_inner(), consent.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Withdraws the consent for a theme. Plans that print the example leave it out from now on.
#[utoipa::path(
    post,
    path = "/api/v1/me/examples/{theme}/withdraw",
    tag = "Agent",
    operation_id = "withdraw_example",
    params(("theme" = String, Path, description = "Id of the theme")),
    responses((status = 204, description = "Withdrawn"))
)]
pub async fn withdraw_json(state: Data<State>, actor: Actor, theme: Path<String>) -> WebResult {
    withdraw(&state, actor, theme.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
