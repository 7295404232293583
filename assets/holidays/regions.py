"""Writes regions.tsv.gz: weekends and public holidays by region, for src/accounts/working_days.rs.

    pip install holidays && python3 assets/holidays/regions.py 2026 2035
"""

import collections
import gzip
import pathlib
import sys

import holidays
from holidays.utils import list_supported_countries

# Countries whose parts are offered too, where their holidays differ.
WITH_PARTS = "AT AU BR CA CH DE ES FR GB IN IT MY PT US".split()


def days(calendar, years):
    by_year = collections.defaultdict(list)
    for day in sorted(day for day in calendar if day.year in years):
        by_year[day.year].append(day.strftime("%m%d"))
    return " ".join(f"{year}:{','.join(found)}" for year, found in sorted(by_year.items()))


def lines(years):
    for country, parts in sorted(list_supported_countries(include_aliases=False).items()):
        whole = holidays.country_holidays(country, years=years)
        known = days(whole, years)
        if not known:
            continue
        yield country, whole.weekend, known
        for part in parts if country in WITH_PARTS else []:
            calendar = holidays.country_holidays(country, subdiv=part, years=years)
            found = days(calendar, years)
            if found != known:
                yield f"{country}-{part}", calendar.weekend, found


first, last = map(int, sys.argv[1:])
rows = [
    f"{region}\t{''.join(map(str, sorted(weekend)))}\t{found}\n"
    for region, weekend, found in lines(range(first, last + 1))
]
target = pathlib.Path(__file__).with_name("regions.tsv.gz")
target.write_bytes(gzip.compress("".join(rows).encode(), 9, mtime=0))
print(len(rows), "regions", target.stat().st_size, "bytes")
