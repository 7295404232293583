### Texts that several pages and documents share.

date = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
 } { $year }
time = { $date }, { $time } UTC
percent = { $percent } %
percent-under-one = under 1 %
range = { $low } to { $high }

# The items of a list, with one more.
list = { $before }, { $item }

# Where a quotation comes from; $about is a list.
customer-on = a customer, { $date }
customer-on-about = a customer, { $date }, { $about }

# A text that is data, for example from the practice library.
verbatim = { $text }

frame-synthetic = Synthetic data: nobody here exists.
frame-skip = Skip to the content
frame-main-navigation = Main
frame-account-navigation = Account
frame-sign-out = Sign out

nav-vacancies = Vacancies
nav-teams = My team
nav-agents = Agents
nav-praise = Praise
nav-departments = Departments
nav-overview = Overview
nav-feedback = Feedback
nav-themes = Themes
nav-validity = Validity
nav-effect = Did coaching help?
nav-people = People
nav-audit = Audit
nav-me = My feedback
