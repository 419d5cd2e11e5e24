"""All routes of the families' side."""

from app.web.family import changes, code, figures, guidance, landing, report, visit

# "report/code" is no step, so its routes come before those of the steps.
ROUTERS = (
    landing.front_router,
    landing.router,
    guidance.router,
    figures.router,
    code.router,
    report.router,
    visit.router,
    changes.router,
)
