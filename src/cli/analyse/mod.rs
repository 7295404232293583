//! `rapport analyse`: statistics on files, without a database, for psychometricians and auditors.
//!
//! Input is a table with a header: delimited text or a workbook, packed or not. Output is a table
//! on a terminal, JSON otherwise, or CSV. Exit codes: 1 if the data cannot support the request, 2
//! for usage and malformed input, with one line on standard error that names file, row and column.

mod agents;
mod bias;
mod calibrate;
mod careless;
mod columns;
mod dif;
mod dimensions;
mod drivers;
mod files;
mod fit;
mod impact;
mod output;
mod reliability;
pub mod responses;
mod score;
mod table;
mod theme_evaluation;
mod theme_mood;
mod theme_report;
mod themes;
mod train_themes;
mod validity;

use clap::Subcommand;

use self::responses::ResponseFile;
use super::outcome::Outcome;

/// What can be analysed.
#[derive(Subcommand)]
pub enum Analyse {
    /// Reliability of scales: alpha, omega, lambda 6, split halves, item-rest correlations
    #[command(after_help = example(reliability::HELP), after_long_help = reliability::HELP)]
    Reliability(ResponseFile),
    #[command(after_help = example(calibrate::HELP), after_long_help = calibrate::HELP)]
    Calibrate(calibrate::Request),
    #[command(after_help = example(score::HELP), after_long_help = score::HELP)]
    Score(score::Request),
    #[command(after_help = example(fit::HELP), after_long_help = fit::HELP)]
    Fit(fit::Request),
    #[command(after_help = example(careless::HELP), after_long_help = careless::HELP)]
    Careless(careless::Request),
    #[command(after_help = example(dimensions::HELP), after_long_help = dimensions::HELP)]
    Dimensions(dimensions::Request),
    #[command(after_help = example(dif::HELP), after_long_help = dif::HELP)]
    Dif(dif::Request),
    #[command(after_help = example(impact::HELP), after_long_help = impact::HELP)]
    AdverseImpact(impact::Request),
    #[command(after_help = example(validity::HELP), after_long_help = validity::HELP)]
    Validity(validity::Request),
    #[command(after_help = example(bias::HELP), after_long_help = bias::HELP)]
    Bias(bias::Request),
    #[command(after_help = example(agents::HELP), after_long_help = agents::HELP)]
    Agents(agents::Request),
    #[command(after_help = example(drivers::HELP), after_long_help = drivers::HELP)]
    Drivers(drivers::Request),
    #[command(after_help = example(themes::HELP), after_long_help = themes::HELP)]
    Themes(themes::Request),
    #[command(after_help = example(train_themes::HELP), after_long_help = train_themes::HELP)]
    TrainThemes(train_themes::Request),
}

/// The example of a command, for `-h`; `--help` adds the method.
fn example(help: &'static str) -> String {
    let line = help.lines().next().unwrap_or_default();
    format!("{line}\n\n--help explains every figure and names the sources of the formulas.")
}

/// Runs an analysis.
///
/// # Errors
/// Usage (exit code 2) or data that cannot support the request (exit code 1).
pub fn run(analyse: &Analyse) -> Outcome {
    match analyse {
        Analyse::Reliability(request) => reliability::run(request),
        Analyse::Calibrate(request) => calibrate::run(request),
        Analyse::Score(request) => score::run(request),
        Analyse::Fit(request) => fit::run(request),
        Analyse::Careless(request) => careless::run(request),
        Analyse::Dimensions(request) => dimensions::run(request),
        Analyse::Dif(request) => dif::run(request),
        Analyse::AdverseImpact(request) => impact::run(request),
        Analyse::Validity(request) => validity::run(request),
        Analyse::Bias(request) => bias::run(request),
        Analyse::Agents(request) => agents::run(request),
        Analyse::Drivers(request) => drivers::run(request),
        Analyse::Themes(request) => themes::run(request),
        Analyse::TrainThemes(request) => train_themes::run(request),
    }
}
