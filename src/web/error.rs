//! Failures of requests: a stable code, a status and a sentence for a person, as problem details
//! (RFC 9457) under `/api` and as a page elsewhere. The cause goes to the log, with the id of the
//! request.

use std::time::Duration;

use actix_web::{HttpResponse, ResponseError, body::BoxBody, http::StatusCode};

use crate::{
    accounts::{AccountsError, CredentialError},
    assessment::AssessmentError,
    coaching::{
        CoachingError, one_to_ones::content::OneToOneError, own_tally::OwnTallyError,
        steps::StepError,
    },
    db::DbError,
    feedback::FeedbackError,
    handover::HandoverError,
    hiring::HiringError,
    insight::InsightError,
    jobs::JobsError,
    locale::{Localised, Message},
    mail::MailError,
    msg,
    praise::PraiseError,
    quality::QualityError,
    setup::SetupError,
    tagging::TaggingError,
    telemetry::chain,
    validity::ValidityError,
    workforce::WorkforceError,
};

macro_rules! codes {
    ($($code:ident $name:literal $status:ident,)*) => {
        /// The closed list of error codes; `docs/api.md` explains each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($code,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];
            /// The stable name.
            pub fn as_str(self) -> &'static str { match self { $(Self::$code => $name,)* } }
            /// The HTTP status.
            pub fn status(self) -> StatusCode { match self { $(Self::$code => StatusCode::$status,)* } }
        }
    };
}

codes! {
    BadRequest "bad_request" BAD_REQUEST,
    NotSignedIn "not_signed_in" UNAUTHORIZED,
    BadLogin "bad_login" UNAUTHORIZED,
    ApiKeyInvalid "api_key_invalid" UNAUTHORIZED,
    TotpRequired "totp_required" UNAUTHORIZED,
    TotpInvalid "totp_invalid" UNPROCESSABLE_ENTITY,
    TotpSetupRequired "totp_setup_required" FORBIDDEN,
    Forbidden "forbidden" FORBIDDEN,
    CrossSite "cross_site" FORBIDDEN,
    NotFound "not_found" NOT_FOUND,
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED,
    LinkInvalid "link_invalid" NOT_FOUND,
    LinkExpired "link_expired" GONE,
    RequestTimeout "request_timeout" REQUEST_TIMEOUT,
    TooLarge "too_large" PAYLOAD_TOO_LARGE,
    WrongMediaType "wrong_media_type" UNSUPPORTED_MEDIA_TYPE,
    Invalid "invalid" UNPROCESSABLE_ENTITY,
    PasswordLength "password_length" UNPROCESSABLE_ENTITY,
    EasyPassword "easy_password" UNPROCESSABLE_ENTITY,
    WrongPassword "wrong_password" UNPROCESSABLE_ENTITY,
    ReasonNeeded "reason_needed" UNPROCESSABLE_ENTITY,
    SuccessorNeeded "successor_needed" UNPROCESSABLE_ENTITY,
    RolesConflict "roles_conflict" UNPROCESSABLE_ENTITY,
    ItemUnknown "item_unknown" UNPROCESSABLE_ENTITY,
    AnswerOutOfRange "answer_out_of_range" UNPROCESSABLE_ENTITY,
    AnswersMissing "answers_missing" UNPROCESSABLE_ENTITY,
    FileUnreadable "file_unreadable" UNPROCESSABLE_ENTITY,
    MappingInvalid "mapping_invalid" UNPROCESSABLE_ENTITY,
    TaxonomyInvalid "taxonomy_invalid" UNPROCESSABLE_ENTITY,
    TooFew "too_few" CONFLICT,
    LibraryInvalid "library_invalid" UNPROCESSABLE_ENTITY,
    SignatureInvalid "signature_invalid" UNAUTHORIZED,
    SourceTaken "source_taken" CONFLICT,
    EmailTaken "email_taken" CONFLICT,
    AlreadyInvited "already_invited" CONFLICT,
    AlreadyAgent "already_agent" CONFLICT,
    LastAdministrator "last_administrator" CONFLICT,
    ReferenceTaken "reference_taken" CONFLICT,
    NotHired "not_hired" CONFLICT,
    VersionTaken "version_taken" CONFLICT,
    ConsentMissing "consent_missing" CONFLICT,
    SittingFinished "sitting_finished" CONFLICT,
    AnswerConflict "answer_conflict" CONFLICT,
    AnswerLimit "answer_limit" CONFLICT,
    KeyReused "key_reused" CONFLICT,
    PlanOpen "plan_open" CONFLICT,
    PlanPaused "plan_paused" CONFLICT,
    StepRefused "step_refused" CONFLICT,
    Conflict "conflict" CONFLICT,
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS,
    Busy "busy" SERVICE_UNAVAILABLE,
    Internal "internal" INTERNAL_SERVER_ERROR,
}

