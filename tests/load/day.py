"""What a bad day is, and ten times of it; everything else in this folder follows from these figures.

More than a hundred thousand were taken in the two "republics" within the weeks after the general mobilisation of
February 2022: three to four thousand a day. If a third of the families told of it on that very day, a bad day would
bring a thousand reports. A sixth of them would come in its busiest hour: that share is an assumption, and so is what
families and staff do for each report.
"""

REPORTS_ON_A_BAD_DAY = 1_000
IN_THE_BUSIEST_HOUR = 1 / 6
TIMES = 10
REPORTS_PER_SECOND = REPORTS_ON_A_BAD_DAY * IN_THE_BUSIEST_HOUR * TIMES / 3600

# For each report that is sent, so many are begun and left, and so often somebody comes back with a code.
LEFT_PER_REPORT = 2
RETURNS_PER_REPORT = 5
# Lists, cases, answers: what the staff open for each.
DESK_PAGES_PER_REPORT = 10
COORDINATOR_PAGES_PER_SECOND = 0.5

JUNK_PER_MINUTE = 1_000

# A phone at the edge of a cell: 64 kbit/s, a third of a second there and back.
LINE_BYTES_PER_SECOND = 8_000
LINE_DELAY_SECONDS = 0.15
