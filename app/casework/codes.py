"""The coded lists that a caseworker chooses from; codes are stable, labels belong to the pages."""

OUTCOMES = (
    "callup_avoided",
    "left_territory",
    "located_alive",
    "pow_confirmed",
    "exchanged",
    "charges_dropped",
    "acquitted",
    "convicted",
    "sentence_reduced",
    "body_returned",
    "death_confirmed",
    "submitted_pgo",
    "submitted_icc",
    "family_withdrew",
    "contact_lost",
    "duplicate",
)
# Bodies outside, which a dossier reaches; each by the family's consent of the same name.
OUTSIDE = ("tracing_icrc", "nib_coordhq", "prosecutor_438", "icc_otp", "un_ohchr")

# The test that the prosecutor's office of Crimea describes; the last criterion is the lawyers' alone.
CRITERIA = ("protected_civilian", "conscripted_or_contract", "under_threat", "freedom_to_refuse", "surrendered_at_once")
LAWYERS_CRITERION = "other_crime"
ANSWERS = ("yes", "no", "unclear")
SOURCES = ("family", "person", "document", "court_file", "open_source", "other")
BASES = ("witnessed", "told_by_him", "told_by_other", "document", "guess")
RESULTS = ("forced", "likely_forced", "contract_coerced", "voluntary", "indeterminate")
CONFIDENCES = ("high", "medium", "low")
QUALIFICATIONS = ("GCIV-51", "GCIV-147", "RS-8-2-a-v", "RS-8-2-b-xv", "CCU-438-1")
CHARGES = ("CCU-111", "CCU-111-1", "CCU-258", "CCU-258-3", "CCU-260")
DEFENCES = ("CCU-39", "CCU-40", "GCIII")
VERIFICATIONS = ("unverified", "corroborated", "verified", "contradicted")