/// A failure that a handler returns.
#[derive(Clone, Debug)]
pub struct WebError {
    pub code: Code,
    pub message: Message,
    /// With [`Code::AnswerConflict`]: the sequence number to send the answer with.
    pub next_sequence: Option<i64>,
    /// Seconds after which to try again, with [`Code::TooManyRequests`] and [`Code::Busy`].
    pub(super) retry_after: Option<u64>,
    /// What went wrong on our side, for the log only.
    pub(super) cause: Option<String>,
}

impl WebError {
    /// A failure with a sentence for the person.
    pub fn new(code: Code, message: Message) -> Self {
        Self {
            code,
            message,
            next_sequence: None,
            retry_after: (code == Code::Busy).then_some(3),
            cause: None,
        }
    }

    /// Too much was asked for; `wait` is the time until more is allowed.
    pub fn too_many(wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self {
            retry_after: Some(seconds),
            ..Self::new(
                Code::TooManyRequests,
                msg!("error-too-many", count = seconds),
            )
        }
    }

    /// What is not there, or not yours: the same answer.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, msg!("error-not-found"))
    }

    /// A failure on our side.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        Self {
            cause: Some(chain(error)),
            ..Self::new(Code::Internal, msg!("error-internal"))
        }
    }
}

/// What a handler returns.
pub type WebResult = Result<HttpResponse, WebError>;

impl std::fmt::Display for WebError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for WebError {}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.code.status());
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<DbError> for WebError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::new(Code::Busy, error.message()),
            DbError::Unreachable(_) | DbError::Unwritable(_) => Self {
                cause: Some(chain(&error)),
                ..Self::new(Code::Busy, error.message())
            },
            DbError::Duplicate | DbError::DanglingReference => {
                Self::new(Code::Conflict, error.message())
            }
            e => Self::internal(&e),
        }
    }
}

