//! Confirmation messages, shown on the page after a form was submitted.
//!
//! The address of that page carries a code of a closed list, so it can show no other sentence.

macro_rules! confirmations {
    ($($name:ident $text:literal,)*) => {
        /// What a form has done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Done { $($name,)* }

        impl Done {
            /// Every confirmation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Id of its sentence.
            pub fn text(self) -> &'static str { match self { $(Self::$name => $text,)* } }
        }
    };
}

confirmations! {
    PlanCreated "done-plan-created",
    PlanShared "done-plan-shared",
    PlanWithdrawn "done-plan-withdrawn",
    PlanAccepted "done-plan-accepted",
    PromiseAdded "done-promise-added",
    PromiseKept "done-promise-kept",
    CheckInSaved "done-check-in-saved",
    DisputeSent "done-dispute-sent",
    DisputeDecided "done-dispute-decided",
    PlanClosed "done-plan-closed",
    PlanReopened "done-plan-reopened",
    PlanRated "done-plan-rated",
    PlanAnswered "done-plan-answered",
    OneToOneCreated "done-one-to-one-created",
    OneToOneSaved "done-one-to-one-saved",
    OneToOneDeleted "done-one-to-one-deleted",
    AgendaSaved "done-agenda-saved",
    ActionAdded "done-action-added",
    ActionSaved "done-action-saved",
    ActionDeleted "done-action-deleted",
    ObservationSaved "done-observation-saved",
    ObservationDeleted "done-observation-deleted",
    TallySaved "done-tally-saved",
    TallyDeleted "done-tally-deleted",
    TallySharingSaved "done-tally-sharing-saved",
    ExampleSaved "done-example-saved",
    ReferenceAdded "done-reference-added",
    TeamsSaved "done-teams-saved",
    PauseAdded "done-pause-added",
    PauseEnded "done-pause-ended",
    PracticeChanged "done-practice-changed",
    PracticeSaved "done-practice-saved",
    DraftDiscarded "done-draft-discarded",
    EditUndone "done-edit-undone",
    ThemeChanged "done-theme-changed",
    AnnotationSaved "done-annotation-saved",
    SourceSaved "done-source-saved",
    SecretReplaced "done-secret-replaced",
    ChecksImported "done-checks-imported",
    VacancyCreated "done-vacancy-created",
    DecisionSaved "done-decision-saved",
    CandidateHired "done-candidate-hired",
    StatusSaved "done-status-saved",
    IssueCreated "done-issue-created",
    IssueSaved "done-issue-saved",
    ModerationSaved "done-moderation-saved",
    NewsSeen "done-news-seen",
    AccountCreated "done-account-created",
    DepartmentSaved "done-department-saved",
    RolesSaved "done-roles-saved",
    AccountSuspended "done-account-suspended",
    AccountResumed "done-account-resumed",
    AccountClosed "done-account-closed",
    SessionEnded "done-session-ended",
    SessionsEnded "done-sessions-ended",
    WorkingDaysSaved "done-working-days-saved",
    PasswordChanged "done-password-changed",
    ApiKeyRevoked "done-api-key-revoked",
    MailSent "done-mail-sent",
    MailPassedOn "done-mail-passed-on",
    ResetRequested "done-reset-requested",
    PasswordChosen "done-password-chosen",
    SetUp "done-set-up",
    StepExpired "done-step-expired",
    TwoStepOff "done-two-step-off",
    TwoStepRemoved "done-two-step-removed",
    TwoStepRuleSaved "done-two-step-rule-saved",
    RedactionRestored "done-redaction-restored",
    JobRetried "done-job-retried",
    JobDropped "done-job-dropped",
    ImportRetried "done-import-retried",
}

/// Name of the parameter of the address.
const PARAMETER: &str = "done";

impl Done {
    /// The code in an address: the id of the sentence without its prefix.
    fn code(self) -> &'static str {
        self.text().trim_start_matches("done-")
    }

    /// `path` with the code, before the fragment.
    pub fn on(self, path: &str) -> String {
        let (page, fragment) = match path.split_once('#') {
            Some((page, fragment)) => (page, format!("#{fragment}")),
            None => (path, String::new()),
        };
        let joint = if page.contains('?') { '&' } else { '?' };
        format!("{page}{joint}{PARAMETER}={}{fragment}", self.code())
    }

    /// The confirmation in the query of an address, if it has a known one.
    pub fn of_query(query: &str) -> Option<Self> {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, code) = pairs.find(|(name, _)| *name == PARAMETER)?;
        Self::ALL.iter().copied().find(|done| done.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_survives_queries_and_fragments() {
        for (path, address) in [
            ("/teams", "/teams?done=teams-saved"),
            ("/teams?all=true", "/teams?all=true&done=teams-saved"),
            ("/teams#agents", "/teams?done=teams-saved#agents"),
        ] {
            let found = Done::TeamsSaved.on(path);
            assert_eq!(found, address);
            let query = found.split(['?', '#']).nth(1);
            assert_eq!(query.and_then(Done::of_query), Some(Done::TeamsSaved));
        }
    }

    #[test]
    fn only_known_codes_are_confirmations() {
        for query in [
            "",
            "done",
            "done=",
            "done=pwned",
            "undone=teams-saved",
            "x=1&done=<b>",
        ] {
            assert_eq!(Done::of_query(query), None, "{query}");
        }
    }
}
