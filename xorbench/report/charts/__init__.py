"""The charts of a report, described in Vega-Lite; the page gives them their data.

All know two parameters, which the page sets: `chosen`, a value of the abscissa that is looked at
(null: none), and `serie`, the number of the series that is shown. Field names are those of
`report.tables`.
"""