impl From<AccountsError> for WebError {
    fn from(error: AccountsError) -> Self {
        use AccountsError as E;
        let message = error.message();
        let code = match error {
            E::NoPerson | E::NoSession | E::NoKey => return Self::not_found(),
            E::BadLogin => Code::BadLogin,
            E::SignedOut => Code::NotSignedIn,
            E::WrongPassword => Code::WrongPassword,
            E::KeyUnknown | E::KeyRefused(_) => Code::ApiKeyInvalid,
            E::CodeMissing => Code::TotpRequired,
            E::WrongCode => Code::TotpInvalid,
            E::TwoStepSetUp => Code::TotpSetupRequired,
            E::TwoStepOn | E::TwoStepOff | E::TwoStepRequired | E::TwoStepOwn => Code::StepRefused,
            E::Sealing => return Self::internal(&error),
            E::EmailTaken | E::OrganisationTaken => Code::EmailTaken,
            E::AgentTaken => Code::ReferenceTaken,
            E::LastAdministrator => Code::LastAdministrator,
            E::RolesConflict => Code::RolesConflict,
            E::OwnAccount | E::NotActive | E::AlreadyActive => Code::StepRefused,
            E::BadEmail
            | E::BadName
            | E::NoAgent
            | E::NoTimeZone
            | E::NoRegion
            | E::NoScope
            | E::KeyDays { .. }
            | E::NoOrganisation
            | E::AgentReference
            | E::DepartmentName
            | E::RoleNeeded => Code::Invalid,
            E::NoLink => Code::LinkInvalid,
            E::LinkExpired => Code::LinkExpired,
            E::Mail(e) => return e.into(),
            E::Credential(CredentialError::PasswordLength) => Code::PasswordLength,
            E::Credential(CredentialError::EasyPassword) => Code::EasyPassword,
            E::Credential(e) => return Self::internal(&e),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

impl From<MailError> for WebError {
    fn from(error: MailError) -> Self {
        use MailError as E;
        let message = error.message();
        match error {
            E::NoMail => Self::not_found(),
            E::NoServer | E::NoText => Self::new(Code::StepRefused, message),
            E::Db(e) => e.into(),
        }
    }
}

impl From<SetupError> for WebError {
    fn from(error: SetupError) -> Self {
        use SetupError as E;
        let message = error.message();
        match error {
            E::Done => Self::new(Code::StepRefused, message),
            E::WrongCode => Self::new(Code::Invalid, message),
            E::Questionnaire(e) => Self::internal(&e),
            E::Accounts(e) => e.into(),
            E::Assessment(e) => e.into(),
            E::Db(e) => e.into(),
        }
    }
}

impl From<AssessmentError> for WebError {
    fn from(error: AssessmentError) -> Self {
        use AssessmentError as E;
        let message = error.message();
        let code = match error {
            E::NoQuestionnaire | E::NotFound => return Self::not_found(),
            E::VersionTaken { .. } => Code::VersionTaken,
            E::Finished => Code::SittingFinished,
            E::UnknownItem(_) => Code::ItemUnknown,
            E::OutOfRange { .. } => Code::AnswerOutOfRange,
            E::BadSequence => Code::Invalid,
            E::Conflict { next_sequence } => {
                return Self {
                    next_sequence: Some(next_sequence),
                    ..Self::new(Code::AnswerConflict, message)
                };
            }
            E::TooManyChanges => Code::AnswerLimit,
            E::Unanswered { .. } => Code::AnswersMissing,
            E::NoConsent => Code::ConsentMissing,
            E::Scoring(e) => return Self::internal(&e),
            E::Stored(e) => return Self::internal(&e),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

impl From<HiringError> for WebError {
    fn from(error: HiringError) -> Self {
        use HiringError as E;
        let message = error.message();
        let code = match error {
            E::NoVacancy | E::NoCandidate => return Self::not_found(),
            E::NoInvitation => Code::LinkInvalid,
            E::InvitationExpired => Code::LinkExpired,
            E::AlreadyInVacancy(_) => Code::AlreadyInvited,
            E::ReasonNeeded => Code::ReasonNeeded,
            E::CandidateColumns(_) | E::NoHeader | E::TooManyCandidates | E::Table(_) => {
                Code::FileUnreadable
            }
            E::NotHired => Code::NotHired,
            E::Accounts(e) => return e.into(),
            E::Workforce(e) => return e.into(),
            E::Assessment(e) => return e.into(),
            E::Write(e) => return Self::internal(&e),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

impl From<FeedbackError> for WebError {
    fn from(error: FeedbackError) -> Self {
        use FeedbackError as E;
        let message = error.message();
        let code = match error {
            E::NoImport | E::NoSource | E::NoComment => return Self::not_found(),
            E::NoPreview => Code::NotFound,
            E::SourceTaken => Code::SourceTaken,
            E::Signature => Code::SignatureInvalid,
            E::Body(_) => Code::BadRequest,
            E::InvitationColumn(_) | E::InvitationRow(..) => Code::FileUnreadable,
            E::RecordCount(_) | E::RecordWithoutId(_) | E::InvitationCount(_) => Code::Invalid,
            E::ImportRunning | E::ImportUndone => Code::StepRefused,
            E::ImportTaken => Code::Conflict,
            E::EmptyUpload | E::NoFile | E::Table(_) => Code::FileUnreadable,
            E::Mapping(_) | E::NoMapping => Code::MappingInvalid,
            E::Tagging(e) => return e.into(),
            E::Workforce(e) => return e.into(),
            E::Accounts(e) => return e.into(),
            E::Io(e) => return Self::internal(&e),
            E::Stored(e) => return Self::internal(&e),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

impl From<WorkforceError> for WebError {
    fn from(error: WorkforceError) -> Self {
        use WorkforceError as E;
        let message = error.message();
        let code = match error {
            E::NoAgent | E::NoTeam => return Self::not_found(),
            E::ReferenceTaken | E::ReferenceOfAnother => Code::ReferenceTaken,
            E::AlreadyAgent => Code::AlreadyAgent,
            E::Accounts(e) => return e.into(),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

impl From<PraiseError> for WebError {
    fn from(error: PraiseError) -> Self {
        use PraiseError as E;
        let message = error.message();
        let code = match error {
            E::NoTheme | E::NoIssue => return Self::not_found(),
            E::ReasonNeeded => Code::ReasonNeeded,
            E::TitleNeeded
            | E::TitleTooLong
            | E::DueDate
            | E::NoteTooLong
            | E::WordsTooLong
            | E::NoDepartment(_)
            | E::Filter(_) => Code::Invalid,
            E::Accounts(e) => return e.into(),
            E::Feedback(e) => return e.into(),
            E::Tagging(e) => return e.into(),
            E::Workforce(e) => return e.into(),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

impl From<InsightError> for WebError {
    fn from(error: InsightError) -> Self {
        match error {
            InsightError::Accounts(e) => e.into(),
            InsightError::Feedback(e) => e.into(),
            InsightError::Tagging(e) => e.into(),
            InsightError::Workforce(e) => e.into(),
            InsightError::Db(e) => e.into(),
            InsightError::Write(e) => Self::internal(&e),
        }
    }
}

impl From<TaggingError> for WebError {
    fn from(error: TaggingError) -> Self {
        use TaggingError as E;
        let message = error.message();
        let code = match error {
            E::Taxonomy(_) | E::Lexicon(_) => Code::TaxonomyInvalid,
            E::NoEdit => return Self::not_found(),
            E::Outdated | E::DraftChanged | E::DraftEmpty => Code::Conflict,
            E::Unwritable(e) => return Self::internal(&e),
            E::Edit(_)
            | E::DraftFull(_)
            | E::NoWord
            | E::NoTheme(_)
            | E::Themes
            | E::Clause
            | E::TooFew(_) => Code::Invalid,
            E::Stored(e) => return Self::internal(&e),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

impl From<CoachingError> for WebError {
    fn from(error: CoachingError) -> Self {
        use CoachingError as E;
        let message = error.message();
        let code = match error {
            E::NoPlan
            | E::NoExport
            | E::NoTeam
            | E::NoPause
            | E::NoObservation
            | E::NoTallyDay
            | E::NoTheme
            | E::UnknownFormat => {
                return Self::not_found();
            }
            E::TooFewComments => Code::TooFew,
            E::ViewTooLong
            | E::InvalidPause
            | E::Observation(_)
            | E::Practice(_)
            | E::Filter(_) => Code::Invalid,
            E::Paused(_) => Code::PlanPaused,
            E::PlanOpen => Code::PlanOpen,
            E::OneToOne(e) => one_to_one_code(&e),
            E::Step(e) => step_code(&e),
            E::Library(_) => Code::LibraryInvalid,
            E::Outdated
            | E::DraftChanged
            | E::DraftEmpty
            | E::ObservationKept
            | E::OwnTally(OwnTallyError::Kept | OwnTallyError::NotOpen) => Code::Conflict,
            E::OwnTally(_) => Code::Invalid,
            E::Unwritable(e) => return Self::internal(&e),
            E::Tagging(e) => return e.into(),
            E::Render(e) => return Self::internal(&e),
            E::Stored(e) => return Self::internal(&e),
            E::Accounts(e) => return e.into(),
            E::Workforce(e) => return e.into(),
            E::Feedback(e) => return e.into(),
            E::Praise(e) => return e.into(),
            E::Quality(e) => return e.into(),
            E::Insight(e) => return e.into(),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

fn one_to_one_code(error: &OneToOneError) -> Code {
    use OneToOneError as E;
    match error {
        E::NoOneToOne | E::NoAction => Code::NotFound,
        E::NotAuthor(_) | E::Kept | E::AlreadyHeld => Code::Conflict,
        E::Date
        | E::HeldOn
        | E::Lines(_)
        | E::LineTooLong
        | E::NotesTooLong
        | E::ActionMissing
        | E::Actions
        | E::Due
        | E::DoneOn => Code::Invalid,
    }
}

fn step_code(error: &StepError) -> Code {
    use StepError as E;
    match error {
        E::ReasonNeeded(_) | E::OwnGoalReasonNeeded | E::EvidenceNeeded => Code::ReasonNeeded,
        E::NotShared
        | E::AlreadyShared
        | E::Withdrawn
        | E::NotAccepted
        | E::AlreadyAccepted
        | E::Closed
        | E::KeptAlready
        | E::CheckedInAlready
        | E::DecidedAlready
        | E::NotClosed
        | E::TooLateToReopen
        | E::OwnPlan => Code::StepRefused,
        E::NoPromise | E::NoCheckIn | E::NoDispute => Code::NotFound,
        E::Items
        | E::NotOffered(_)
        | E::Twice(_)
        | E::GoalNeeded
        | E::TextMissing
        | E::TextTooLong
        | E::DueInThePast
        | E::CheckInDay
        | E::Tally
        | E::Rating => Code::Invalid,
    }
}

impl From<HandoverError> for WebError {
    fn from(error: HandoverError) -> Self {
        use HandoverError as E;
        let message = error.message();
        match error {
            E::SuccessorNeeded => Self::new(Code::SuccessorNeeded, message),
            E::SuccessorUnfit => Self::new(Code::Invalid, message),
            E::Accounts(e) => e.into(),
            E::Coaching(e) => e.into(),
            E::Praise(e) => e.into(),
            E::Workforce(e) => e.into(),
            E::Db(e) => e.into(),
        }
    }
}

impl From<JobsError> for WebError {
    fn from(error: JobsError) -> Self {
        use JobsError as E;
        let message = error.message();
        match error {
            E::NoJob => Self::not_found(),
            E::NotFailed | E::Running | E::Kept => Self::new(Code::StepRefused, message),
            E::Feedback(e) => e.into(),
            E::Object(e) => Self::internal(&*e),
            E::Db(e) => e.into(),
        }
    }
}

impl From<QualityError> for WebError {
    fn from(error: QualityError) -> Self {
        use QualityError as E;
        let message = error.message();
        let code = match error {
            E::NoImport => return Self::not_found(),
            E::NoFile | E::Table(_) => Code::FileUnreadable,
            E::AlreadyImported | E::NotImported | E::AlreadyUndone => Code::StepRefused,
            E::Mapping(_) => Code::MappingInvalid,
            E::Stored(e) => return Self::internal(&e),
            E::Tagging(e) => return e.into(),
            E::Workforce(e) => return e.into(),
            E::Db(e) => return e.into(),
        };
        Self::new(code, message)
    }
}

impl From<ValidityError> for WebError {
    fn from(error: ValidityError) -> Self {
        match error {
            ValidityError::Assessment(e) => e.into(),
            ValidityError::Feedback(e) => e.into(),
            ValidityError::Workforce(e) => e.into(),
            ValidityError::Insight(e) => e.into(),
            ValidityError::Db(e) => e.into(),
        }
    }
}

/// What actix itself refuses (bodies, paths, queries), in our shape.
pub fn of_actix(error: &actix_web::Error) -> WebError {
    let status = error.as_response_error().status_code();
    of_status(status)
}

/// The failure for a status without a body.
pub fn of_status(status: StatusCode) -> WebError {
    match status {
        StatusCode::NOT_FOUND => WebError::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => {
            WebError::new(Code::MethodNotAllowed, msg!("error-method-not-allowed"))
        }
        StatusCode::PAYLOAD_TOO_LARGE => WebError::new(Code::TooLarge, msg!("error-too-large")),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            WebError::new(Code::WrongMediaType, msg!("error-wrong-media-type"))
        }
        s if s.is_client_error() => WebError::new(Code::BadRequest, msg!("error-bad-request")),
        _ => WebError::new(Code::Internal, msg!("error-internal")),
    }
}
