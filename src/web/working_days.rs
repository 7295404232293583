//! `/working-days`: time zone, weekends and public holidays of the organisation.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json},
};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    render::{confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::{self, Actor, WorkingDays},
    locale::Message,
    types::Instant,
};

/// Public holidays shown, so that people see whether the region is the one they meant.
const HOLIDAYS: usize = 6;
const WEEKDAYS: [&str; 7] = [
    "weekday-monday",
    "weekday-tuesday",
    "weekday-wednesday",
    "weekday-thursday",
    "weekday-friday",
    "weekday-saturday",
    "weekday-sunday",
];

#[derive(Template)]
#[template(path = "working_days.html")]
struct WorkingDaysPage {
    frame: Frame,
    /// The stored settings.
    days: WorkingDays,
    /// The form as entered, or with the stored settings.
    form: WorkingDaysRequest,
    problem: Option<Message>,
    today: NaiveDate,
}

impl WorkingDaysPage {
    /// Names of the free days of the week.
    fn weekend(&self) -> String {
        let weekend = self.days.weekend().into_iter();
        let names = weekend.filter_map(|day| WEEKDAYS.get(day as usize));
        let names: Vec<String> = names.map(|id| self.frame.t(id)).collect();
        names.join(", ")
    }

    /// The next public holidays.
    fn holidays(&self) -> Vec<String> {
        let holidays = self.days.holidays_from(self.today, HOLIDAYS).into_iter();
        holidays.map(|day| self.frame.date(day)).collect()
    }
}

/// Time zone and region to use for check-ins that are dated from now on.
#[derive(Clone, Deserialize, ToSchema)]
pub struct WorkingDaysRequest {
    /// IANA name.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// ISO 3166 code of a country or of a part of it; empty for weekends on Saturday and Sunday and
    /// no holidays.
    #[serde(default)]
    #[schema(example = "DE-BY")]
    region: String,
}

/// Working days of the organisation.
#[derive(Serialize, ToSchema)]
pub struct WorkingDaysReply {
    #[serde(flatten)]
    days: WorkingDays,
    /// Free days of the week, from 0 (Monday).
    #[schema(example = json!([5, 6]))]
    weekend: Vec<u32>,
    /// The next public holidays, up to six.
    holidays: Vec<NaiveDate>,
}

async fn stored(state: &State, actor: &Actor) -> Result<WorkingDays, WebError> {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let organisation = accounts::organisation(c, organisation)?;
        Ok::<_, WebError>(organisation.working_days())
    });
    read.await
}

async fn save(state: &State, actor: Actor, request: WorkingDaysRequest) -> Result<(), WebError> {
    let days = WorkingDays::parse(request.time_zone.trim(), request.region.trim())?;
    let write = state.db.write(move |c| {
        let (organisation, by) = (actor.organisation, actor.label());
        accounts::set_working_days(c, organisation, &days, &by, Instant::now())
    });
    Ok(write.await?)
}

/// `GET /working-days`
pub async fn working_days_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, &actor, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    refused: Option<Refused<WorkingDaysRequest>>,
) -> WebResult {
    let days = stored(state, actor).await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let form = form.unwrap_or_else(|| WorkingDaysRequest {
        time_zone: days.time_zone().to_owned(),
        region: days.region().to_owned(),
    });
    let shown = WorkingDaysPage {
        frame: Frame::of(req),
        days,
        form,
        problem,
        today: Instant::now().date(),
    };
    page_with_status(status, &shown)
}

/// `POST /working-days`
pub async fn working_days_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<WorkingDaysRequest>,
) -> WebResult {
    let form = form.into_inner();
    match save(&state, actor.clone(), form.clone()).await {
        Ok(()) => Ok(confirmed("/working-days", Done::WorkingDaysSaved)),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show(&state, &req, &actor, Some(refused)).await
        }
    }
}

/// Shows by which time zone, weekends and public holidays check-ins are dated.
#[utoipa::path(
    get,
    path = "/api/v1/working-days",
    tag = "Account",
    operation_id = "get_working_days",
    responses((status = 200, description = "Working days", body = WorkingDaysReply))
)]
pub async fn working_days_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<WorkingDaysReply>, WebError> {
    let days = stored(&state, &actor).await?;
    Ok(Json(WorkingDaysReply {
        weekend: days.weekend(),
        holidays: days.holidays_from(Instant::now().date(), HOLIDAYS),
        days,
    }))
}

/// Sets by which time zone, weekends and public holidays check-ins are dated. Plans drafted before
/// keep their dates.
#[utoipa::path(
    post,
    path = "/api/v1/working-days",
    tag = "Account",
    operation_id = "set_working_days",
    request_body = WorkingDaysRequest,
    responses((status = 204, description = "Saved"))
)]
pub async fn set_working_days_json(
    state: Data<State>,
    actor: Actor,
    request: Json<WorkingDaysRequest>,
) -> WebResult {
    save(&state, actor, request.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
