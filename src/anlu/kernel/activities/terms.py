"""Names of the dictionaries that activities use; ``kinds`` of the apps name more for topics and actions."""

AUDIENCE = "activities.audience"
FORM = "activities.form"
OFFICE = "activities.office"  # in which office somebody speaks, writes or holds something
